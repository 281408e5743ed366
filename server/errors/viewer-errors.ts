// Errors that concern those who watch: players, pages and programs that ask over HTTP or the WebSocket.

import type { ErrorTable } from './error-row.ts';

const EXEMPT = 'a proxy belongs in http.exempt-networks';

export const VIEWER_ERRORS = {
  // Requests.
  bad_directive: {
    what: 'a delivery directive (_HLS_msn, _HLS_part, _HLS_skip) is not valid, or too far ahead',
    remedy: 'load the playlist without directives; the player is at fault',
  },
  too_many_connections: {
    what: 'the gateway takes no more connections now',
    remedy: 'come back in a few seconds; the limits are rtmp.max-connections and http.max-connections',
  },
  too_many_connections_from_address: {
    what: 'one address has too many HTTP connections',
    remedy: `close some; the limit is http.max-connections-per-address, and ${EXEMPT}`,
  },
  too_many_handshakes: {
    what: 'too many TLS handshakes are under way',
    remedy:
      'come back in a few seconds; the limits are tls.max-handshakes and tls.max-handshakes-per-address',
  },
  too_many_handshakes_from_address: {
    what: 'one address makes too many TLS handshakes',
    remedy: `keep connections open; the limit is tls.max-handshakes-per-address, and ${EXEMPT}`,
  },
  too_many_held_from_address: {
    what: 'one address has too many playlist requests that wait',
    remedy: `a player needs one for each playlist; the limit is http.max-held-per-address, and ${EXEMPT}`,
  },
  too_many_unanswered: {
    what: 'too many requests came on one connection before their answers were read',
    remedy: 'read the answers; the client is at fault',
  },
  upgrade_waited_too_long: {
    what: 'a WebSocket was asked for behind requests whose answers did not end in time',
    remedy: 'open the WebSocket on a connection of its own',
  },
  http2_flood: {
    what: 'an HTTP/2 connection sends frames that only make work',
    remedy: 'the client is at fault, or an attacker',
  },

  // The WebSocket.
  bad_message: { what: 'a message is not one JSON object, as text', remedy: 'send one JSON object' },
  unknown_op: { what: 'the op of a message is not known', remedy: 'send "sub", "unsub" or "ping"' },
  unknown_topic: { what: 'the topic is not known', remedy: 'the topics are "status" and "stream"' },
  too_many_subscriptions: {
    what: 'one WebSocket follows too many topics',
    remedy: 'unsubscribe some, or open a second WebSocket',
  },
  too_many_websockets: {
    what: 'the gateway takes no more WebSockets now',
    remedy: 'come back in a few seconds; the limit is http.max-websockets',
  },
  too_many_websockets_from_address: {
    what: 'one address has too many WebSockets',
    remedy: `close some; the limit is http.max-websockets-per-address, and ${EXEMPT}`,
  },
} as const satisfies ErrorTable;
