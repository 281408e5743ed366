// Which addresses are shown to people: never a container's own, and never loopback on another machine.
import { type IncomingMessage, request } from 'node:http';
import type { NetworkInterfaceInfo } from 'node:os';
import { describe, expect, test, vi } from 'vitest';
import { App } from '../../server/app.ts';
import { gatewayInfo } from '../../server/gateway-info.ts';
import { hostOfHeader, lanAddresses, reachableHosts } from '../../server/reachable-hosts.ts';
import { whenDone } from '../support/cleanup.ts';
import { settingsFrom } from '../support/settings.ts';
import { openGateway } from './gateway-fixture.ts';

function at(address: string): NetworkInterfaceInfo[] {
  const internal = address.startsWith('127.');
  return [
    { address, netmask: '255.255.255.0', family: 'IPv4', mac: '00:00:00:00:00:00', internal, cidr: null },
  ];
}

describe('addresses of the network', () => {
  test('are those of real interfaces', () => {
    const interfaces = {
      lo: at('127.0.0.1'),
      eth0: at('192.168.1.20'),
      docker0: at('172.17.0.1'),
      'br-0a1b2c3d4e5f': at('172.18.0.1'),
      veth12ab: at('169.254.3.4'),
      virbr0: at('192.168.122.1'),
    };
    expect(lanAddresses({ interfaces, isInContainer: false })).toEqual(['192.168.1.20']);
  });

  test('are none inside a container, where they end at its host', () => {
    const interfaces = { lo: at('127.0.0.1'), eth0: at('172.17.0.2') };
    expect(lanAddresses({ interfaces, isInContainer: true })).toEqual([]);
  });

  test('are the host’s inside a container that shares its network', () => {
    const interfaces = { eth0: at('192.168.1.20'), docker0: at('172.17.0.1') };
    expect(lanAddresses({ interfaces, isInContainer: true })).toEqual(['192.168.1.20']);
  });
});

describe('hosts to offer', () => {
  const lan = ['192.168.1.20'];
  test.each([
    ['to somebody on this machine', '', 'localhost', ['192.168.1.20', 'localhost']],
    ['to somebody on this machine, by address', '', '127.0.0.1', ['192.168.1.20', 'localhost']],
    ['at start-up', '0.0.0.0', undefined, ['192.168.1.20', '127.0.0.1']],
    ['to who came by a name', '', 'live.example.org', ['live.example.org']],
    ['to who came by an address', '::', '203.0.113.7', ['203.0.113.7']],
    ['where RTMP listens on one address', '10.0.0.7', 'live.example.org', ['10.0.0.7']],
    ['where RTMP listens on one IPv6 address', 'fd00::1', undefined, ['[fd00::1]']],
  ])('%s', (_to, listenHost, askedHost, hosts) => {
    expect(reachableHosts(listenHost, askedHost, lan)).toEqual(hosts);
  });

  test.each([
    ['live.example.org:8080', 'live.example.org'],
    ['[fd00::1]:8080', '[fd00::1]'],
    ['10.0.0.1', '10.0.0.1'],
    ['a b', undefined],
    ['x/../y', undefined],
    ['user@host', undefined],
    [undefined, undefined],
  ])('the Host header %s names %s', (header, host) => {
    expect(hostOfHeader(header)).toBe(host);
  });
});

async function infoOf(url: string, headers = {}): Promise<Record<string, unknown>> {
  return (await fetch(url, { headers })).json() as Promise<Record<string, unknown>>;
}

test('public addresses from the settings are the only ones told', async () => {
  const open = await openGateway({
    http: { publicUrl: 'https://live.example.org/tv/' },
    rtmp: { publicUrl: 'rtmp://ingest.example.org' },
  });
  expect(await infoOf(open.url('/api/v1/info'))).toMatchObject({
    http: { publicUrl: 'https://live.example.org/tv' },
    rtmp: { publicUrl: 'rtmp://ingest.example.org/live', servers: ['rtmp://ingest.example.org/live'] },
  });
});

test.each([
  ['http', 'live.example.org'],
  ['http', 'ftp://live.example.org'],
  ['http', 'https://live.example.org/?token=1'],
  ['rtmp', 'https://live.example.org'],
  ['rtmp', 'rtmp://'],
])('%s.public-url %s is refused', async (section, publicUrl) => {
  await expect(openGateway({ [section]: { publicUrl } })).rejects.toMatchObject({ code: 'bad_setting' });
});

test('who came by a name is told that name alone', async () => {
  const open = await openGateway({ rtmp: { host: '' } });
  const asked = request(open.url('/api/v1/info'), { headers: { host: 'live.example.org:8080' } }).end();
  const [response]: [IncomingMessage] = await new Promise((resolve) => {
    asked.once('response', (message) => resolve([message]));
  });
  const info = JSON.parse(Buffer.concat(await response.toArray()).toString());
  expect(info.rtmp.servers).toEqual([`rtmp://live.example.org:${open.rtmpPort}/live`]);
});

test('addresses of the network are told to those who may learn them', () => {
  const servers = (lan: readonly string[]) =>
    gatewayInfo(settingsFrom({}), undefined, { hostHeader: 'localhost', lan }).rtmp.servers;
  expect(servers(['192.168.1.20'])).toEqual(['rtmp://192.168.1.20/live', 'rtmp://localhost/live']);
  expect(servers([])).toEqual(['rtmp://localhost/live']);
});

test.each([
  ['of this machine', [], {}, true],
  ['behind a proxy that is not trusted', [], { 'x-forwarded-for': '192.168.1.9' }, false],
  ['in a private network, behind a trusted proxy', ['127.0.0.1'], { 'x-forwarded-for': '192.168.1.9' }, true],
  ['of the internet, behind a trusted proxy', ['127.0.0.1'], { 'x-forwarded-for': '203.0.113.7' }, false],
  ['that a trusted proxy does not name', ['127.0.0.1'], {}, false],
])(
  'a client %s is known as near or far, whatever host it asks for',
  async (_who, trusted, headers, isNear) => {
    const info = vi.spyOn(App.prototype, 'info');
    whenDone(() => info.mockRestore());
    const open = await openGateway({ proxies: { trusted } });
    await infoOf(open.url('/api/v1/info'), headers);
    expect(info).toHaveBeenLastCalledWith(`127.0.0.1:${open.httpPort}`, isNear);
  },
);
