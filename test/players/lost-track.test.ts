// What players do when a stream loses its sound or its pictures and gets them back: their libraries' defaults, in Chromium. All have
// to play on (docs/decisions/0004); the figures of docs/measured/lost-track.md are printed.
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

const PLAYERS: readonly Player[] = [
  watchPagePlayer(CHROMIUM),
  libraryPlayer(PLAYER_PAGES.hlsFull, CHROMIUM),
  libraryPlayer(PLAYER_PAGES.shaka, CHROMIUM),
  libraryPlayer(PLAYER_PAGES.videoJs, CHROMIUM),
].filter(({ name }) => name.toLowerCase().includes(WANTED_NAME.toLowerCase()));

/** `endFrames`: pictures in the last six seconds. */
type AfterLoss = { readonly pauseMs: number; readonly endFrames: number };

/** Of 180 pictures: a busy machine drops some. For a still picture two a second are sent. */
const LEAST = { audio: 60, video: 6 } as const;
/** Stalls while there are only stills, and plays again when the pictures return. */
const SHOWS_NO_STILL = 'Shaka Player in Chromium';

const CASES = PLAYERS.flatMap((player) =>
  (['audio', 'video'] as const).map((track) => [player.name, track, player] as const),
);

// Vitest refuses a file without tests.
if (CASES.length === 0)
  it('knows no player of the name that was asked for', () => {
    expect(WANTED_NAME).not.toBe('');
  });

it.each(CASES)('%s, when the %s stops and comes back', async (name, track, player) => {
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
    encoder.setTrack(track, isSent);
    await delay(AFTER_MS);
    const toMs = performance.now();
    const pauseMs = Math.max(...pausesIn(log.samples, { fromMs, toMs }));
    phases.push({ pauseMs, endFrames: framesIn(log.samples, { fromMs: toMs - END_MS, toMs }) });
  }
  await log.stop();
  const [lost, back] = phases.map(
    ({ pauseMs, endFrames }) => `${endFrames} pictures at the end, longest pause ${pauseMs.toFixed(0)} ms`,
  );
  console.log(`${name}: ${track} lost: ${lost}; back: ${back}; it said: ${playing.complaints().join('; ')}`);
  const least = track === 'video' && name === SHOWS_NO_STILL ? 0 : LEAST[track];
  expect(phases[0]?.endFrames).toBeGreaterThanOrEqual(least);
  expect(phases[1]?.endFrames).toBeGreaterThanOrEqual(LEAST.audio);
  await playing.stop();
});
