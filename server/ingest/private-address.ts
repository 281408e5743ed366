// Which addresses are neighbours: loopback and networks that the public internet does not route.

import { NetworkList } from '../address.ts';

const PRIVATE_NETWORKS = new NetworkList(
  [
    ...['127.0.0.0/8', '169.254.0.0/16'], // RFC 1122, RFC 3927
    ...['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'], // RFC 1918
    '100.64.0.0/10', // RFC 6598
    ...['::1/128', 'fe80::/10'], // RFC 4291
    'fc00::/7', // RFC 4193
  ].join(','),
);

export function isPrivateAddress(address: string): boolean {
  return PRIVATE_NETWORKS.has(address);
}
