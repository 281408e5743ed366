// What players do when a stream loses its sound and gets it back: the libraries' defaults, in Chromium. Only the
// gateway's own page must play on; the others are measured, and the results are printed on standard output.
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { ClipEncoder } from '../continuity/clip-encoder.ts';
import { loadClip, prepareClips } from '../continuity/clips.ts';
import { startGateway } from '../support/gateway-process.ts';
import { CHROMIUM } from './chromium.ts';
import { libraryPlayer, watchPagePlayer } from './page-player.ts';
import { framesIn, PlayLog, pausesIn } from './play-log.ts';
import type { Player } from './player.ts';
import { PLAYER_PAGES } from './player-pages.ts';
import { WANTED_NAME } from './run-options.ts';

const NAME = 'lost';
/** Enough segments for players that begin three of them behind live. */
const AGE_MS = 10_000;
const START_TIMEOUT_MS = 45_000;
const SETTLE_MS = 8_000;
/** Longer than any of them buffers. */
const AFTER_MS = 25_000;
const END_MS = 6_000;

const OWN = watchPagePlayer(CHROMIUM);
const PLAYERS: readonly Player[] = [
  OWN,
  libraryPlayer(PLAYER_PAGES.hlsFull, CHROMIUM),
  libraryPlayer(PLAYER_PAGES.shaka, CHROMIUM),
  libraryPlayer(PLAYER_PAGES.videoJs, CHROMIUM),
].filter(({ name }) => name.toLowerCase().includes(WANTED_NAME.toLowerCase()));

/** `endFrames`: pictures in the last six seconds. */
type AfterLoss = { readonly pauseMs: number; readonly endFrames: number };

it.each(PLAYERS.map((player) => [player.name, player] as const))(
  '%s, when the sound stops and comes back',
  async (name, player) => {
    await prepareClips();
    const gateway = await startGateway();
    const encoder = await ClipEncoder.publish({ port: gateway.rtmpPort, streamName: NAME });
    encoder.play(await loadClip('plain'));
    await delay(AGE_MS);
    const playing = await player.start({
      playlistUrl: gateway.url(`/live/${NAME}/index.m3u8`),
      watchUrl: gateway.url(`/watch/${NAME}`),
    });
    const log = new PlayLog(playing);
    await log.until(({ frames }) => frames > 0, START_TIMEOUT_MS);
    await delay(SETTLE_MS);
    const phases: AfterLoss[] = [];
    for (const isSent of [false, true]) {
      const fromMs = performance.now();
      encoder.setTrack('audio', isSent);
      await delay(AFTER_MS);
      const toMs = performance.now();
      const pauseMs = Math.max(...pausesIn(log.samples, { fromMs, toMs }));
      phases.push({ pauseMs, endFrames: framesIn(log.samples, { fromMs: toMs - END_MS, toMs }) });
    }
    await log.stop();
    const [lost, back] = phases.map(
      ({ pauseMs, endFrames }) => `${endFrames} pictures at the end, longest pause ${pauseMs.toFixed(0)} ms`,
    );
    console.log(
      `${name}: sound lost: ${lost}; sound back: ${back}; it said: ${playing.complaints().join('; ')}`,
    );
    if (player === OWN) expect(phases.every(({ endFrames }) => endFrames > 0)).toBe(true);
    await playing.stop();
  },
);
