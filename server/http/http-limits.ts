// Limits of HTTP in time, size and number, with their reasons. HttpLimits are settings.

import { NetworkList } from '../address.ts';
import { TrustedProxies } from '../proxied/trusted-proxies.ts';

/** Time for a request head. */
export const HEADERS_TIMEOUT_MS = 10_000;
/** Longer than reverse proxies keep connections, so that none is closed during a request. */
export const KEEP_ALIVE_TIMEOUT_MS = 65_000;
/** A response without progress for this long has no reader. Held requests are answered earlier. */
export const STALLED_RESPONSE_MS = 20_000;
/** Size of a request's head: a path and the headers of browsers. */
export const MAX_HEADER_BYTES = 8 * 1024;
/** Duration of one response: a page's largest file takes a minute at 100 kbit/s, and media this old has left the window. */
export const MAX_RESPONSE_MS = 120_000;

/** Limits that are settings. An address is an IPv4 address or an IPv6 /64 network. */
export type HttpLimits = {
  readonly maxConnections: number;
  readonly maxConnectionsPerAddress: number;
  readonly maxWebSockets: number;
  readonly maxWebSocketsPerAddress: number;
  /** Requests that wait for media. */
  readonly maxHeldPerAddress: number;
  /** TLS handshakes at the same time. */
  readonly maxHandshakes: number;
  /** TLS handshakes a second. */
  readonly maxHandshakesPerAddress: number;
  /** Networks without limits per address, such as a reverse proxy's, which serves many clients. */
  readonly exempt: NetworkList;
  readonly proxies: TrustedProxies;
  /** Connections of those proxies begin with a PROXY header. */
  readonly hasProxyHeaders: boolean;
};

export const DEFAULT_HTTP_LIMITS: HttpLimits = {
  // A viewer has one or two connections and uses some 50 KiB: enough for ten thousand viewers.
  maxConnections: 30_000,
  // A reverse proxy has two connections for each of its viewers: enough for 2,000 viewers.
  maxConnectionsPerAddress: 4_000,
  // One for each open page.
  maxWebSockets: 20_000,
  maxWebSocketsPerAddress: 2_000,
  // One for each viewer, or two while a player requests a playlist and a hinted part.
  maxHeldPerAddress: 4_000,
  // A handshake takes two round trips and a millisecond of work: 200 are 1,000 a second at a round trip of 100 ms.
  maxHandshakes: 200,
  // One address may use a twentieth of a processor, with a burst of ten seconds.
  maxHandshakesPerAddress: 50,
  exempt: new NetworkList('127.0.0.0/8,::1/128'),
  proxies: new TrustedProxies({ networks: [], header: 'x-forwarded-for' }),
  hasProxyHeaders: false,
};
