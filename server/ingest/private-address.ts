// Which addresses are neighbours: loopback and networks that the public internet does not route.

import { BlockList, isIPv6 } from 'node:net';

const PRIVATE_NETWORKS = new BlockList();
PRIVATE_NETWORKS.addSubnet('127.0.0.0', 8, 'ipv4'); // RFC 1122
PRIVATE_NETWORKS.addSubnet('10.0.0.0', 8, 'ipv4'); // RFC 1918
PRIVATE_NETWORKS.addSubnet('172.16.0.0', 12, 'ipv4'); // RFC 1918
PRIVATE_NETWORKS.addSubnet('192.168.0.0', 16, 'ipv4'); // RFC 1918
PRIVATE_NETWORKS.addSubnet('169.254.0.0', 16, 'ipv4'); // RFC 3927
PRIVATE_NETWORKS.addSubnet('100.64.0.0', 10, 'ipv4'); // RFC 6598
PRIVATE_NETWORKS.addAddress('::1', 'ipv6'); // RFC 4291
PRIVATE_NETWORKS.addSubnet('fc00::', 7, 'ipv6'); // RFC 4193
PRIVATE_NETWORKS.addSubnet('fe80::', 10, 'ipv6'); // RFC 4291

/** An IPv4 address as a dual-stack socket shows it (RFC 4291 clause 2.5.5.2). */
const MAPPED_IPV4 = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;

/** The address without the IPv6 wrapping of an IPv4 peer. */
export function plainAddress(address: string): string {
  return MAPPED_IPV4.exec(address)?.[1] ?? address;
}

export function isPrivateAddress(address: string): boolean {
  const plain = plainAddress(address);
  return PRIVATE_NETWORKS.check(plain, isIPv6(plain) ? 'ipv6' : 'ipv4');
}
