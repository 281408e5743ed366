// Memory in use by a response does not change, is released after sending, and cannot be held by a slow reader.

import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { describe, expect, test } from 'vitest';
import { systemClock } from '../../../server/clock.ts';
import { HlsOutputs } from '../../../server/hls/hls-outputs.ts';
import { LocalOrigin } from '../../../server/hls/local-origin.ts';
import { BlockPool, PartArena } from '../../../server/hls/part-arena.ts';
import { HlsHandler } from '../../../server/http/hls-handler.ts';
import { MediaSender } from '../../../server/http/media-sender.ts';
import { DEFAULT_INGEST_LIMITS } from '../../../server/ingest/limits.ts';
import { RtmpServer } from '../../../server/ingest/rtmp-server.ts';
import { openToPrivateNetworks } from '../../../server/live/authorizer.ts';
import { StreamRegistry } from '../../../server/live/stream-registry.ts';
import { silentLogger } from '../../../server/log.ts';
import { ViewerCount } from '../../../server/stats/viewer-count.ts';
import { whenDone } from '../../support/cleanup.ts';
import { rethrow } from '../../support/rethrow.ts';
import { connectRaw } from '../../support/rtmp-bytes.ts';
import { hasSegment, startSource, untilListed } from '../gateway-fixture.ts';
import { hlsLimits } from './http-fixture.ts';

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  whenDone(() => {
    server.closeAllConnections();
    server.close();
  });
  await once(server, 'listening');
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

describe('pinned memory', () => {
  const BYTES = 16 * 1024 * 1024;

  /** A server of one part that the ring has released: only responses hold its memory. */
  async function servePart(sender: MediaSender) {
    const pool = new BlockPool(2 * BYTES);
    const arena = new PartArena(pool);
    const slices = arena.allocate(BYTES);
    for (const { bytes } of slices) bytes.fill(7);
    const server = createServer((_request, response) => {
      response.writeHead(200, ['content-length', String(BYTES)]);
      sender.send(response, slices);
      arena.release(slices);
      arena.close();
      // `close` of the response comes first, because its listener was added first.
      response.once('close', () => server.emit('sent'));
    });
    const sent = once(server, 'sent');
    return { pool, sent, port: await listen(server) };
  }

  test('comes back when the last byte has left', async () => {
    const { pool, sent, port } = await servePart(new MediaSender());
    const bytes = Buffer.from(await (await fetch(`http://127.0.0.1:${port}/`)).arrayBuffer());
    expect(bytes.equals(Buffer.alloc(BYTES, 7))).toBe(true);
    await sent;
    expect(pool.pooledBytes).toBeGreaterThanOrEqual(BYTES);
  });

  test('comes back when the reader goes away', async () => {
    const { pool, sent, port } = await servePart(new MediaSender());
    const reader = await connectRaw(port);
    await reader.write(Buffer.from('GET / HTTP/1.1\r\nhost: x\r\n\r\n'));
    await reader.untilReceived(1);
    expect(pool.pooledBytes).toBeLessThan(BYTES / 2);
    reader.socket.resetAndDestroy();
    await sent;
    expect(pool.pooledBytes).toBeGreaterThanOrEqual(BYTES);
  });

  test('comes back from a reader that takes too long, whose connection is closed', async () => {
    const { pool, sent, port } = await servePart(new MediaSender(200));
    const reader = await connectRaw(port);
    reader.socket.pause();
    await reader.write(Buffer.from('GET / HTTP/1.1\r\nhost: x\r\n\r\n'));
    await sent;
    expect(pool.pooledBytes).toBeGreaterThanOrEqual(BYTES);
    reader.socket.resume();
    const { received } = await reader.untilClosed(5_000);
    expect(received.length).toBeLessThan(BYTES);
  });
});

test('of pipelined requests only the first waits; a client that leaves takes all with it', async () => {
  const outputs = new HlsOutputs({
    part: 0.2,
    segment: 2,
    window: 12,
    holdBackParts: 3,
    clock: systemClock,
    onFault: rethrow,
  });
  const registry = new StreamRegistry({
    graceMs: 1_000,
    maxStreamBytes: 64 * 1024 * 1024,
    clock: systemClock,
    onStreamCreated: (stream) => outputs.attach(stream),
    onStateChange: () => {},
    onSinkFault: () => {},
    onStreamRemoved: (stream) => outputs.detach(stream),
  });
  const rtmp = new RtmpServer({
    registry,
    authorizer: openToPrivateNetworks,
    rtmpLimits: {},
    limits: DEFAULT_INGEST_LIMITS,
    log: silentLogger,
  });
  whenDone(() => registry.close());
  whenDone(() => rtmp.close());
  const source = await startSource(await rtmp.listen(0, '127.0.0.1'), 'a');
  source.sendUntil(3_500);

  const viewers = new ViewerCount(systemClock);
  const handler = new HlsHandler({
    ...hlsLimits(),
    origin: new LocalOrigin((name) => outputs.get(name)),
    viewers,
    maxHoldMs: 5_000,
  });
  const server = createServer((request, response) => handler.handle(request, response));
  const port = await listen(server);
  await (await fetch(`http://127.0.0.1:${port}/live/a/index.m3u8`)).arrayBuffer();
  const { playlist, text } = await untilListed(`http://127.0.0.1:${port}/live/a/main.m3u8`, hasSegment);
  const next = (playlist.segments.at(-1)?.mediaSequenceNumber ?? 0) + 1;
  const hint = /#EXT-X-PRELOAD-HINT:TYPE=PART,URI="([^"]+)"/.exec(text)?.[1] ?? '';
  const waiters = outputs.get('a')?.rendition?.waiters;

  const raw = await connectRaw(port);
  const closed = once(server, 'gone');
  server.once('request', (request) => request.socket.once('close', () => server.emit('gone')));
  const paths = [
    `/live/a/main.m3u8?_HLS_msn=${next}`,
    `/live/a/${hint}`,
    `/live/a/main.m3u8?_HLS_msn=${next}`,
  ];
  await raw.write(Buffer.from(paths.map((path) => `GET ${path} HTTP/1.1\r\nhost: x\r\n\r\n`).join('')));
  await (await fetch(`http://127.0.0.1:${port}/live/a/main.m3u8`)).arrayBuffer();
  expect(waiters?.size).toBe(1);
  expect(viewers.count('a')).toBe(2);
  raw.socket.resetAndDestroy();
  await closed;
  await new Promise((resolve) => setImmediate(resolve));
  expect(waiters?.size).toBe(0);
});
