// Plain players where a track of the publication stops and comes back: they play on (docs/decisions/0004).
import { setTimeout as delay } from 'node:timers/promises';
import { beforeAll, expect, it } from 'vitest';
import { ClipEncoder } from '../continuity/clip-encoder.ts';
import { loadClip, prepareClips } from '../continuity/clips.ts';
import { CHROMIUM } from '../players/chromium.ts';
import { libraryPlayer } from '../players/page-player.ts';
import { framesIn, PlayLog } from '../players/play-log.ts';
import type { Playing, Targets } from '../players/player.ts';
import { PLAYER_PAGES, type PlayerPage } from '../players/player-pages.ts';
import { startGateway } from '../support/gateway-process.ts';

const PAGES = [PLAYER_PAGES.hlsFull, PLAYER_PAGES.shaka, PLAYER_PAGES.videoJs];
/** A stream that has been on for a while has full segments. */
const UNDER_WAY_MS = 6_000;
const BEFORE_MS = 12_000;
/** Players that know no parts are some 10 s behind. */
const AFTER_MS = 20_000;
const END_MS = 5_000;
/** Of 150 that are sent: a busy machine leaves some out, Shaka near live more. Of a still two a second are sent. */
const MIN_PICTURES = 40;
const MIN_STILLS = 4;
const FATAL = /fatal|^shaka|^video\.js/;
/** A busy machine can be too slow for a player's start, which is another matter. */
const ATTEMPTS = 3;

type Watched = { readonly name: string; readonly playing: Playing; readonly log: PlayLog };

beforeAll(prepareClips);

it.each(['audio', 'video'] as const)(
  'plain players play on where %s stops, and when it comes back',
  async (track) => {
    const gateway = await startGateway();
    const encoder = await ClipEncoder.publish({ port: gateway.rtmpPort, streamName: 'lost' });
    encoder.play(await loadClip('plain'));
    await gateway.waitForLog(({ state }) => state === 'live');
    await delay(UNDER_WAY_MS);
    const targets = { playlistUrl: gateway.url('/live/lost/index.m3u8'), watchUrl: '' };
    const pages = await Promise.all(PAGES.map((page) => watch(page, targets)));
    encoder.setTrack(track, false);
    await delay(AFTER_MS);
    expectPlaying(pages, track === 'audio' ? MIN_PICTURES : MIN_STILLS);
    const detail = await (await fetch(gateway.url('/api/v1/streams/lost'))).json();
    const made = track === 'audio' ? 'silentFrames' : 'stillPictures';
    expect(detail).toMatchObject({ source: { repaired: { [made]: expect.any(Number) } } });
    encoder.setTrack(track, true);
    await delay(AFTER_MS);
    expectPlaying(pages, MIN_PICTURES);
    for (const { log } of pages) await log.stop();
  },
);

/** Resolves when the page has played for a while. */
async function watch(page: PlayerPage, targets: Targets): Promise<Watched> {
  for (let attempt = 1; ; attempt += 1) {
    const playing = await libraryPlayer(page, CHROMIUM).start(targets);
    const watched = { name: page.name, playing, log: new PlayLog(playing) };
    await delay(BEFORE_MS);
    if (picturesOf(watched) >= MIN_PICTURES || attempt === ATTEMPTS) return watched;
    await watched.log.stop();
    await playing.stop();
  }
}

function picturesOf({ log }: Watched): number {
  const toMs = performance.now();
  return framesIn(log.samples, { fromMs: toMs - END_MS, toMs });
}

function expectPlaying(pages: readonly Watched[], least: number): void {
  for (const page of pages) {
    expect(
      page.playing.complaints().filter((text) => FATAL.test(text)),
      page.name,
    ).toEqual([]);
    expect(picturesOf(page), page.name).toBeGreaterThanOrEqual(least);
  }
}
