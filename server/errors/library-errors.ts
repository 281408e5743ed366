// Errors of programs that use the library or RtmpPublisher.

import type { ErrorTable } from './error-row.ts';

export const LIBRARY_ERRORS = {
  cannot_listen: {
    what: 'the gateway is already listening or was closed',
    remedy: 'call listen once; create a new gateway after close',
  },
  bad_playback_token: {
    what: 'a playback token with these terms cannot be made',
    remedy: 'check name, expiry, network and viewer',
  },
  no_publish_pending: {
    what: 'accept() or reject() was called without a pending publish request',
    remedy: 'call one of them once for each request',
  },
  not_flv: { what: 'the file does not start with the letters FLV', remedy: 'use an FLV file' },
  amf_key: { what: "a property's name is too long for AMF0", remedy: 'use names of at most 65,535 bytes' },
  not_publishing: {
    what: 'media cannot be sent before the server has accepted the publication, or after its end',
    remedy: 'wait for the started promise',
  },
  publish_timeout: { what: 'the server did not answer in time', remedy: 'check its address' },
  rejected: { what: 'the server refused the publication', remedy: "the message is the server's" },
  closed: { what: 'the connection was closed by this side', remedy: 'nothing is wrong' },
  bad_handshake_signature: {
    what: "the server's S2 is not signed with the digest of C1",
    remedy: 'use the simple handshake',
  },
  bad_message_stream: {
    what: 'the server answered createStream without an id',
    remedy: 'use another server, or report what this one sends',
  },
} as const satisfies ErrorTable;
