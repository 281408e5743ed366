// Errors of clients over HTTP and the WebSocket: players, pages and programs.

import type { ErrorTable } from './error-row.ts';

const EXEMPT = 'list proxies in proxies.trusted or http.exempt-networks';

export const VIEWER_ERRORS = {
  // Requests.
  bad_directive: {
    what: 'a delivery directive (_HLS_msn, _HLS_part, _HLS_skip) is invalid or too far ahead',
    remedy: 'load the playlist without directives; this is a fault of the player',
  },
  too_many_connections: {
    what: 'the gateway has too many connections',
    remedy: 'try again in a few seconds, or raise rtmp.max-connections or http.max-connections',
  },
  too_many_connections_from_address: {
    what: 'one address has too many HTTP connections',
    remedy: `close some, or raise http.max-connections-per-address; ${EXEMPT}`,
  },
  too_many_handshakes: {
    what: 'too many TLS handshakes are in progress',
    remedy: 'try again in a few seconds, or raise tls.max-handshakes; for encoders, rtmps.max-handshakes',
  },
  too_many_handshakes_from_address: {
    what: 'one address makes too many TLS handshakes',
    remedy: `keep connections open, or raise tls.max-handshakes-per-address; for encoders, rtmps.max-handshakes-per-address; ${EXEMPT}`,
  },
  too_many_held: {
    what: 'too many requests wait for media, in all',
    remedy: 'try again in a second, or raise http.max-connections and the limit of open files',
  },
  too_many_held_from_address: {
    what: 'one address has too many waiting playlist requests',
    remedy: `a player needs one for each playlist; raise http.max-held-per-address, or ${EXEMPT}`,
  },
  too_many_reports_from_address: {
    what: 'one address sends too many reports about playback (CMCD)',
    remedy: `a player needs one every ten seconds; ${EXEMPT}`,
  },
  too_many_unanswered: {
    what: 'one connection sent too many requests without reading the answers',
    remedy: 'read the answers; this is a fault of the client',
  },
  body_in_pieces: {
    what: 'the body of a request came in too many pieces, and its connection was closed',
    remedy: 'send the body at once, with its Content-Length; this is a fault of the client',
  },
  upgrade_waited_too_long: {
    what: 'a WebSocket request waited too long for the answers before it',
    remedy: 'open the WebSocket on a separate connection',
  },
  too_many_viewers: {
    what: 'the gateway has as many viewers as http.max-viewers allows',
    remedy: 'try again when one has left, or raise http.max-viewers',
  },
  too_many_viewers_of_stream: {
    what: 'the stream has as many viewers as stream.max-viewers allows',
    remedy: 'try again when one has left, or raise stream.max-viewers',
  },
  bad_proxy_header: {
    what: 'a connection from proxies.trusted has no valid PROXY header',
    remedy:
      'let the proxy send one (HAProxy: send-proxy-v2), or set http.proxy-protocol or rtmp.proxy-protocol to off',
  },
  http2_flood: {
    what: 'an HTTP/2 connection sends too many useless frames',
    remedy: 'this is a fault of the client, or an attack',
  },

  // Streams that are not public.
  playback_token_missing: {
    what: 'this stream needs a playback token',
    remedy: 'ask its owner for a link; the token stands in the path, after /t/',
  },
  playback_token_invalid: {
    what: 'the playback token is altered, or this gateway does not know its signature',
    remedy:
      'copy the whole link, or ask for a new one; the operator checks playback.secrets and the playback.jwt settings',
  },
  playback_token_expired: {
    what: 'the playback token has expired',
    remedy: 'ask for a new link',
  },
  playback_token_not_yet: {
    what: 'the playback token is not valid yet',
    remedy: 'come back later, or check the clocks of the gateway and of the program that made it',
  },
  playback_token_wrong_stream: {
    what: 'the playback token belongs to another stream',
    remedy: 'use the link of this stream',
  },
  playback_token_wrong_network: {
    what: 'the playback token is not valid from your network',
    remedy: 'watch from the network that it names, or ask for another link',
  },
  playback_token_unchecked: {
    what: 'the playback token cannot be checked now',
    remedy: 'try again in a few seconds; the operator checks the address in playback.jwt-jwks',
  },
  wrong_password: { what: 'the password of the stream is wrong', remedy: 'ask the owner of the stream' },
  too_many_passwords: {
    what: 'too many wrong passwords came from one address',
    remedy: 'try again in a few minutes',
  },

  // The WebSocket.
  bad_message: { what: 'a message is not a JSON object in a text frame', remedy: 'send one JSON object' },
  unknown_op: { what: 'the op of a message is unknown', remedy: 'send "sub", "unsub" or "ping"' },
  unknown_topic: {
    what: 'the topic is unknown',
    remedy: 'the topics are "status", "stream" and "detail" with a name, "streams" and "server"',
  },
  too_many_subscriptions: {
    what: 'one WebSocket has too many subscriptions',
    remedy: 'unsubscribe some, or open another WebSocket',
  },
  too_many_messages: {
    what: 'the client of a WebSocket sends too many messages, and its connection is closed',
    remedy: 'subscribe once to each topic, and send a ping every few seconds; this is a fault of the client',
  },
  too_many_websockets: {
    what: 'the gateway has too many WebSockets',
    remedy: 'try again in a few seconds, or raise http.max-websockets',
  },
  too_many_websockets_from_address: {
    what: 'one address has too many WebSockets',
    remedy: `close some, or raise http.max-websockets-per-address; ${EXEMPT}`,
  },
} as const satisfies ErrorTable;
