// Ports that are open before the server behind them: it serves connections that come meanwhile, and a stop waits for them too.
import { createServer, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import { App } from '../../server/app.ts';
import { EarlyPort, HTTP_SOCKETS, RTMP_SOCKETS } from '../../server/early-port.ts';
import { silentLogger } from '../../server/log.ts';
import { configFrom } from '../../server/settings/sources.ts';
import { whenDone } from '../support/cleanup.ts';
import { connectRaw } from '../support/rtmp-bytes.ts';
import { startSource, untilState } from './gateway-fixture.ts';
import { listenHttp } from './http/http-fixture.ts';

const REQUEST = Buffer.from('GET / HTTP/1.1\r\nhost: x\r\n\r\n');

/** A port, and its number, which only the server tells that takes it. */
async function openEarly(): Promise<{ early: EarlyPort; port: number }> {
  const probe = createServer();
  await new Promise<void>((resolve) => void probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as { port: number };
  await new Promise((resolve) => void probe.close(resolve));
  return { early: await EarlyPort.open(port, '127.0.0.1', HTTP_SOCKETS), port };
}

test('who comes before the server is there is answered by it, and who comes after too', async () => {
  const { early, port } = await openEarly();
  const first = await connectRaw(port);
  await first.write(REQUEST);
  const server = await listenHttp((_request, response) => void response.end('done'), { early });
  expect(server.port).toBe(port);
  const second = await connectRaw(port);
  await second.write(REQUEST);
  for (const raw of [first, second])
    while (!raw.received().includes('done')) await raw.untilReceived(raw.received().length + 1);
});

test('connections are handed over in their order, without those that have left', async () => {
  const { early, port } = await openEarly();
  const seen: string[] = [];
  const [one, leaver, two] = [await connectRaw(port), await connectRaw(port), await connectRaw(port)];
  await one.write(Buffer.from('one'));
  await two.write(Buffer.from('two'));
  leaver.socket.resetAndDestroy();
  const server = createServer(RTMP_SOCKETS);
  whenDone(() => new Promise<void>((resolve) => void server.close(() => resolve())));
  const both = new Promise<void>((resolve) => {
    server.on('connection', (socket: Socket) => {
      socket.on('error', () => {});
      socket.on('data', (bytes) => {
        seen.push(bytes.toString());
        socket.destroy();
        if (seen.length === 2) resolve();
      });
    });
  });
  // The reset is seen in the turn after it has arrived.
  await new Promise((resolve) => void setImmediate(resolve));
  await new Promise((resolve) => void setImmediate(resolve));
  let isListening = false;
  early.handOver(server, () => {
    isListening = server.listening && seen.length === 0;
  });
  await both;
  expect({ seen, isListening }).toEqual({ seen: ['one', 'two'], isListening: true });
});

test('a port that another program has is refused with its error', async () => {
  const { port } = await openEarly();
  await expect(EarlyPort.open(port, '127.0.0.1', HTTP_SOCKETS)).rejects.toMatchObject({
    code: 'EADDRINUSE',
    port,
  });
});

test('a stop lets the answer on a connection finish that came before the server', async () => {
  const { early, port } = await openEarly();
  const raw = await connectRaw(port);
  await raw.write(REQUEST);
  const answered = new Promise<() => void>((resolve) => {
    void listenHttp(
      (_request, response) => {
        response.write('half');
        resolve(() => response.end('whole'));
      },
      { early },
    ).then((listening) => {
      server = listening;
    });
  });
  let server: Awaited<ReturnType<typeof listenHttp>> | undefined;
  const end = await answered;
  let isClosed = false;
  const closed = server?.server.close(10_000).then(() => {
    isClosed = true;
  });
  await new Promise((resolve) => void setImmediate(resolve));
  expect(isClosed).toBe(false);
  end();
  await closed;
  expect((await raw.untilClosed(5_000)).received.toString('latin1')).toMatch(/half[\s\S]*whole/);
});

test('an encoder and a viewer that come before the gateway get through', async () => {
  const [rtmp, http] = [await openEarly(), await openEarly()];
  const coming = startSource(rtmp.port, 'early');
  const asked = fetch(`http://127.0.0.1:${http.port}/readyz`);
  const config = configFrom({ rtmp: { host: '127.0.0.1' }, http: { host: '127.0.0.1' } });
  const gateway = new App(config, silentLogger, undefined, { rtmp: rtmp.early, http: http.early });
  whenDone(() => gateway.close());
  const live = untilState(gateway, 'early', 'live');
  expect(await gateway.listen()).toMatchObject({ rtmpPort: rtmp.port, httpPort: http.port });
  (await coming).sendUntil(2_500);
  await live;
  expect((await asked).status).toBe(200);
});
