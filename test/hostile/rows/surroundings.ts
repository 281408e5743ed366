// Rows S10 and S11: a log that is flooded or not read, and a gateway that is mounted behind other middleware.

import { setTimeout as delay } from 'node:timers/promises';
import { fetchFresh, fetchMedia, nextPart } from '../../support/hls-client.ts';
import { CANARY_NAME } from '../marks.ts';
import { configured, framesAt, steps } from '../media-bytes.ts';
import { RawPeer } from '../raw-peer.ts';
import { RawPublisher } from '../raw-publisher.ts';
import type { Scenario, Scene } from '../scenario.ts';

/** More lines than a pipe (64 KiB) and a slow reader take. */
const PUBLICATIONS = 400;
const AT_ONCE = 10;
const ANSWERED_WITHIN_MS = 5_000;

/** Publications of new names, each long enough to be logged. */
async function publishMany(scene: Scene, count: number): Promise<number> {
  let [left, started] = [count, 0];
  const addresses = Array.from({ length: AT_ONCE }, () => scene.newAddress());
  const work = async (worker: number): Promise<void> => {
    while (left > 0 && scene.gateway.isRunning()) {
      left -= 1;
      const publisher = new RawPublisher(scene.gateway, scene.newName(), addresses[worker] ?? '127.0.0.1');
      if (!(await publisher.start())) return;
      started += 1;
      const { script } = publisher;
      await publisher.say(Buffer.concat([configured(script), framesAt(script, steps(0, 30))]));
      await publisher.stop();
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, (_, worker) => work(worker)));
  return started;
}

/** Most lines of one kind, with an allowance for a second that is cut in two. */
const LINES_A_SECOND = 10;

const LOGS: readonly Scenario[] = [
  {
    row: 'S10',
    what: `${PUBLICATIONS} publications while nobody reads the log`,
    setup: 'unread log',
    play: async (scene) => {
      const started = await Promise.race([publishMany(scene, PUBLICATIONS), delay(90_000, Number.NaN)]);
      const answer = await fetchFresh(`${scene.gateway.httpUrl}/livez`, {
        signal: AbortSignal.timeout(ANSWERED_WITHIN_MS),
      }).catch(() => undefined);
      if (answer?.status !== 200) scene.fault('the gateway does not answer any more');
      if (started !== PUBLICATIONS) scene.fault(`${started} of ${PUBLICATIONS} publications began`);
    },
  },
  {
    row: 'S10',
    what: `lines of ${PUBLICATIONS} publications as fast as they go`,
    setup: 'plain',
    play: async (scene) => {
      const from = scene.gateway.texts.length;
      await publishMany(scene, PUBLICATIONS);
      const perSecond = new Map<string, number>();
      for (const text of scene.gateway.texts.slice(from)) {
        if (text.includes(CANARY_NAME)) continue;
        const [, second = ''] = /"time":"([^."]+)/.exec(text) ?? [];
        const [, what = ''] = /"msg":"([^"]+)/.exec(text) ?? [];
        const [, state = ''] = /"state":"([^"]+)/.exec(text) ?? [];
        const key = `${second} ${what} ${state}`;
        perSecond.set(key, (perSecond.get(key) ?? 0) + 1);
      }
      const most = [...perSecond].toSorted((one, other) => other[1] - one[1])[0] ?? ['', 0];
      scene.figure(`at most ${most[1]} lines a second of one kind`);
      if (most[1] > 2 * LINES_A_SECOND) scene.fault(`${most[1]} lines in one second: ${most[0]}`);
    },
  },
];

const VISITORS = 200;

/** Clients that leave while the middleware runs; the segment must not stay pinned. */
async function leaveEarly(scene: Scene): Promise<void> {
  const before = await scene.level();
  const targets = [`/tv/live/${CANARY_NAME}/index.m3u8`, `/tv/live/${CANARY_NAME}/main.m3u8`];
  const text = await (await fetchFresh(`${scene.gateway.httpUrl}/live/${CANARY_NAME}/main.m3u8`)).text();
  const segment = text.match(/^[^#\s].*\.m4s$/m)?.[0];
  if (segment !== undefined) targets.push(`/tv/live/${CANARY_NAME}/${segment}`);
  const { playlist } = await fetchMedia(`${scene.gateway.httpUrl}/live/${CANARY_NAME}/main.m3u8`);
  targets.push(`/tv/live/${CANARY_NAME}/main.m3u8?_HLS_msn=${nextPart(playlist).msn + 1}`);
  for (let at = 0; at < VISITORS; at += 1) {
    const peer = new RawPeer({ port: scene.gateway.httpPort, localAddress: scene.newAddress() });
    await peer.opened;
    await peer.write(`GET ${targets[at % targets.length]} HTTP/1.1\r\nHost: x\r\n\r\n`);
    peer.reset();
    await peer.leave();
  }
  await delay(2_000);
  const streams = await (await fetchFresh(`${scene.gateway.httpUrl}/api/v1/streams`)).text();
  const viewers = Number(/"viewers":(\d+)/.exec(streams)?.[1] ?? Number.NaN);
  scene.figure(`${viewers} viewers are counted`);
  if (!(viewers <= 3)) scene.fault(`${viewers} viewers are counted, and all but one have gone`);
  const after = await scene.level();
  const more = (after?.arrayBuffers ?? Number.NaN) - (before?.arrayBuffers ?? 0);
  if (!(more < 8 * 1024 * 1024)) scene.fault(`${more} bytes more are held`);
}

/** `rtmp.silence` works after a `listen()` that failed. */
async function fallSilent(scene: Scene): Promise<void> {
  const publisher = new RawPublisher(scene.gateway, scene.newName(), scene.newAddress());
  if (!(await publisher.start())) return scene.fault('the publisher was refused');
  const { script } = publisher;
  await publisher.say(Buffer.concat([configured(script), framesAt(script, steps(0, 60))]));
  const isEnded = await publisher.peer.until(() => publisher.peer.hasEnded, 15_000);
  if (!isEnded) scene.fault('a publisher that fell silent was not ended');
  await publisher.stop();
}

const MOUNTED: readonly Scenario[] = [
  {
    row: 'S11',
    what: `${VISITORS} visitors that leave while asynchronous middleware runs`,
    setup: 'mounted',
    play: leaveEarly,
  },
  {
    row: 'S11',
    what: 'a publisher that falls silent behind a failed listen()',
    setup: 'mounted',
    play: fallSilent,
  },
];

export const SURROUNDING_SCENARIOS: readonly Scenario[] = [...LOGS, ...MOUNTED];
