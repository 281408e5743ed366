// The address of the gateway's root as others reach it, for links that must be absolute: oEmbed, Open Graph, discovery.

import type { IncomingMessage } from 'node:http';
import type { TrustedProxies } from '../proxied/trusted-proxies.ts';
import { pathAndQuery } from './request-target.ts';

export type PublicRootOptions = {
  /** `http.public-url`, or empty. */
  readonly publicUrl: string;
  /** `http.base-path`, or empty. */
  readonly basePath: string;
  /** They may say by X-Forwarded-Proto that the client uses TLS. */
  readonly proxies: Pick<TrustedProxies, 'has'>;
};

/** RFC 9110 clause 7.2: a host and perhaps a port. Other characters could leave an attribute or a header. */
const AUTHORITY = /^(?:\[[0-9a-f:.]{2,45}\]|[a-z0-9._-]{1,253})(?::\d{1,5})?$/i;

/** A request of node:http, or of a framework that keeps the path before it removed a prefix. */
type RoutedRequest = Pick<IncomingMessage, 'headers' | 'socket' | 'url'> & { readonly originalUrl?: string };

/**
 * The root, with a slash at its end: `http.public-url` if it is set, otherwise what the request names. Undefined if it names
 * nothing that can be used.
 */
export function publicRoot(request: RoutedRequest, options: PublicRootOptions): string | undefined {
  const { publicUrl, basePath } = options;
  if (publicUrl !== '') return publicUrl.endsWith('/') ? publicUrl : `${publicUrl}/`;
  const { headers } = request;
  const authority = headers.host ?? [headers[':authority']].flat()[0];
  if (authority === undefined || !AUTHORITY.test(authority)) return undefined;
  const scheme = isSecure(request, options) ? 'https' : 'http';
  const root = `${scheme}://${authority}${mountOf(request) || basePath}/`;
  // A port above 65535, and texts of digits and colons that are no address.
  return URL.canParse(root) ? root : undefined;
}

function isSecure(
  { headers, socket }: RoutedRequest,
  { proxies }: Pick<PublicRootOptions, 'proxies'>,
): boolean {
  if (proxies.has(socket.remoteAddress) && headers['x-forwarded-proto'] !== undefined)
    return String(headers['x-forwarded-proto']).split(',')[0]?.trim().toLowerCase() === 'https';
  return 'encrypted' in socket;
}

/** `/tv` if a framework mounted the gateway there and removed it from the path; empty if not. */
function mountOf({ originalUrl, url = '' }: RoutedRequest): string {
  const original = originalUrl === undefined ? '' : pathAndQuery(originalUrl);
  if (url === '' || !original.endsWith(url)) return '';
  const mount = original.slice(0, original.length - url.length);
  return /^(?:\/[A-Za-z0-9._~-]+)+$/.test(mount) ? mount : '';
}
