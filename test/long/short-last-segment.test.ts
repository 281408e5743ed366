// Plain hls.js when a run ends with a segment of one picture and the next run has another size (docs/decisions/0009).
import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { parseFlvFile } from '../../server/flv/flv-file.ts';
import { type Clip, clipFrom } from '../../server/relay/clip-loop.ts';
import { ClipEncoder } from '../continuity/clip-encoder.ts';
import { PLAYER_PAGES, servePage } from '../players/player-pages.ts';
import { openPage, untilPlaying, untilVideo, videoFacts } from '../support/browser.ts';
import { makeSource } from '../support/ffmpeg.ts';
import { startGateway } from '../support/gateway-process.ts';
import { fetchMedia } from '../support/hls-client.ts';

const FPS = 30;
const FRAME_MS = 1000 / FPS;
/** A key frame every two seconds: the clip ends one picture after a key frame. */
const CLIP_MS = 10_000 + FRAME_MS;
const SIZES = ['426x240', '640x360', '426x240'];
/** Without decision 9 it is 3.3 s or more. */
const MAX_PAUSE_MS = 2_500;
const SETTLED_S = 6;
/** From the change to its first picture on the screen, with a reserve for a busy machine. */
const CHANGE_TIMEOUT_MS = 16_000;

it('goes on with the new size when the last segment before it is one picture long', async () => {
  const gateway = await startGateway();
  const encoder = await ClipEncoder.publish({ port: gateway.rtmpPort, streamName: 'tail' });
  const clips: Clip[] = [];
  for (const size of SIZES) clips.push(await clipOf(size));
  encoder.play(joined(clips));
  await gateway.waitForLog(({ state }) => state === 'live');
  const url = await servePage(PLAYER_PAGES.hlsFull, gateway.url('/live/tail/index.m3u8'));
  const { page } = await openPage(url);
  await untilPlaying(page);
  // The start on a new stream is not part of this test.
  await untilVideo(page, ({ currentTime }) => currentTime > SETTLED_S);
  let changedAtMs = performance.now();
  for (const size of SIZES.slice(1)) {
    const width = Number(size.split('x')[0]);
    // The last new picture before the change, and the first one after it.
    let frames = 0;
    let stoodStillMs = 0;
    await untilVideo(
      page,
      (facts) => {
        const now = performance.now();
        if (facts.decodedFrames !== frames) changedAtMs = now;
        frames = facts.decodedFrames;
        stoodStillMs = Math.max(stoodStillMs, now - changedAtMs);
        return facts.width === width;
      },
      { timeoutMs: CLIP_MS + CHANGE_TIMEOUT_MS },
    );
    expect(stoodStillMs, `before ${size}`).toBeLessThan(MAX_PAUSE_MS);
    await untilVideo(page, (facts) => facts.decodedFrames > frames + FPS);
    // The case under test: a picture of 33 ms, and then another run.
    const { text } = await fetchMedia(gateway.url('/live/tail/main.m3u8'));
    expect(text).toMatch(/#EXTINF:0\.0\d+,\n[^\n]+\n#EXT-X-DISCONTINUITY\n/);
  }
  expect((await videoFacts(page)).isPaused).toBe(false);
});

async function clipOf(size: string): Promise<Clip> {
  const file = await makeSource('flv', {
    video: { size, rate: FPS, gop: 2 * FPS, bframes: 2, bitrateKbps: 400 },
    audio: { rate: 48_000, channels: 2 },
    durationS: 12,
  });
  const { tags } = clipFrom(parseFlvFile(await readFile(file)));
  return { tags: tags.filter(({ timestamp }) => timestamp < CLIP_MS), durationMs: CLIP_MS };
}

/** The clips in sequence, configurations included. */
function joined(clips: readonly Clip[]): Clip {
  let startMs = 0;
  const tags = clips.flatMap((clip) => {
    const moved = clip.tags.map((tag) => ({ ...tag, timestamp: Math.round(tag.timestamp + startMs) }));
    startMs += clip.durationMs;
    return moved;
  });
  return { tags, durationMs: startMs };
}
