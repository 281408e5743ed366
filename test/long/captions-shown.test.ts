// Captions end to end: a real publisher with captions and B-frames, shown from the WebVTT rendition and from the SEI in
// the video.
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { untilDeclared } from '../support/captioned-page.ts';
import { makeCaptionedSource } from '../support/captioned-source.ts';
import { publishFile } from '../support/ffmpeg.ts';
import { startGateway } from '../support/gateway-process.ts';
import { joined, play, type Shown, shownBy, TOLERANCE_S } from '../support/shown-captions.ts';

const SOURCE_S = 60;
const POLL_MS = 1_000;

it('are the same from the subtitles and from the video, in Chromium', async () => {
  const gateway = await startGateway();
  publishFile(await makeCaptionedSource(SOURCE_S), gateway.rtmpUrl('cc'));
  const index = gateway.url('/live/cc/index.m3u8');
  await untilDeclared(index);
  // From muxed segments hls.js gives its captions only by event, and only from whole segments.
  const inVideo = await play(index, {
    enableWebVTT: false,
    renderTextTracksNatively: false,
    lowLatencyMode: false,
  });
  const inText = await play(index, { enableCEA708Captions: false });

  const seen = { text: [] as Shown[], video: [] as Shown[] };
  while (common(seen.text, seen.video).length < 6) {
    await delay(POLL_MS);
    seen.text = joined(await shownBy(inText));
    seen.video = await shownBy(inVideo);
  }
  for (const [text, video] of common(seen.text, seen.video)) {
    expect(bare(text.text)).toBe(bare(video.text));
    expect(Math.abs(text.start - video.start), text.text).toBeLessThan(TOLERANCE_S);
    expect(Math.abs(text.end - video.end), text.text).toBeLessThan(TOLERANCE_S);
  }
});

/** hls.js leaves out the space that a mid-row code takes (47 CFR 15.119). */
function bare(text: string): string {
  return text.replaceAll(' ', '');
}

/** Pairs of the captions that both showed completely. */
function common(left: readonly Shown[], right: readonly Shown[]): (readonly [Shown, Shown])[] {
  const from = Math.max(left[0]?.end ?? Number.POSITIVE_INFINITY, right[0]?.end ?? Number.POSITIVE_INFINITY);
  const until = Math.min(left.at(-1)?.start ?? 0, right.at(-1)?.start ?? 0);
  // By time, not by number: at the edges one page may have started or ended a caption that the other lacks.
  const nearest = (cue: Shown): Shown | undefined =>
    right.toSorted((one, other) => Math.abs(one.start - cue.start) - Math.abs(other.start - cue.start))[0];
  return left
    .filter(({ start, end }) => start > from + TOLERANCE_S && end < until - TOLERANCE_S)
    .flatMap((cue) => {
      const other = nearest(cue);
      return other === undefined ? [] : [[cue, other] as const];
    });
}
