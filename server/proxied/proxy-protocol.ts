// The PROXY protocol: a proxy sends the address of its client before the client's own bytes (HAProxy's "The PROXY protocol",
// versions 1 and 2, clauses 2.1 and 2.2).

import { isIP } from 'node:net';
import { GatewayError } from '../errors.ts';

/** What a header says about the connection. */
export type ProxyHeader =
  | { readonly kind: 'client'; readonly address: string; readonly port: number }
  /** The proxy's own connection, such as a health check (`LOCAL`), or one whose client it does not know (`UNKNOWN`). */
  | { readonly kind: 'own' };

export type ReadProxyHeader = { readonly header: ProxyHeader; readonly byteLength: number };

export type Endpoint = { readonly address: string; readonly port: number };

const V1_START = Buffer.from('PROXY ');
/** The longest line: `PROXY UNKNOWN` with two IPv6 addresses and two ports, and CRLF (2.1). */
const V1_MAX_BYTES = 107;
/** Bytes that no other protocol starts with (2.2). */
const V2_SIGNATURE = Buffer.from('0d0a0d0a000d0a515549540a', 'hex');
const V2_HEAD_BYTES = 16;
/** Addresses take 216 bytes at most; the rest is extensions (TLVs). Proxies send some hundred bytes of them. */
const V2_MAX_BODY_BYTES = 4_096;
const IPV4_BODY_BYTES = 12;
const IPV6_BODY_BYTES = 36;

/**
 * Reads the header at the start of a connection.
 * @returns undefined if more bytes are needed. Throws GatewayError `bad_proxy_header`.
 */
export function readProxyHeader(bytes: Buffer): ReadProxyHeader | undefined {
  if (startsLike(bytes, V2_SIGNATURE)) return readVersion2(bytes);
  if (startsLike(bytes, V1_START)) return readVersion1(bytes);
  throw badHeader('the first bytes are neither "PROXY " nor the signature of version 2');
}

/** The header that a proxy sends for a client. */
export function writeProxyHeader(version: 1 | 2, client: Endpoint, proxy: Endpoint): Buffer {
  const isIPv6 = isIP(client.address) === 6;
  if (version === 1) {
    const { address: to, port } = proxy;
    return Buffer.from(
      `PROXY TCP${isIPv6 ? 6 : 4} ${client.address} ${to} ${client.port} ${port}\r\n`,
      'latin1',
    );
  }
  const ports = Buffer.alloc(4);
  ports.writeUInt16BE(client.port, 0);
  ports.writeUInt16BE(proxy.port, 2);
  const body = Buffer.concat([addressBytes(client.address), addressBytes(proxy.address), ports]);
  const head = Buffer.from([0x21, isIPv6 ? 0x21 : 0x11, body.length >> 8, body.length & 0xff]);
  return Buffer.concat([V2_SIGNATURE, head, body]);
}

/** Whether the bytes can be the beginning of data that starts with `start`. */
function startsLike(bytes: Buffer, start: Buffer): boolean {
  const length = Math.min(bytes.length, start.length);
  return bytes.subarray(0, length).equals(start.subarray(0, length));
}

function readVersion1(bytes: Buffer): ReadProxyHeader | undefined {
  const end = bytes.subarray(0, V1_MAX_BYTES).indexOf('\r\n');
  if (end < 0) {
    if (bytes.length >= V1_MAX_BYTES) throw badHeader(`its line is longer than ${V1_MAX_BYTES} bytes`);
    return undefined;
  }
  const byteLength = end + 2;
  const [, family, address = '', , port = '', ...rest] = bytes.toString('latin1', 0, end).split(' ');
  if (family === 'UNKNOWN') return { header: { kind: 'own' }, byteLength };
  const version = family === 'TCP4' ? 4 : family === 'TCP6' ? 6 : 0;
  const isPort = /^\d{1,5}$/.test(port) && Number(port) <= 0xffff;
  if (version === 0 || isIP(address) !== version || !isPort || rest.length !== 1)
    throw badHeader('its line is not "PROXY TCP4|TCP6 address address port port"');
  return { header: { kind: 'client', address, port: Number(port) }, byteLength };
}

function readVersion2(bytes: Buffer): ReadProxyHeader | undefined {
  if (bytes.length < V2_HEAD_BYTES) return undefined;
  const versionAndCommand = bytes[12] ?? 0;
  const family = (bytes[13] ?? 0) >> 4;
  const bodyBytes = bytes.readUInt16BE(14);
  if (versionAndCommand >> 4 !== 2) throw badHeader(`version ${versionAndCommand >> 4} is unknown`);
  if (bodyBytes > V2_MAX_BODY_BYTES)
    throw badHeader(`${bodyBytes} bytes of addresses and extensions are more than ${V2_MAX_BODY_BYTES}`);
  const byteLength = V2_HEAD_BYTES + bodyBytes;
  if (bytes.length < byteLength) return undefined;
  const command = versionAndCommand & 0x0f;
  if (command > 1) throw badHeader(`command ${command} is unknown`);
  return { header: command === 0 ? { kind: 'own' } : clientOf(bytes, family, bodyBytes), byteLength };
}

function clientOf(bytes: Buffer, family: number, bodyBytes: number): ProxyHeader {
  const body = bytes.subarray(V2_HEAD_BYTES, V2_HEAD_BYTES + bodyBytes);
  if (family === 1 && bodyBytes >= IPV4_BODY_BYTES)
    return { kind: 'client', address: body.subarray(0, 4).join('.'), port: body.readUInt16BE(8) };
  if (family === 2 && bodyBytes >= IPV6_BODY_BYTES)
    return { kind: 'client', address: ipv6Text(body), port: body.readUInt16BE(32) };
  if (family === 1 || family === 2) throw badHeader(`${bodyBytes} bytes are too few for its addresses`);
  // Unspecified, or a Unix socket: the client has no address (2.2).
  return { kind: 'own' };
}

/** The shortest form (RFC 5952), as sockets show addresses. */
function ipv6Text(bytes: Buffer): string {
  const hextets = Array.from({ length: 8 }, (_, at) => bytes.readUInt16BE(2 * at).toString(16));
  return new URL(`http://[${hextets.join(':')}]`).hostname.slice(1, -1);
}

function addressBytes(address: string): Buffer {
  if (isIP(address) === 4) return Buffer.from(address.split('.').map(Number));
  const [head = '', tail = ''] = address.split('::');
  const before = head.split(':').filter((hextet) => hextet !== '');
  const after = tail.split(':').filter((hextet) => hextet !== '');
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => '0');
  const bytes = Buffer.alloc(16);
  for (const [at, hextet] of [...before, ...zeros, ...after].entries())
    bytes.writeUInt16BE(Number.parseInt(hextet, 16), 2 * at);
  return bytes;
}

function badHeader(what: string): GatewayError {
  return new GatewayError(
    'invalid-data',
    'bad_proxy_header',
    `a proxy's connection has no valid PROXY header: ${what}`,
  );
}
