// Limits of HTTP in time, size and number, with their reasons. HttpLimits are settings.

import type { NetworkList } from '../address.ts';
import type { TrustedProxies } from '../proxied/trusted-proxies.ts';

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
