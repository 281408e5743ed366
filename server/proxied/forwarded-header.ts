// The addresses in `Forwarded` (RFC 7239) and `X-Forwarded-For`: each proxy adds its peer at the right.

import { isIP } from 'node:net';

export type ForwardedHeader = 'x-forwarded-for' | 'forwarded';

/** Proxies in a row. Entries farther left are the client's own words. */
const MAX_HOPS = 32;
/** `for=192.0.2.43`, `for="[2001:db8::1]:4711"` (RFC 7239 clause 4). */
const FOR_PAIR = /(?:^|;)\s*for\s*=\s*("[^"]*"|[^;\s]*)/i;
/** An address with a port, as some proxies write it. */
const WITH_PORT = /^(?:\[([^\]]*)\](?::\d+)?|(\d+\.\d+\.\d+\.\d+):\d+)$/;

/** The entries of a header, the nearest proxy's first: an address each, or undefined for an entry that is none. */
export function hopsOf(kind: ForwardedHeader, value: string): readonly (string | undefined)[] {
  const hops: (string | undefined)[] = [];
  let end = value.length;
  while (end > 0 && hops.length < MAX_HOPS) {
    const comma = value.lastIndexOf(',', end - 1);
    const entry = value.slice(comma + 1, end);
    const text = kind === 'forwarded' ? (FOR_PAIR.exec(entry)?.[1] ?? '').replaceAll('"', '') : entry.trim();
    const match = WITH_PORT.exec(text);
    const address = match?.[1] ?? match?.[2] ?? text;
    hops.push(isIP(address) === 0 ? undefined : address);
    end = comma;
  }
  return hops;
}
