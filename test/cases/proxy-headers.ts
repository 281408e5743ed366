// PROXY headers: bytes and what they mean, for reader, writer and fuzz.
import type { ProxyHeader } from '../../server/proxied/proxy-protocol.ts';

const SIGNATURE = '0d0a0d0a000d0a515549540a';
const ascii = (text: string): string => Buffer.from(text, 'latin1').toString('hex');
const client = (address: string, port: number): ProxyHeader => ({ kind: 'client', address, port });
const OWN: ProxyHeader = { kind: 'own' };

export type ProxyHeaderCase = { readonly name: string; readonly hex: string; readonly header: ProxyHeader };

export const PROXY_HEADERS: readonly ProxyHeaderCase[] = [
  {
    name: 'version 1, IPv4',
    hex: ascii('PROXY TCP4 203.0.113.7 192.0.2.1 56324 1935\r\n'),
    header: client('203.0.113.7', 56_324),
  },
  {
    name: 'version 1, IPv6',
    hex: ascii('PROXY TCP6 2001:db8::7 2001:db8::1 1 65535\r\n'),
    header: client('2001:db8::7', 1),
  },
  { name: 'version 1, a client that the proxy does not know', hex: ascii('PROXY UNKNOWN\r\n'), header: OWN },
  {
    name: 'version 1, unknown with addresses, as long as a line can be',
    hex: ascii(`PROXY UNKNOWN ${'ffff:'.repeat(7)}ffff ${'ffff:'.repeat(7)}ffff 65535 65535\r\n`),
    header: OWN,
  },
  {
    name: 'version 2, IPv4',
    hex: `${SIGNATURE}2111000ccb007107c0000201dc04078f`,
    header: client('203.0.113.7', 56_324),
  },
  {
    name: 'version 2, IPv6',
    hex: `${SIGNATURE}2121002420010db800000000000000000000000720010db80000000000000000000000010001ffff`,
    header: client('2001:db8::7', 1),
  },
  {
    name: 'version 2, IPv4 with an extension',
    hex: `${SIGNATURE}21110011cb007107c0000201dc04078f0400020000`,
    header: client('203.0.113.7', 56_324),
  },
  { name: 'version 2, the proxy itself', hex: `${SIGNATURE}20000000`, header: OWN },
  {
    name: 'version 2, the proxy itself, with addresses that do not count',
    hex: `${SIGNATURE}2011000ccb007107c0000201dc04078f`,
    header: OWN,
  },
  { name: 'version 2, no addresses', hex: `${SIGNATURE}21000000`, header: OWN },
  { name: 'version 2, a Unix socket', hex: `${SIGNATURE}213100d8${'00'.repeat(216)}`, header: OWN },
];

export const BAD_PROXY_HEADERS: readonly {
  readonly name: string;
  readonly hex: string;
  readonly says: string;
}[] = [
  { name: 'HTTP', hex: ascii('GET / HTTP/1.1\r\n'), says: 'neither "PROXY "' },
  { name: 'an RTMP handshake', hex: '03000000000000000000', says: 'neither "PROXY "' },
  { name: 'a family that does not exist', hex: ascii('PROXY TCP5 1.2.3.4 1.2.3.4 1 1\r\n'), says: 'is not' },
  { name: 'an address of the other family', hex: ascii('PROXY TCP4 ::1 ::1 1 1\r\n'), says: 'is not' },
  { name: 'a port above 65535', hex: ascii('PROXY TCP4 1.2.3.4 1.2.3.4 65536 1\r\n'), says: 'is not' },
  { name: 'too few words', hex: ascii('PROXY TCP4 1.2.3.4 1.2.3.4 1\r\n'), says: 'is not' },
  { name: 'too many words', hex: ascii('PROXY TCP4 1.2.3.4 1.2.3.4 1 1 1\r\n'), says: 'is not' },
  { name: 'a line without an end', hex: ascii(`PROXY TCP4 ${'1'.repeat(100)}`), says: 'longer than 107' },
  { name: 'version 3', hex: `${SIGNATURE}31110000`, says: 'version 3' },
  { name: 'an unknown command', hex: `${SIGNATURE}22110000`, says: 'command 2' },
  {
    name: 'addresses that are too short',
    hex: `${SIGNATURE}2111000bcb007107c0000201dc0407`,
    says: 'too few',
  },
  { name: 'a body of 4,097 bytes', hex: `${SIGNATURE}21111001`, says: '4097 bytes' },
];
