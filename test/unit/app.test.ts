// The gateway as a library: several at once, mounted, its events, and a complete close.
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer as createHttpServer, type Server as HttpServer } from 'node:http';
import { createServer, type Server } from 'node:net';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import express from 'express';
import { expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { createGateway, type GatewayOptions } from '../../server/app.ts';
import { GatewayError } from '../../server/errors.ts';
import { whenDone } from '../support/cleanup.ts';
import { fetchMedia, firstMediaUrl } from '../support/hls-client.ts';
import { connectRaw } from '../support/rtmp-bytes.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { goLive, openGateway, startSource, TINY_FLV, untilState } from './gateway-fixture.ts';

const CHECKOUT = path.resolve(import.meta.dirname, '../..');

async function listenAnywhere(server: Server | HttpServer): Promise<number> {
  server.listen(0, '127.0.0.1');
  whenDone(async () => {
    if ('closeAllConnections' in server) server.closeAllConnections();
    if (!server.listening) return;
    server.close();
    await once(server, 'close');
  });
  await once(server, 'listening');
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

test('several gateways live in one process and know nothing of each other', async () => {
  const [left, right] = await Promise.all([openGateway(), openGateway()]);
  await Promise.all([goLive(left, 'same'), goLive(right, 'same')]);
  const [leftText, rightText] = await Promise.all(
    [left, right].map(async ({ url }) => (await fetchMedia(url('/live/same/main.m3u8'))).text),
  );
  expect(leftText).not.toBe(rightText);
  await left.gateway.close();
  expect(right.gateway.streams()).toMatchObject([{ name: 'same', state: 'live' }]);
  expect((await fetch(right.url('/live/same/main.m3u8'))).status).toBe(200);
});

test('events tell of a stream’s life in order', async () => {
  const open = await openGateway({ stream: { grace: '1ms' } });
  const told: string[] = [];
  const names = ['connecting', 'starting', 'live', 'stalled', 'reconnecting', 'ended'] as const;
  for (const state of names) {
    open.gateway.on(`stream:${state}`, (name: string) => void told.push(`${state} ${name}`));
  }
  const ended = untilState(open.gateway, 'told', 'ended');
  const source = await goLive(open, 'told');
  source.publisher.close();
  await ended;
  expect(told).toEqual(
    ['connecting', 'starting', 'live', 'reconnecting', 'ended'].map((state) => `${state} told`),
  );
});

test('a wrong setting is refused before anything is opened', async () => {
  expect(() => createGateway({ rtmp: { port: 70_000 } })).toThrow(
    expect.objectContaining({ code: 'bad_setting' }),
  );
  // @ts-expect-error -- a JavaScript program may pass anything
  expect(() => createGateway({ rtmp: { prot: 1 } })).toThrow('did you mean rtmp.port?');
});

test.each([
  ['Express takes the prefix off', true],
  ['node:http does not', false],
])('mounted under /tv, where %s, everything works', async (_what, byExpress) => {
  const gateway = createGateway({ rtmp: { port: 0, host: '127.0.0.1' }, http: { basePath: '/tv' } });
  whenDone(() => gateway.close());
  const { rtmpPort, httpPort } = await gateway.listen({ http: false });
  expect(httpPort).toBeUndefined();
  const server = byExpress
    ? createHttpServer(
        express()
          .use('/tv', gateway.handler)
          .get('/own', (_request, response) => void response.send('own')),
      )
    : createHttpServer((request, response) =>
        gateway.handler(request, response, () => response.end(request.url === '/own' ? 'own' : 'no')),
      );
  server.on('upgrade', (request, socket, head) => {
    if (!gateway.handleUpgrade(request, socket, head)) socket.destroy();
  });
  const port = await listenAnywhere(server);
  const url = (path: string): string => `http://127.0.0.1:${port}${path}`;

  expect(await (await fetch(url('/own'))).text()).toBe('own');
  const root = await fetch(url('/tv'), { redirect: 'manual' });
  expect([root.status, root.headers.get('location')]).toEqual([308, 'tv/']);
  expect((await fetch(url('/tv/'))).headers.get('content-security-policy')).toContain('frame-ancestors');
  const page = await fetch(url('/tv/watch/mounted'));
  expect(page.status).toBe(200);
  const asset = /"([^"]*assets\/[^"]+\.js)"/.exec(await page.text())?.[1] ?? '';
  expect((await fetch(new URL(asset, page.url))).status).toBe(200);

  const socket = new WebSocket(url('/tv/ws/v1').replace('http', 'ws'));
  whenDone(() => socket.terminate());
  expect(String((await once(socket, 'message'))[0])).toContain('"op":"hello"');

  const live = untilState(gateway, 'mounted', 'live');
  (await startSource(rtmpPort, 'mounted')).sendUntil(2_500);
  await live;
  const media = await firstMediaUrl(url('/tv/live/mounted.m3u8'));
  expect(media).toBe(url('/tv/live/mounted/main.m3u8'));
  const { playlist } = await fetchMedia(media);
  const part = playlist.segments.at(-1)?.parts[0]?.uri ?? '';
  expect((await fetch(new URL(part, media))).headers.get('content-type')).toBe('video/mp4');
  expect((await fetch(url('/tv/hls/mounted/index.m3u8'))).url).toBe(url('/tv/live/mounted/index.m3u8'));
  const streams = await (await fetch(url('/tv/api/v1/streams'))).json();
  expect(streams).toMatchObject({ streams: [{ name: 'mounted' }] });
  expect((await fetch(url('/tv/nothing'))).status).toBe(byExpress ? 404 : 200);
});

test('a gateway of its own under a base path serves with and without it', async () => {
  const open = await openGateway({ http: { basePath: '/tv' } });
  expect((await fetch(open.url('/tv/watch/a'))).status).toBe(200);
  expect((await fetch(open.url('/watch/a'))).status).toBe(200);
  expect((await fetch(open.url('/tvs/watch/a'))).status).toBe(404);
  const root = await fetch(open.url('/tv?x'), { redirect: 'manual' });
  expect([root.status, root.headers.get('location')]).toEqual([308, 'tv/']);
});

test('a busy port rejects, and leaves nothing open', async () => {
  const blocker = createServer();
  const busy = await listenAnywhere(blocker);
  const gateway = createGateway({
    rtmp: { port: 0, host: '127.0.0.1' },
    http: { port: busy, host: '127.0.0.1' },
  });
  whenDone(() => gateway.close());
  await expect(gateway.listen()).rejects.toMatchObject({ code: 'EADDRINUSE', port: busy });
  // The RTMP port was opened first: it must be closed again, and free for another try.
  blocker.close();
  await once(blocker, 'close');
  const { rtmpPort, httpPort } = await gateway.listen();
  expect(httpPort).toBe(busy);
  (await connectRaw(rtmpPort)).destroy();
  await gateway.close();
  await expect(connectRaw(rtmpPort)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});

test('when HTTP’s port is busy, RTMP’s is closed again', async () => {
  const [blocker, probe] = [createServer(), createServer()];
  const busy = await listenAnywhere(blocker);
  const free = await listenAnywhere(probe);
  probe.close();
  await once(probe, 'close');
  const gateway = createGateway({
    rtmp: { port: free, host: '127.0.0.1' },
    http: { port: busy, host: '127.0.0.1' },
  });
  await expect(gateway.listen()).rejects.toMatchObject({ code: 'EADDRINUSE' });
  await expect(connectRaw(free)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});

test('close is safe at any time, twice, and final', async () => {
  const never = createGateway();
  await never.close();
  await never.close();
  await expect(never.listen()).rejects.toBeInstanceOf(GatewayError);

  const open = await openGateway();
  await expect(open.gateway.listen()).rejects.toMatchObject({ code: 'cannot_listen' });
  await Promise.all([open.gateway.close(), open.gateway.close()]);

  const opening = createGateway({
    rtmp: { port: 0, host: '127.0.0.1' },
    http: { port: 0, host: 'localhost' },
  });
  const ports = opening.listen();
  await opening.close();
  const { rtmpPort, httpPort = 0 } = await ports;
  await expect(connectRaw(rtmpPort)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  await expect(connectRaw(httpPort)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});

test('idle connections of browsers do not delay close()', async () => {
  const open = await openGateway();
  // One connection without a request yet, and one with an answer.
  const [fresh, used] = await Promise.all([connectRaw(open.httpPort), connectRaw(open.httpPort)]);
  await used.write(Buffer.from('GET /livez HTTP/1.1\r\nhost: x\r\n\r\n'));
  await used.untilReceived(50);
  const drained = Promise.all([fresh.untilClosed(2_000), used.untilClosed(2_000)]);
  await open.gateway.close();
  await drained;
});

test('closing tells publishers, and ends their streams', async () => {
  const open = await openGateway();
  const ended = untilState(open.gateway, 'end', 'ended');
  const source = await goLive(open, 'end');
  await open.gateway.close();
  await ended;
  expect(await source.publisher.closed).toMatchObject({ code: 'rejected' });
  await open.log.untilClosed('shutting_down');
});

test('what a listener throws is the program’s, and harms no stream', async () => {
  const script = `
    import { createGateway } from ${JSON.stringify(moduleUrl('server/app.ts'))};
    import { RtmpPublisher } from ${JSON.stringify(moduleUrl('server/relay/rtmp-publisher.ts'))};
    const gateway = createGateway({ rtmp: { port: 0, host: '127.0.0.1' } });
    const { rtmpPort } = await gateway.listen({ http: false });
    process.on('uncaughtException', (error) => console.log('uncaught', error.message, gateway.streams()[0]?.state));
    gateway.on('stream:connecting', () => { throw new Error('planted'); });
    const publisher = new RtmpPublisher({ host: '127.0.0.1', port: rtmpPort, app: 'live', streamName: 'a' });
    await publisher.started;
    console.log('started');
    publisher.close();
    await gateway.close();
  `;
  const { stdout } = await runScript(script);
  expect(stdout.split('\n')).toEqual(expect.arrayContaining(['uncaught planted connecting', 'started']));
});

test('after close() nothing keeps the process alive', async () => {
  const script = `
    import { readFileSync } from 'node:fs';
    import { once } from 'node:events';
    import { createGateway } from ${JSON.stringify(moduleUrl('server/app.ts'))};
    import { parseFlvFile } from ${JSON.stringify(moduleUrl('server/flv/flv-file.ts'))};
    import { RtmpPublisher } from ${JSON.stringify(moduleUrl('server/relay/rtmp-publisher.ts'))};
    const gateway = createGateway({ rtmp: { port: 0, host: '127.0.0.1' }, http: { port: 0, host: '127.0.0.1' } });
    const { rtmpPort, httpPort } = await gateway.listen();
    const publisher = new RtmpPublisher({ host: '127.0.0.1', port: rtmpPort, app: 'live', streamName: 'a' });
    await publisher.started;
    const live = once(gateway, 'stream:live');
    for (const { kind, timestamp, body } of parseFlvFile(readFileSync(${JSON.stringify(TINY_FLV)}))) {
      if (kind !== 'script') publisher[kind](timestamp, body);
    }
    await live;
    console.log((await fetch('http://127.0.0.1:' + httpPort + '/live/a/index.m3u8')).status);
    await gateway.close();
    console.log('closed', process.getActiveResourcesInfo().filter((name) => /Timeout|TCP(Server|Socket)Wrap/.test(name)).length);
  `;
  const { stdout } = await runScript(script);
  expect(stdout.trim().split('\n')).toEqual(['200', expect.stringMatching(/^closed/)]);
}, 30_000);

function moduleUrl(file: string): string {
  return pathToFileURL(path.join(CHECKOUT, file)).href;
}

/** Runs a module in its own process, which must end by itself with status 0. */
function runScript(script: string): Promise<{ stdout: string; stderr: string }> {
  const args = ['--import', 'tsx', '--input-type=module', '--eval', script];
  return promisify(execFile)(process.execPath, args, { cwd: CHECKOUT, timeout: 25_000 });
}

test('with an authorizer of the program, the data folder keeps playback secrets, tokens and the lock', async () => {
  const dir = temporaryFolder('app');
  const options: GatewayOptions = {
    authorizer: { authorizePublish: () => ({ kind: 'allowed' as const, name: 'show' }) },
    data: { dir },
    playback: { access: 'signed' },
  };
  const terms = { name: 'show', expiresAt: Date.now() + 60_000 };
  const first = await openGateway(options);
  const token = first.gateway.playbackToken(terms);
  await expect(openGateway(options)).rejects.toMatchObject({ code: 'data_dir_in_use' });
  await first.gateway.close();
  const second = await openGateway(options);
  expect(second.gateway.playbackToken(terms)).toBe(token);
  expect((await fetch(second.url(`/live/show/t/${token}/index.m3u8`))).status).toBe(404);
  expect((await fetch(second.url('/live/show/t/AAAA/index.m3u8'))).status).toBe(403);
});
