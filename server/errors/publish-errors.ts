// Errors that concern a publisher before its media is looked at: the connection, the protocol (RTMP 1.0), the name.

import type { ErrorTable } from './error-row.ts';

const DAMAGED =
  'publish again; if it comes back, the encoder or something between it and the gateway damages data';
const NOT_STANDARD = 'use another encoder, or report what this one sends';

export const PUBLISH_ERRORS = {
  // The name, and who may have it.
  no_stream_name: {
    what: 'the stream key is empty',
    remedy: 'in OBS, Settings, Stream, write a name such as "mystream" as the stream key',
  },
  bad_stream_name: {
    what: 'the stream name has characters that a name may not have, or is too long',
    remedy: 'use 1 to 64 letters, digits, "-" or "_"',
  },
  bad_publish_name: { what: 'the publish command names no stream', remedy: NOT_STANDARD },
  name_taken: {
    what: 'somebody else is publishing under this name',
    remedy: 'choose another stream key, or end the other publication',
  },
  replaced: {
    what: 'another publisher of the same name came',
    remedy: 'make sure that only one encoder has this stream key; the setting is stream.takeover',
  },
  public_address: {
    what: 'publishing is open to private networks only, and the address is a public one',
    remedy:
      'set publish keys (keys.list, keys.file, sluice key add), publish from a private network, or add yours to rtmp.trusted-networks',
  },
  unknown_key: {
    what: 'the stream key is not known',
    remedy: 'copy the key again from whoever runs the gateway; the name in the watch address is not the key',
  },
  key_expired: { what: 'the stream key has expired', remedy: 'ask for a new one: sluice key add makes it' },
  key_network: {
    what: 'the stream key does not work from this address',
    remedy: 'publish from a network that the key allows, or change its networks',
  },
  key_attempts: {
    what: 'too many wrong stream keys came from one address',
    remedy: 'correct the key in the encoder, and try again after some minutes',
  },
  publish_revoked: {
    what: 'the permission to publish was taken back, such as by removing the key',
    remedy: 'ask whoever runs the gateway for a new key',
  },
  authorizer_failed: {
    what: 'the gateway could not decide who may publish',
    remedy: 'read the log: the fault is in the authorizer',
  },
  publish_rate: {
    what: 'too many publish requests came within a minute on one connection',
    remedy: 'let the encoder wait before it publishes again',
  },
  server_busy: {
    what: 'the gateway has no room for more streams or more media',
    remedy: 'try again later, or raise stream.max-streams or media.max-memory',
  },

  // How a connection ends.
  unpublished: { what: 'the publisher ended the stream', remedy: 'nothing is wrong' },
  peer_closed: {
    what: 'the peer closed the connection without ending its publication',
    remedy: 'nothing, unless it was not meant: then look at the network and at the encoder',
  },
  socket_error: {
    what: 'the network broke the connection',
    remedy: "the reason is the system's; look at the network",
  },
  publisher_silent: {
    what: 'the publisher sent nothing for a while (rtmp.silence)',
    remedy: 'look at the encoder and at its upload',
  },
  publish_deadline: {
    what: 'no publish request came in time after the connection was made (rtmp.publish-deadline)',
    remedy: 'check that the program is an encoder that publishes; a slow authorizer ends connections so too',
  },
  unread_replies: {
    what: 'the peer does not read what the gateway answers',
    remedy: NOT_STANDARD,
  },
  gave_way: {
    what: 'all connections are taken, and this one had not published',
    remedy: 'publish as soon as the connection is made; the limit is rtmp.max-connections',
  },
  shutting_down: { what: 'the gateway is shutting down', remedy: 'connect again when it is back' },
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
  not_rtmp: { what: 'the first byte is not that of RTMP', remedy: 'use an RTMP encoder with this port' },
  encrypted_rtmp: { what: 'RTMPE is not supported', remedy: 'use rtmp:// or rtmps://' },
  bytes_before_publish: {
    what: 'too many bytes came without a publish request (rtmp.max-before-publish)',
    remedy: NOT_STANDARD,
  },
  held_bytes: {
    what: 'too many bytes came while a publish request was being decided',
    remedy: 'let the encoder wait for the answer',
  },
  bad_chunk_size: { what: 'the announced chunk size is not accepted', remedy: NOT_STANDARD },
  header_mid_message: { what: 'a message begins before the one in front of it is complete', remedy: DAMAGED },
  message_too_large: {
    what: 'an announced message is too large (rtmp.max-message)',
    remedy: 'lower the bitrate, or raise the limit',
  },
  chunk_stream_limit: { what: 'too many chunk streams are in use', remedy: NOT_STANDARD },
  assembling_limit: {
    what: 'unfinished messages would hold too many bytes (rtmp.max-assembling)',
    remedy: NOT_STANDARD,
  },
  aggregate_limit: { what: 'an aggregate message holds too many messages', remedy: NOT_STANDARD },
  short_control: { what: 'a control message is too short', remedy: DAMAGED },
  bad_command: { what: 'a command does not begin with its name', remedy: DAMAGED },
  bad_connect: { what: 'the connect command has no valid command object', remedy: NOT_STANDARD },
  not_connected: { what: 'the first command is not connect', remedy: NOT_STANDARD },
  media_not_publishing: {
    what: 'media came on a message stream that publishes nothing',
    remedy: NOT_STANDARD,
  },
  play_unsupported: { what: 'playing over RTMP is not supported', remedy: 'watch over HLS' },
  amf_marker: { what: 'a value has a type marker that AMF0 does not know', remedy: DAMAGED },
  amf_reference: { what: 'an AMF0 reference names no object that could be meant', remedy: DAMAGED },
  amf_limit: { what: 'a command or metadata has too many or too large AMF0 values', remedy: NOT_STANDARD },
  amf3_value: { what: 'an AMF3 value inside an AMF0 object is not supported', remedy: NOT_STANDARD },
} as const satisfies ErrorTable;
