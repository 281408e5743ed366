// Ten thousand viewers wait for one part on real sockets. They are answered from one rendering, or forgotten when they
// leave (rows 16, 36 and 49 of the trust list). The limit on open files may reduce their number, because both ends are in
// one process.

import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { createConnection, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import { systemClock } from '../../../server/clock.ts';
import { HlsOutputs } from '../../../server/hls/hls-outputs.ts';
import { LocalOrigin } from '../../../server/hls/local-origin.ts';
import type { PlaylistPosition } from '../../../server/hls/playlist-waiters.ts';
import type { Rendition } from '../../../server/hls/rendition.ts';
import { HlsHandler } from '../../../server/http/hls-handler.ts';
import { LiveStream, type Source } from '../../../server/live/live-stream.ts';
import { noDrops } from '../../../server/media/drops.ts';
import { GatewayMemory } from '../../../server/media/media-memory.ts';
import type { Sample } from '../../../server/media/sample.ts';
import { Timeline } from '../../../server/media/timeline.ts';
import { ViewerCount } from '../../../server/stats/viewer-count.ts';
import { whenDone } from '../../support/cleanup.ts';
import { rethrow } from '../../support/rethrow.ts';
import { testVideoTrack, videoSamples } from '../../support/samples.ts';
import { hlsLimits } from './http-fixture.ts';

const WANTED_VIEWERS = 10_000;
/** Other open files of the process: pipes, modules, the sockets of other tests. */
const OTHER_FILES = 500;
/** Connections opened at a time: more would overflow the listener's queue. */
const OPENING = 200;

function viewerLimit(): number {
  const limit = execFileSync('sh', ['-c', 'ulimit -n']).toString().trim();
  const files = limit === 'unlimited' ? Number.POSITIVE_INFINITY : Number(limit);
  return Math.min(WANTED_VIEWERS, Math.floor((files - OTHER_FILES) / 2));
}

const VIEWERS = viewerLimit();
const source: Source = {
  encoder: undefined,
  repairs: new Timeline().repairs,
  drops: noDrops(),
  remoteAddress: '192.0.2.7',
  onReplaced: () => undefined,
};

/** A live stream, served only by the handler. */
class Stage {
  readonly viewers = new ViewerCount(systemClock);
  readonly stream: LiveStream;
  readonly rendition: Rendition;
  readonly server: Server;
  readonly #outputs: HlsOutputs;
  readonly #samples: Sample[];

  constructor() {
    this.#outputs = new HlsOutputs({
      ...{ part: 0.2, segment: 2, window: 12, holdBackParts: 4 },
      ...{ clock: systemClock, onFault: rethrow },
    });
    this.stream = new LiveStream({
      name: 'herd',
      memory: new GatewayMemory().open(1_000_000),
      clock: systemClock,
      onStateChange: () => undefined,
      onSinkFault: (_stream, error) => rethrow(error),
    });
    this.#outputs.attach(this.stream);
    this.stream.openSource(source);
    this.stream.startSource(source, { hasAudio: false });
    this.stream.setTrack(source, testVideoTrack());
    this.#samples = videoSamples({ seconds: 8, stepsMs: [40], gopFrames: [25] });
    this.sendUntil(2_100);
    const rendition = this.#outputs.get('herd')?.rendition;
    if (rendition === undefined) throw new Error('nothing plays');
    this.rendition = rendition;
    const handler = new HlsHandler({
      ...hlsLimits(),
      origin: new LocalOrigin((name) => this.#outputs.get(name)),
      viewers: this.viewers,
      maxHoldMs: 60_000,
    });
    // On a busy machine the clients need time to connect and to ask again.
    const patience = { headersTimeout: 0, requestTimeout: 0, keepAliveTimeout: 0 };
    this.server = createServer(patience, (request, response) => handler.handle(request, response));
    whenDone(() => {
      this.#outputs.detach(this.stream);
      this.server.closeAllConnections();
      this.server.close();
    });
  }

  sendUntil(ms: number): void {
    const count = this.#samples.findIndex((sample) => sample.dts / 90 >= ms);
    for (const sample of this.#samples.splice(0, count)) this.stream.push(source, sample);
  }

  /** Connects so many viewers; none sends a request yet. */
  async connect(count: number): Promise<Socket[]> {
    this.server.listen(0, '127.0.0.1', 4_096);
    await once(this.server, 'listening');
    const address = this.server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const sockets: Socket[] = [];
    while (sockets.length < count) {
      const opened = Array.from({ length: Math.min(OPENING, count - sockets.length) }, async () => {
        const socket = createConnection(port, '127.0.0.1');
        await once(socket, 'connect');
        // The end of the test resets all clients; the final count shows any that were lost before.
        socket.on('error', () => socket.destroy());
        return socket;
      });
      sockets.push(...(await Promise.all(opened)));
    }
    whenDone(() => {
      for (const socket of sockets) socket.destroy();
    });
    return sockets;
  }

  /** All request the same position; resolves when all of them wait. */
  async hold(sockets: readonly Socket[], position: PlaylistPosition): Promise<void> {
    const part = position.part === undefined ? '' : `&_HLS_part=${position.part}`;
    const path = `/live/herd/main.m3u8?_HLS_msn=${position.msn}${part}`;
    for (const socket of sockets)
      socket.write(`GET ${path} HTTP/1.1\r\nhost: x\r\naccept-encoding: gzip\r\n\r\n`);
    await this.untilHeld(sockets.length);
  }

  /** Lets the event loop run until so many wait. The cause has already been sent. */
  async untilHeld(count: number): Promise<void> {
    while (this.rendition.waiters.size !== count) await new Promise((resolve) => setImmediate(resolve));
  }
}

/** The answer, which is small enough to arrive in one piece; the connection stays open. */
async function answerOf(socket: Socket): Promise<string> {
  const [chunk]: unknown[] = await once(socket, 'data');
  return String(chunk);
}

test(`${VIEWERS} are answered from one rendering; when all leave, none is left`, async () => {
  const stage = new Stage();
  const sockets = await stage.connect(VIEWERS);
  await stage.hold(sockets, stage.rendition.nextPosition);
  expect(stage.viewers.count('herd')).toBe(VIEWERS);
  const rendered = stage.rendition.renderCount;
  const answers = sockets.map(answerOf);
  stage.sendUntil(2_300);
  const texts = await Promise.all(answers);
  expect(stage.rendition.waiters.size).toBe(0);
  expect(texts.every((text) => text.startsWith('HTTP/1.1 200 OK\r\n'))).toBe(true);
  expect(new Set(texts.map((text) => text.slice(text.indexOf('\r\n\r\n')))).size).toBe(1);
  expect(stage.rendition.renderCount).toBe(rendered + 1);

  await stage.hold(sockets, stage.rendition.nextPosition);
  for (const socket of sockets) socket.resetAndDestroy();
  await stage.untilHeld(0);
  stage.sendUntil(2_900);
  const connections = await new Promise((resolve) =>
    stage.server.getConnections((_error, count) => resolve(count)),
  );
  expect(connections).toBe(0);
});

test(`${VIEWERS} are told at once that the publisher is lost, and none is left`, async () => {
  const stage = new Stage();
  const sockets = await stage.connect(VIEWERS);
  // The end of the publisher closes the open segment; no other segment will follow.
  await stage.hold(sockets, { msn: stage.rendition.nextMsn, part: undefined });
  const answers = sockets.map(answerOf);
  stage.stream.closeSource(source);
  const texts = await Promise.all(answers);
  expect(stage.rendition.waiters.size).toBe(0);
  expect(new Set(texts.map((text) => text.slice(0, 12)))).toEqual(new Set(['HTTP/1.1 503']));
  expect(texts.every((text) => text.includes('\r\nretry-after: 1\r\n'))).toBe(true);
});
