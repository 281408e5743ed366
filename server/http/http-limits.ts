// Limits of HTTP in time, size and number, each with its reason; those that an operator may change are HttpLimits.

import { NetworkList } from '../address.ts';

/** Longer than any reverse proxy in front keeps its own connections, so that none is closed under a request. */
export const KEEP_ALIVE_TIMEOUT_MS = 65_000;
/** A response that makes no progress for this long has no reader; held ones are answered well before. */
export const STALLED_RESPONSE_MS = 20_000;
/** All of a request's head: ours are a path and what browsers add to it. */
export const MAX_HEADER_BYTES = 8 * 1024;
/** Any one response: a page's largest file takes a minute at 100 kbit/s, and media this old has left the window. */
export const MAX_RESPONSE_MS = 120_000;

/** Caps that a deployment may set. An address is an IPv4 address or an IPv6 /64 network. */
export type HttpLimits = {
  readonly maxConnections: number;
  readonly maxConnectionsPerAddress: number;
  readonly maxWebSockets: number;
  readonly maxWebSocketsPerAddress: number;
  /** Requests that wait for media. */
  readonly maxHeldPerAddress: number;
  /** TLS handshakes under way at the same time. */
  readonly maxHandshakes: number;
  /** TLS handshakes a second. */
  readonly maxHandshakesPerAddress: number;
  /** Networks without caps per address, such as a reverse proxy's: it speaks for many peers. */
  readonly exempt: NetworkList;
};

export const DEFAULT_HTTP_LIMITS: HttpLimits = {
  // A viewer has one or two connections and costs some 50 KiB: ten thousand viewers with room to spare.
  maxConnections: 30_000,
  // A reverse proxy has two connections for each of its viewers, and 2,000 viewers are a busy proxy.
  maxConnectionsPerAddress: 4_000,
  // One for each page that is open.
  maxWebSockets: 20_000,
  maxWebSocketsPerAddress: 2_000,
  // One for each viewer; two while a player asks for a playlist and for the part that it hints at.
  maxHeldPerAddress: 4_000,
  // One takes two round trips and a millisecond of work: 200 at once are 1,000 a second at a round trip of 100 ms.
  maxHandshakes: 200,
  // A millisecond of work each: one address gets a twentieth of a processor. Ten seconds' worth may come at once.
  maxHandshakesPerAddress: 50,
  exempt: new NetworkList('127.0.0.0/8,::1/128'),
};
