// The hosts under which other programs reach a listener, as they stand in a URL.

import { networkInterfaces } from 'node:os';

/** The best host first: what the listener is bound to, or this machine's addresses when it is bound to all of them. */
export function reachableHosts(host: string): readonly string[] {
  if (host === '0.0.0.0') return [...lanAddresses(), '127.0.0.1'];
  if (host === '' || host === '::') return [...lanAddresses(), 'localhost'];
  return [host.includes(':') ? `[${host}]` : host];
}

/** Where this very process reaches a listener that is bound to `host`. */
export function ownHost(host: string): string {
  if (host === '' || host === '0.0.0.0') return '127.0.0.1';
  return host === '::' ? '::1' : host;
}

/** IPv4 addresses of this machine, loopback aside; what a person types into an encoder. */
function lanAddresses(): string[] {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter((address) => address.family === 'IPv4' && !address.internal)
    .map((address) => address.address);
}
