import { describe, expect, it } from 'vitest';
import { TrustedProxies } from '../../../server/proxied/trusted-proxies.ts';

const NETWORKS = ['10.0.0.0/8', '2001:db8:ffff::/48'];

describe.each([
  { header: 'x-forwarded-for' as const, written: (hops: string[]) => hops.join(', ') },
  {
    header: 'forwarded' as const,
    written: (hops: string[]) =>
      hops.map((hop) => `by=_x;for=${hop.includes(':') ? `"${hop}"` : hop};proto=https`).join(', '),
  },
])('the client in $header', ({ header, written }) => {
  const proxies = new TrustedProxies({ networks: NETWORKS, header });
  const clientOf = (peer: string, ...hops: string[]): string | undefined =>
    proxies.clientOf({
      socket: { remoteAddress: peer },
      headers: hops.length === 0 ? {} : { [header]: written(hops) },
    });

  it('is the peer where there is no header', () => {
    expect(clientOf('10.0.0.1')).toBe('10.0.0.1');
  });

  it('is the peer where the peer is not trusted, whatever it writes', () => {
    expect(clientOf('192.0.2.9', '203.0.113.7')).toBe('192.0.2.9');
    expect(clientOf('::ffff:192.0.2.9', '10.0.0.1')).toBe('::ffff:192.0.2.9');
  });

  it.each([
    { name: 'one proxy', peer: '10.0.0.1', hops: ['203.0.113.7'], client: '203.0.113.7' },
    { name: 'a mapped peer', peer: '::ffff:10.0.0.1', hops: ['203.0.113.7'], client: '203.0.113.7' },
    { name: 'two proxies', peer: '10.0.0.1', hops: ['203.0.113.7', '10.0.0.2'], client: '203.0.113.7' },
    {
      name: 'forged entries',
      peer: '10.0.0.1',
      hops: ['10.9.9.9', '1.1.1.1', '203.0.113.7'],
      client: '203.0.113.7',
    },
    { name: 'only proxies', peer: '10.0.0.1', hops: ['10.0.0.3', '10.0.0.2'], client: '10.0.0.3' },
    { name: 'a port', peer: '10.0.0.1', hops: ['203.0.113.7:4711'], client: '203.0.113.7' },
    { name: 'IPv6 in brackets', peer: '10.0.0.1', hops: ['[2001:db8::7]:4711'], client: '2001:db8::7' },
    { name: 'IPv6', peer: '2001:db8:ffff::1', hops: ['2001:db8::7'], client: '2001:db8::7' },
    { name: 'an unknown client', peer: '10.0.0.1', hops: ['unknown'], client: '10.0.0.1' },
    { name: 'an unknown client behind two', peer: '10.0.0.1', hops: ['_x', '10.0.0.2'], client: '10.0.0.2' },
    { name: 'an empty entry', peer: '10.0.0.1', hops: ['203.0.113.7', ''], client: '10.0.0.1' },
  ])('behind $name, is $client', ({ peer, hops, client }) => {
    expect(clientOf(peer, ...hops)).toBe(client);
  });

  it('is found within the last 32 entries, so that a long header costs no more', () => {
    const chain = Array.from({ length: 1_000 }, () => '10.0.0.2');
    expect(clientOf('10.0.0.1', '203.0.113.7', ...chain)).toBe('10.0.0.2');
  });
});

it('is not read from the header that the proxies do not write', () => {
  const proxies = new TrustedProxies({ networks: NETWORKS, header: 'x-forwarded-for' });
  const headers = { forwarded: 'for=203.0.113.7' };
  expect(proxies.clientOf({ socket: { remoteAddress: '10.0.0.1' }, headers })).toBe('10.0.0.1');
});
