// The gateway is killed and started again while a page watches: the page plays again by itself, and no number or name
// from the first gateway's playlist means anything else in the second's (trust rows 9 and 76).
import { setTimeout as delay } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { beforeAll, expect, it } from 'vitest';
import { prepareClips } from '../continuity/clips.ts';
import { startPlayLog, takePlayLog } from '../continuity/play-log.ts';
import { PlaylistWatch } from '../continuity/playlist-watch.ts';
import { ReturningEncoder } from '../continuity/returning-encoder.ts';
import { openPage, untilPlaying, untilVideo, videoFacts } from '../support/browser.ts';
import { type GatewayProcess, startGateway } from '../support/gateway-process.ts';

const NAME = 'watched';
const OTHER_STREAMS = 4;
/** From the moment when the new gateway has something to play. */
const MAX_RETURN_MS = 6_000;
const PLAYED_BEFORE = 90;
const PLAYED_AFTER = 60;

beforeAll(prepareClips);

it.each([1_000, 3_000])(
  'killed under load and started again after %i ms: the open page plays by itself',
  async (downMs) => {
    const first = await startGateway();
    const page = await watchedPage(first);
    for (let at = 0; at < OTHER_STREAMS; at += 1) {
      const other = `other-${at}`;
      await new ReturningEncoder({ port: first.rtmpPort, streamName: other }).start('plain');
      const reader = watchPlaylist(first, other);
      void first.exited.then(() => reader.stop());
    }
    const before = watchPlaylist(first, NAME);
    await untilPlaying(page, { minFrames: PLAYED_BEFORE });
    await startPlayLog(page);

    await first.stop('SIGKILL');
    await before.stop();
    await delay(downMs);
    const second = await startAgain(first);
    const after = watchPlaylist(second, NAME);
    await expectReturn(page, second);
    await after.stop();

    expect([...before.faults, ...after.faults]).toEqual([]);
    const firstMsn = Math.min(...after.uris.values());
    expect(firstMsn).toBeGreaterThan(before.lastMsn);
    expect([...after.uris.keys()].filter((uri) => before.uris.has(uri))).toEqual([]);
  },
);

it('stopped properly and started again: the open page plays by itself', async () => {
  const first = await startGateway();
  const page = await watchedPage(first);
  await untilPlaying(page, { minFrames: PLAYED_BEFORE });
  await startPlayLog(page);

  expect(await first.stop()).toBe(0);
  await expectReturn(page, await startAgain(first));
});

it('started again without a publisher: the page says so, and plays when the encoder is back', async () => {
  const first = await startGateway();
  const encoder = new ReturningEncoder({ port: first.rtmpPort, streamName: NAME });
  const { page } = await openPage(first.url(`/watch/${NAME}`));
  await encoder.start('plain');
  await untilPlaying(page, { minFrames: PLAYED_BEFORE });
  await startPlayLog(page);

  encoder.stop();
  await first.stop('SIGKILL');
  const second = await startAgain(first);
  await page.locator('[data-state="offline"]').first().waitFor();
  await new ReturningEncoder({ port: second.rtmpPort, streamName: NAME }).start('plain');
  await expectReturn(page, second);
});

/** A page that watches a stream whose encoder does not stop retrying. */
async function watchedPage(gateway: GatewayProcess): Promise<Page> {
  const { page } = await openPage(gateway.url(`/watch/${NAME}`));
  await new ReturningEncoder({ port: gateway.rtmpPort, streamName: NAME }).start('plain');
  return page;
}

function watchPlaylist(gateway: GatewayProcess, name: string): PlaylistWatch {
  return new PlaylistWatch(gateway.url(`/live/${name}/main.m3u8`));
}

/** As a supervisor does: the same command, with the same ports. */
function startAgain(former: GatewayProcess): Promise<GatewayProcess> {
  const ports = ['--rtmp-port', String(former.rtmpPort), '--http-port', String(former.httpPort)];
  return startGateway({ args: ports });
}

/** Waits for the live state, then for pictures, and compares the clocks. The page was never reloaded. */
async function expectReturn(page: Page, gateway: GatewayProcess): Promise<void> {
  const live = await gateway.waitForLog((line) => line['stream'] === NAME && line['state'] === 'live');
  const liveAtMs = Date.parse(String(live['time']));
  const { decodedFrames } = await videoFacts(page);
  await untilVideo(
    page,
    (facts) => facts.decodedFrames !== decodedFrames && facts.decodedFrames >= PLAYED_AFTER,
  );
  const log = await takePlayLog(page);
  const playedAtMs = log.movesAgainAtMs(liveAtMs);
  expect(playedAtMs - liveAtMs).toBeLessThan(MAX_RETURN_MS);
}
