// The network of a viewer for people: the address without the part that identifies one household. IPv4 keeps 24 bits, IPv6 48.

import { addressGroup, isAddress, plainAddress } from '../address.ts';

/** A provider gives a customer a /48 or a part of one (RFC 6177). */
const KEPT_HEXTETS = 3;

/** `192.0.2.7` → `192.0.2.x`, `2001:db8:1:2::7` → `2001:db8:1::`; undefined for a text that is not an address. */
export function viewerNetwork(address: string | undefined): string | undefined {
  const plain = plainAddress(address ?? '');
  if (!isAddress(plain)) return undefined;
  if (!plain.includes(':')) return `${plain.slice(0, plain.lastIndexOf('.'))}.x`;
  // A link-local address identifies one device and no network.
  const group = addressGroup(plain);
  if (!group.endsWith('::/64')) return group.includes(':') ? 'fe80::' : viewerNetwork(group);
  return `${group.split(':').slice(0, KEPT_HEXTETS).join(':')}::`;
}
