// Private addresses: loopback and networks that the public internet does not route.

import { NetworkList } from './address.ts';

/**
 * 100.64.0.0/10 (RFC 6598) is not private: behind a carrier's NAT its addresses are other customers. The other special-purpose
 * networks (RFC 6890) and IPv4-translated (64:ff9b::/96) and IPv4-compatible addresses are not private either, because a
 * private IPv4 address in them comes from another network.
 */
const PRIVATE_NETWORKS = new NetworkList(
  [
    ...['127.0.0.0/8', '169.254.0.0/16'], // RFC 1122, RFC 3927
    ...['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'], // RFC 1918
    ...['::1/128', 'fe80::/10'], // RFC 4291
    'fc00::/7', // RFC 4193
  ].join(','),
);
const LOOPBACK = new NetworkList('127.0.0.0/8,::1/128');

export function isPrivateAddress(address: string): boolean {
  return PRIVATE_NETWORKS.has(address);
}

export function isLoopbackAddress(address: string): boolean {
  return LOOPBACK.has(address);
}
