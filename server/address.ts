// Addresses of peers: plain form, groups for limits, and lists of networks (RFC 4291, RFC 4632).

import { BlockList, isIP } from 'node:net';
import { GatewayError } from './errors.ts';

/** `::ffff:192.0.2.7`, an IPv4 address as a dual-stack socket shows it (RFC 4291 clause 2.5.5.2). */
const MAPPED_DOTTED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;
/** The same address in another notation: `::ffff:c000:207`. */
const MAPPED_HEX = /^::ffff:([\da-f]{1,4}):([\da-f]{1,4})$/i;
/** An IPv4 peer behind a translator in front of an IPv6-only network (RFC 6052 clause 2.1, RFC 7755). */
const TRANSLATED = /^64:ff9b::([\da-f]{1,4}):([\da-f]{1,4})$/i;
/** fe80::/10 (RFC 4291 clause 2.5.6). All addresses share the first 64 bits. */
const LINK_LOCAL = /^fe[89ab][\da-f]:/i;
/** A provider gives each customer at least a /64 (RFC 6177). */
const GROUP_HEXTETS = 4;
const HEXTETS = 8;
const ADDRESS_BITS = { 4: 32, 6: 128 } as const;

/** The address without the IPv6 form of an IPv4 peer and without a zone (`%eth0`). */
export function plainAddress(address: string): string {
  const plain = withoutZone(address);
  const dotted = MAPPED_DOTTED.exec(plain)?.[1];
  if (dotted !== undefined) return dotted;
  return embeddedIPv4(MAPPED_HEX.exec(plain)) ?? plain;
}

/**
 * The group for limits per address: an IPv4 address, or the /64 network of an IPv6 address, such as `2001:db8:0:1::/64`.
 * A link-local address is its own group, because all devices of a link share one prefix. So is an IPv4 address that a
 * translator put into IPv6, and a text that is not an address.
 */
export function addressGroup(address: string): string {
  const plain = plainAddress(address);
  if (isIP(plain) !== 6 || LINK_LOCAL.test(plain)) return plain;
  return embeddedIPv4(TRANSLATED.exec(plain)) ?? `${networkPrefix(plain)}::/64`;
}

/** Whether a text is an IPv4 or IPv6 address. */
export function isAddress(text: string): boolean {
  return isIP(text) !== 0;
}

/** Networks and single addresses, as a setting lists them. */
export class NetworkList {
  readonly #list = new BlockList();

  /** `text`: CIDR blocks and addresses, separated by commas; empty for none. Throws GatewayError that names the invalid one. */
  constructor(text: string) {
    for (const block of text.split(',').map((item) => item.trim())) if (block !== '') this.#add(block);
  }

  has(address: string): boolean {
    const plain = plainAddress(address);
    const version = isIP(plain);
    return version !== 0 && this.#list.check(plain, version === 6 ? 'ipv6' : 'ipv4');
  }

  #add(block: string): void {
    const [network = '', bits, ...rest] = block.split('/');
    const version = isIP(network);
    const isBlock = bits === undefined || /^\d{1,3}$/.test(bits);
    if ((version !== 4 && version !== 6) || network.includes('%') || !isBlock || rest.length > 0) {
      throw badNetwork(block, 'a network is an address, or an address, a slash and a number of bits');
    }
    const most = ADDRESS_BITS[version];
    const prefix = bits === undefined ? most : Number(bits);
    if (prefix > most) throw badNetwork(block, `an IPv${version} network has ${most} bits at most`);
    this.#list.addSubnet(network, prefix, version === 6 ? 'ipv6' : 'ipv4');
  }
}

/** What is wrong with the text of one network; undefined if nothing is. */
export function networkFault(text: string): string | undefined {
  if (text === '' || text.includes(',')) return 'one network is expected';
  try {
    new NetworkList(text);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

function badNetwork(block: string, what: string): GatewayError {
  return new GatewayError(
    'config',
    'bad_network',
    `"${block}" is not a network such as 192.0.2.0/24: ${what}`,
  );
}

function withoutZone(address: string): string {
  const at = address.indexOf('%');
  return at === -1 ? address : address.slice(0, at);
}

function embeddedIPv4(match: RegExpExecArray | null): string | undefined {
  const [, high, low] = match ?? [];
  return high === undefined || low === undefined ? undefined : `${dottedPair(high)}.${dottedPair(low)}`;
}

/** `c000` → `192.0`. */
function dottedPair(hextet: string): string {
  const value = Number.parseInt(hextet, 16);
  return `${value >> 8}.${value & 0xff}`;
}

/** The first four hextets, without leading zeros and without `::`. */
function networkPrefix(address: string): string {
  const [head = '', tail] = address.split('::');
  const before = head === '' ? [] : head.split(':');
  // An IPv4 tail (`2001:db8::192.0.2.1`) is two hextets, which are never among the first four.
  const after = tail === undefined || tail === '' ? [] : tail.replace(/[\d.]+\.[\d.]+$/, '0:0').split(':');
  const missing = tail === undefined ? 0 : HEXTETS - before.length - after.length;
  const hextets = [...before, ...Array.from({ length: missing }, () => '0'), ...after];
  return hextets
    .slice(0, GROUP_HEXTETS)
    .map((hextet) => Number.parseInt(hextet, 16).toString(16))
    .join(':');
}
