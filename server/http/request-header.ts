// Reads single headers of requests. node:http makes an object of all headers when `headers` is first read, which takes longer than
// a whole answer for a part needs otherwise.

import { DirectRequest } from './direct-head.ts';
import type { HttpRequest } from './http-exchange.ts';

/** As `request.headers[name]`; `name` is in lower case. */
export function headerOf(request: HttpRequest, name: string): string | undefined {
  if (request instanceof DirectRequest) return request.value(name);
  const { rawHeaders } = request;
  let value: string | undefined;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const given = rawHeaders[at] ?? '';
    if (given.length !== name.length || (given !== name && given.toLowerCase() !== name)) continue;
    // node:http knows which repeated headers are joined.
    if (value !== undefined) return joined(request, name);
    value = rawHeaders[at + 1];
  }
  return value;
}

function joined({ headers }: HttpRequest, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
}
