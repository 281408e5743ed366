// Every shape of source plays in Chromium, and its segments contain exactly the packets that the encoder sent.
import { expect, it } from 'vitest';
import { openPage, untilPlaying } from '../support/browser.ts';
import { compareWithSource, type TrackExactness } from '../support/exactness.ts';
import { decodeStrictly, makeSource, publishFile, type SourceOptions } from '../support/ffmpeg.ts';
import { startGateway } from '../support/gateway-process.ts';
import { fetchMedia, firstMediaUrl, reload } from '../support/hls-client.ts';

const SMALL = { size: '640x360' };
const SHAPES: readonly [string, SourceOptions][] = [
  ['B-frames at 30 fps', { video: { ...SMALL, rate: 30, bframes: 3 } }],
  ['25 fps', { video: { ...SMALL, rate: 25, gop: 50 } }],
  ['29.97 fps', { video: { ...SMALL, rate: '30000/1001' } }],
  ['50 fps', { video: { ...SMALL, rate: 50, gop: 100 } }],
  ['59.94 fps', { video: { ...SMALL, rate: '60000/1001', gop: 120 } }],
  ['audio only', { video: null }],
  ['video only', { video: SMALL, audio: null }],
  ['mono at 22.05 kHz', { video: SMALL, audio: { rate: 22_050, channels: 1 } }],
  ['5.1 audio', { video: SMALL, audio: { rate: 48_000, channels: 6, bitrateKbps: 256 } }],
];
const DURATION_S = 8;
/**
 * RTMP counts milliseconds, audio frames are counted in samples: half a millisecond of error each way, together a whole
 * one.
 */
const MAX_TIME_ERROR_S = 0.0011;

it.each(SHAPES)('%s', async (_shape, options) => {
  const source = await makeSource('flv', { ...options, durationS: DURATION_S });
  const gateway = await startGateway();
  const { page, problems } = await openPage(gateway.url('/watch/shape'));

  const push = publishFile(source, gateway.rtmpUrl('shape'));
  await untilPlaying(page, { minFrames: options.video === null ? 0 : 30 });
  await push.exited;

  const { video, audio, file, playlist } = await compareWithSource(
    source,
    gateway.url('/live/shape/index.m3u8'),
  );
  expectExact(video, options.video === null);
  expectExact(audio, options.audio === null);
  await decodeStrictly(file);
  expect(problems.consoleErrors).toEqual([]);
  expect(problems.badResponses).toEqual([]);
  expect(playlist).toContain('#EXT-X-PART-INF:PART-TARGET=');
});

function expectExact(track: TrackExactness, isAbsent: boolean): void {
  if (isAbsent) {
    expect([track.sent, track.received]).toEqual([0, 0]);
    return;
  }
  expect(track.sent).toBeGreaterThan(0);
  expect(track.received).toBe(track.sent);
  expect(track.hasSameSizes).toBe(true);
  expect(track.hasSameKeyFrames).toBe(true);
  expect(track.maxTimeError).toBeLessThanOrEqual(MAX_TIME_ERROR_S);
}

it('is read by ffmpeg as a live playlist without a complaint', async () => {
  const source = await makeSource('flv', { video: SMALL, durationS: 14 });
  const gateway = await startGateway();
  publishFile(source, gateway.rtmpUrl('read'));
  await gateway.waitForLog((line) => line['state'] === 'live');
  // Players without support for parts need a whole segment to begin.
  const mediaUrl = await firstMediaUrl(gateway.url('/live/read/index.m3u8'));
  let answer = await fetchMedia(mediaUrl);
  while (!answer.text.includes('#EXTINF')) answer = await reload(mediaUrl, answer);
  await decodeStrictly(gateway.url('/live/read/index.m3u8'), { durationS: 6 });
});
