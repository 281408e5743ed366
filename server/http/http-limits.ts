// Time and size limits of HTTP that hold for HTTP/1.1 and HTTP/2 alike.

/** Longer than any reverse proxy in front keeps its own connections, so that none is closed under a request. */
export const KEEP_ALIVE_TIMEOUT_MS = 65_000;
/** A response that makes no progress for this long has no reader; held ones are answered well before. */
export const STALLED_RESPONSE_MS = 20_000;
/** All of a request's head: ours are a path and what browsers add to it. */
export const MAX_HEADER_BYTES = 8 * 1024;
