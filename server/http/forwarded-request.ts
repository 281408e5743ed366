// Recognizes requests that came through a proxy.

import type { IncomingMessage } from 'node:http';

/** Headers of requests through a proxy (RFC 7239). */
const FORWARDING_HEADERS = ['forwarded', 'x-forwarded-for', 'x-real-ip'] as const;

/** Whether a request came through a proxy that says so. A proxy on this machine has a private address for all clients. */
export function isForwarded({ headers }: Pick<IncomingMessage, 'headers'>): boolean {
  return FORWARDING_HEADERS.some((header) => headers[header] !== undefined);
}
