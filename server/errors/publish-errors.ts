// Errors of publishers before their media is read: the connection, the protocol (RTMP 1.0), the name.

import type { ErrorTable } from './error-row.ts';

const DAMAGED = 'publish again; if it happens again, the encoder or the network path damages data';
const NOT_STANDARD = 'use another encoder, or report what this one sends';

export const PUBLISH_ERRORS = {
  // The name.
  no_stream_name: {
    what: 'the stream key is empty',
    remedy: 'enter a stream key such as "mystream" (in OBS: Settings, Stream)',
  },
  bad_stream_name: {
    what: 'the stream name has invalid characters or is too long',
    remedy: 'use 1 to 64 letters, digits, "-" or "_"',
  },
  bad_publish_name: { what: 'the publish command names no stream', remedy: NOT_STANDARD },
  name_taken: {
    what: 'somebody else is publishing under this name',
    remedy: 'choose another stream key, or end the other publication',
  },
  replaced: {
    what: 'another publisher took the name',
    remedy: 'use each stream key in one encoder only; stream.takeover sets who wins',
  },
  public_address: {
    what: 'only private networks may publish, and the address is public',
    remedy:
      'add publish keys (sluice key add, keys.list, keys.file), publish from a private network, or add the network to rtmp.trusted-networks',
  },
  unknown_key: {
    what: 'the stream key is unknown',
    remedy: 'ask the operator for the key; the name in the watch address is not the key',
  },
  key_expired: {
    what: 'the stream key has expired',
    remedy: 'ask the operator for a new key (sluice key add)',
  },
  key_network: {
    what: 'the stream key is not valid for this address',
    remedy: 'publish from a network of the key, or ask the operator for another key',
  },
  key_attempts: {
    what: 'one address sent too many wrong stream keys',
    remedy: 'correct the key in the encoder, and try again after a few minutes',
  },
  publish_revoked: {
    what: 'the permission to publish was withdrawn, for example because the key was removed',
    remedy: 'ask the operator for a new key',
  },
  kicked: {
    what: 'the operator disconnected the publisher',
    remedy: 'the key stays valid: publish again, or ask the operator',
  },
  stream_ended: {
    what: 'the operator ended the stream',
    remedy: 'ask the operator before you publish again',
  },
  name_closed: {
    what: 'the operator ended the stream and closed its name for a time',
    remedy: 'wait until the time in the message is over, or ask the operator',
  },
  authorizer_failed: {
    what: 'the gateway could not decide who may publish',
    remedy: 'read the log: the fault is in the authorizer',
  },
  callback_refused: {
    what: "the operator's server (auth.publish-url, auth.play-url) refused",
    remedy: 'ask the operator for a valid key or token; repeated refusals of one address become key_attempts',
  },
  callback_timeout: {
    what: "the operator's server did not answer within auth.timeout, so the answer is a refusal",
    remedy: 'check that server; the log line names it',
  },
  callback_failed: {
    what: "the operator's server could not be reached or gave no answer in its format, so the answer is a refusal",
    remedy: 'read the log: the line says what was wrong with the answer',
  },
  publish_rate: {
    what: 'one connection sent too many publish requests within a minute',
    remedy: 'wait longer before publishing again; the limit is rtmp.max-publishes-per-minute',
  },
  server_busy: {
    what: 'the gateway has no room for more streams or more media',
    remedy: 'try again later, or raise stream.max-streams, stream.max-tests or media.max-memory',
  },

  // How a connection ends.
  unpublished: { what: 'the publisher ended the stream', remedy: 'nothing is wrong' },
  peer_closed: {
    what: 'the peer closed the connection without ending its publication',
    remedy: 'if this was not intended, check the network and the encoder',
  },
  socket_error: {
    what: 'the connection failed',
    remedy: 'check the network; the message is from the operating system',
  },
  publisher_silent: {
    what: 'the publisher sent nothing for a while (rtmp.silence)',
    remedy: 'check the encoder and its upload',
  },
  publish_deadline: {
    what: 'no publish request arrived in time after connecting (rtmp.publish-deadline)',
    remedy: 'check that the program is an encoder; a slow authorizer also causes this',
  },
  unread_replies: {
    what: 'the peer does not read the replies of the gateway',
    remedy: NOT_STANDARD,
  },
  gave_way: {
    what: 'all connections are in use, and this one was not publishing',
    remedy: 'publish directly after connecting, or raise rtmp.max-connections',
  },
  shutting_down: { what: 'the gateway is shutting down', remedy: 'connect again after the restart' },
  ended_by_server: { what: 'the gateway ended the session', remedy: 'the log says why' },
  publish_rejected: { what: 'the publish request was refused', remedy: 'the log says why' },
  tls_failed: {
    what: 'the TLS handshake failed',
    remedy: 'use rtmps:// with this port, and a certificate that the encoder trusts',
  },
  too_many_from_address: {
    what: 'one address has too many RTMP connections',
    remedy: 'close some, or raise rtmp.max-connections-per-address',
  },

  // The bytes of RTMP.
  not_rtmp: { what: 'the first byte is not RTMP', remedy: 'use an RTMP encoder with this port' },
  encrypted_rtmp: { what: 'RTMPE is not supported', remedy: 'use rtmp:// or rtmps://' },
  bytes_before_publish: {
    what: 'too many bytes arrived before a publish request (rtmp.max-before-publish)',
    remedy: NOT_STANDARD,
  },
  held_bytes: {
    what: 'too many bytes arrived while a publish request was pending',
    remedy: 'let the encoder wait for the answer',
  },
  bad_chunk_size: { what: 'the announced chunk size is not accepted', remedy: NOT_STANDARD },
  header_mid_message: { what: 'a message begins before the previous one is complete', remedy: DAMAGED },
  message_too_large: {
    what: 'an announced message is too large (rtmp.max-message)',
    remedy: 'lower the bitrate, or raise the limit',
  },
  chunk_stream_limit: { what: 'too many chunk streams are in use', remedy: NOT_STANDARD },
  assembling_limit: {
    what: 'unfinished messages are too large together (rtmp.max-assembling)',
    remedy: NOT_STANDARD,
  },
  aggregate_limit: { what: 'an aggregate message contains too many messages', remedy: NOT_STANDARD },
  short_control: { what: 'a control message is too short', remedy: DAMAGED },
  bad_command: { what: 'a command does not begin with its name', remedy: DAMAGED },
  bad_connect: { what: 'the connect command has no valid command object', remedy: NOT_STANDARD },
  not_connected: { what: 'the first command is not connect', remedy: NOT_STANDARD },
  media_not_publishing: {
    what: 'media arrived on a message stream that is not publishing',
    remedy: NOT_STANDARD,
  },
  play_unsupported: { what: 'playing over RTMP is not supported', remedy: 'watch over HLS' },
  amf_marker: { what: 'a value has a type marker that AMF0 does not know', remedy: DAMAGED },
  amf_reference: { what: 'an AMF0 reference points to no object', remedy: DAMAGED },
  amf_limit: { what: 'a command or metadata has too many or too large AMF0 values', remedy: NOT_STANDARD },
  amf3_value: { what: 'an AMF3 value inside an AMF0 object is not supported', remedy: NOT_STANDARD },
} as const satisfies ErrorTable;
