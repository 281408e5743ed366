// The addresses under which other machines of the network reach this one.

import { networkInterfaces } from 'node:os';

/** IPv4 addresses of this machine, loopback aside; what a person types into an encoder. */
export function lanAddresses(): string[] {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter((address) => address.family === 'IPv4' && !address.internal)
    .map((address) => address.address);
}
