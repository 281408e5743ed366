// A gateway behind proxies: limits, keys and logs know the client, whichever way the proxy tells its address.
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { describe, expect, it } from 'vitest';
import type { GatewayOptions } from '../../../server/app.ts';
import { writeProxyHeader } from '../../../server/proxied/proxy-protocol.ts';
import { whenDone } from '../../support/cleanup.ts';
import { TEST_TLS } from '../../support/http2-client.ts';
import { type HttpAnswer, readAnswers } from '../../support/raw-http.ts';
import { goLive, type OpenGateway, openGateway, startSource, untilState } from '../gateway-fixture.ts';

const LOOPBACK = { trusted: ['127.0.0.0/8'] };
const PROXY = { address: '192.0.2.1', port: 443 };
const CLIENT = { address: '203.0.113.7', port: 40_000 };

const openBehind = (options: GatewayOptions): Promise<OpenGateway> =>
  openGateway({ proxies: LOOPBACK, tls: TEST_TLS, ...options });

/** `localPort`: of this end; any by default. */
async function dial(port: number, localPort = 0): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', localPort });
  whenDone(() => void socket.destroy());
  socket.on('error', () => {});
  await once(socket, 'connect');
  return socket;
}

/** A port that two connections may share: neither gets it from the system. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function secure(below: Socket): Promise<TLSSocket> {
  const socket = connectTls({ socket: below, rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  return socket;
}

/** The only answer on a connection. */
async function ask(socket: Socket, path = '/livez', headers = ''): Promise<HttpAnswer | undefined> {
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => void chunks.push(chunk));
  socket.write(`GET ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n${headers}\r\n`);
  if (!socket.closed) await once(socket, 'close');
  return readAnswers(Buffer.concat(chunks))[0];
}

describe('X-Forwarded-For', () => {
  const forwarded = (client: string): RequestInit => ({ headers: { 'x-forwarded-for': client } });

  it('makes the limit of held requests count clients, and the log name them', async () => {
    const open = await openBehind({ http: { maxHeldPerAddress: 1 } });
    const source = await goLive(open, 'held');
    const text = await (await fetch(open.url('/live/held/main.m3u8'))).text();
    const hint = open.url(`/live/held/${/EXT-X-PRELOAD-HINT:.*URI="([^"]+)"/.exec(text)?.[1]}`);
    const held = [fetch(hint, forwarded('203.0.113.7')), fetch(hint, forwarded('203.0.113.8'))];
    await expect
      .poll(async () => (await fetch(hint, forwarded('203.0.113.7'))).status, { interval: 5 })
      .toBe(429);
    const line = await open.log.until(({ code }) => code === 'too_many_held_from_address');
    expect(line).toMatchObject({ remote: '203.0.113.7' });
    source.sendUntil(3_000);
    expect((await Promise.all(held)).map(({ status }) => status)).toEqual([200, 200]);
  });

  it('lets clients of private networks alone read metrics', async () => {
    const open = await openBehind({});
    const statusFor = async (client: string): Promise<number> =>
      (await fetch(open.url('/metrics'), forwarded(client))).status;
    expect([await statusFor('10.1.2.3'), await statusFor('203.0.113.7')]).toEqual([200, 403]);
  });

  it('changes nothing when it comes from a peer that is not trusted', async () => {
    const open = await openBehind({ proxies: { trusted: ['192.0.2.0/24'] } });
    expect((await fetch(open.url('/metrics'), forwarded('10.1.2.3'))).status).toBe(403);
  });
});

describe('the limit of viewers', () => {
  it('counts clients behind a proxy, says that the stream is full, and is in the log', async () => {
    const open = await openBehind({ stream: { maxViewers: 2 } });
    await goLive(open, 'small');
    const statusFor = async (client: string): Promise<number> =>
      (await fetch(open.url('/live/small/main.m3u8'), { headers: { 'x-forwarded-for': client } })).status;
    expect(await statusFor('203.0.113.1')).toBe(200);
    expect(await statusFor('203.0.113.2')).toBe(200);
    expect(await statusFor('203.0.113.3')).toBe(503);
    expect(await statusFor('203.0.113.2')).toBe(200);
    const line = await open.log.until(({ code }) => code === 'too_many_viewers_of_stream');
    expect(line).toMatchObject({ remote: '203.0.113.3' });
  });

  it('is that of the publish key, where the key has one', async () => {
    const key = 'a-key-with-few-viewers';
    const open = await openBehind({
      stream: { maxViewers: 50 },
      keys: { list: [{ name: 'small', key, maxViewers: 1 }] },
    });
    const live = untilState(open.gateway, 'small', 'live');
    (await startSource(open.rtmpPort, key)).sendUntil(2_500);
    await live;
    const statuses = [];
    for (const client of ['203.0.113.1', '203.0.113.2', '203.0.113.1'])
      statuses.push(
        (await fetch(open.url('/live/small/main.m3u8'), { headers: { 'x-forwarded-for': client } })).status,
      );
    expect(statuses).toEqual([200, 503, 200]);
  });
});

describe.each([1, 2] as const)('the PROXY protocol, version %i', (version) => {
  const header = writeProxyHeader(version, CLIENT, PROXY);

  it('gives an HTTP connection the address of its client, however it is cut', async () => {
    const open = await openBehind({
      http: { proxyProtocol: 'on', maxConnectionsPerAddress: 1 },
    });
    for (let cut = 1; cut < header.length; cut += 7) {
      const socket = await dial(open.httpPort);
      socket.setNoDelay(true);
      socket.write(header.subarray(0, cut));
      await new Promise((resolve) => setImmediate(resolve));
      socket.write(header.subarray(cut));
      expect((await ask(socket, '/metrics'))?.status).toBe(403);
    }
    const first = await dial(open.httpPort);
    first.write(header);
    first.write('GET /livez HTTP/1.1\r\nhost: x\r\n\r\n');
    await once(first, 'data');
    const second = await dial(open.httpPort);
    second.write(header);
    expect((await ask(second))?.status).toBe(429);
    const line = await open.log.until(({ code }) => code === 'too_many_connections_from_address');
    expect(line).toMatchObject({ remote: CLIENT.address });
  });

  it('gives an HTTPS connection the address of its client', async () => {
    const open = await openBehind({ http: { proxyProtocol: 'on' } });
    const below = await dial(open.ports.httpsPort ?? 0);
    below.write(header);
    const answer = await ask(await secure(below), '/metrics');
    expect(answer?.status).toBe(403);
    expect(String(answer?.body)).toContain(CLIENT.address);
  });

  it.each(['rtmp', 'rtmps'] as const)('gives an %s connection the address of its client', async (scheme) => {
    const open = await openBehind({ rtmp: { proxyProtocol: 'on', maxConnectionsPerAddress: 1 } });
    const port = scheme === 'rtmp' ? open.rtmpPort : (open.ports.rtmpsPort ?? 0);
    const dialRtmp = async (): Promise<Socket> => {
      const below = await dial(port);
      below.write(header);
      return scheme === 'rtmp' ? below : await secure(below);
    };
    const first = await dialRtmp();
    // S0 and S1 of the handshake show that the connection has its place.
    first.write(Buffer.concat([Buffer.of(3), Buffer.alloc(1536)]));
    await once(first, 'data');
    const second = await dial(port);
    second.write(header);
    const line = await open.log.untilClosed('too_many_from_address');
    expect(line).toMatchObject({ remote: CLIENT.address });
  });
});

describe('a connection from a trusted proxy without a PROXY header', () => {
  it.each(['http', 'rtmp'] as const)('is closed on %s, with one line that says why', async (kind) => {
    const open = await openBehind({ http: { proxyProtocol: 'on' }, rtmp: { proxyProtocol: 'on' } });
    const socket = await dial(kind === 'http' ? open.httpPort : open.rtmpPort);
    socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
    await once(socket, 'close');
    const line = await open.log.until(({ code }) => code === 'bad_proxy_header');
    expect(String(line['reason'])).toContain('neither "PROXY "');
  });

  it('is served as the proxy itself where the header says so, such as for a health check', async () => {
    const open = await openBehind({ http: { proxyProtocol: 'on' } });
    const socket = await dial(open.httpPort);
    socket.write('PROXY UNKNOWN\r\n');
    expect((await ask(socket, '/metrics'))?.status).toBe(200);
  });

  it('is served without one where the peer is not trusted, and a header from there is not believed', async () => {
    const open = await openBehind({
      proxies: { trusted: ['192.0.2.0/24'] },
      http: { proxyProtocol: 'on' },
    });
    expect((await ask(await dial(open.httpPort), '/metrics'))?.status).toBe(200);
    const forger = await dial(open.httpPort);
    forger.write(writeProxyHeader(1, CLIENT, PROXY));
    expect((await ask(forger))?.status).toBe(400);
  });
});

describe('a gateway that closes', () => {
  it.each(['http', 'https', 'rtmp', 'rtmps'] as const)(
    'does not wait for the header of an %s connection',
    async (kind) => {
      const open = await openBehind({ http: { proxyProtocol: 'on' }, rtmp: { proxyProtocol: 'on' } });
      const { httpPort, httpsPort = 0, rtmpPort, rtmpsPort = 0 } = { httpPort: 0, ...open.ports };
      const socket = await dial({ http: httpPort, https: httpsPort, rtmp: rtmpPort, rtmps: rtmpsPort }[kind]);
      // A later connection that was answered shows that the gateway has accepted this one.
      const later = await dial(open.httpPort);
      later.write('PROXY UNKNOWN\r\n');
      await ask(later);
      const closed = once(socket, 'close');
      await Promise.all([closed, open.gateway.close()]);
      expect(open.log.lines.filter(({ code }) => code === 'bad_proxy_header')).toEqual([]);
    },
    20_000,
  );
});

it('tells connections of one proxy apart that use the same port for two ports of the gateway', async () => {
  const open = await openBehind({ http: { proxyProtocol: 'on' } });
  const localPort = await freePort();
  const plain = await dial(open.httpPort, localPort);
  plain.write(writeProxyHeader(1, { address: '203.0.113.1', port: 1 }, PROXY));
  plain.write('GET /livez HTTP/1.1\r\nhost: x\r\n\r\n');
  await once(plain, 'data');
  const below = await dial(open.ports.httpsPort ?? 0, localPort);
  below.write(writeProxyHeader(1, CLIENT, PROXY));
  // The first connection has gone when the second one shakes hands.
  const forgotten = once(plain, 'close');
  plain.end();
  await forgotten;
  const answer = await ask(await secure(below), '/metrics');
  expect(String(answer?.body)).toContain(CLIENT.address);
});

it('headers without a trusted proxy are refused at start', () => {
  const start = openGateway({ http: { proxyProtocol: 'on' } });
  return expect(start).rejects.toThrow('list your proxies in proxies.trusted');
});
