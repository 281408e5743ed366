import { describe, expect, it } from 'vitest';
import { readProxyHeader, writeProxyHeader } from '../../../server/proxied/proxy-protocol.ts';
import { BAD_PROXY_HEADERS, PROXY_HEADERS } from '../../cases/proxy-headers.ts';

const REST = Buffer.from('bytes of the client');

describe('a PROXY header', () => {
  it.each(PROXY_HEADERS)('$name, is read, and ends where the client begins', ({ hex, header }) => {
    const bytes = Buffer.from(hex, 'hex');
    expect(readProxyHeader(Buffer.concat([bytes, REST]))).toEqual({ header, byteLength: bytes.length });
  });

  it.each(PROXY_HEADERS)('$name, needs all of its bytes', ({ hex }) => {
    const bytes = Buffer.from(hex, 'hex');
    for (let length = 0; length < bytes.length; length += 1)
      expect(readProxyHeader(bytes.subarray(0, length)), `${length} bytes`).toBeUndefined();
  });

  it.each(BAD_PROXY_HEADERS)('$name, is refused with the reason', ({ hex, says }) => {
    expect(() => readProxyHeader(Buffer.from(hex, 'hex'))).toThrow(says);
  });

  it.each([1, 2] as const)('of version %i is read as it was written', (version) => {
    for (const address of ['203.0.113.7', '2001:db8::7', '::1', '2001:db8:1:2:3:4:5:6', 'fe80::']) {
      const isIPv6 = address.includes(':');
      const proxy = { address: isIPv6 ? '2001:db8::1' : '192.0.2.1', port: 1935 };
      const bytes = writeProxyHeader(version, { address, port: 40_000 }, proxy);
      expect(readProxyHeader(bytes)).toEqual({
        header: { kind: 'client', address, port: 40_000 },
        byteLength: bytes.length,
      });
    }
  });
});
