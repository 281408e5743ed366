// Captions end to end: a real publisher with captions and B-frames, shown from the WebVTT rendition and from the SEI in
// the video.
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { untilDeclared } from '../support/captioned-page.ts';
import { makeCaptionedSource } from '../support/captioned-source.ts';
import { publishFile } from '../support/ffmpeg.ts';
import { startGateway } from '../support/gateway-process.ts';
import { runProcess } from '../support/running-process.ts';
import { joined, ourCues, play, type Shown, shownBy, TOLERANCE_S } from '../support/shown-captions.ts';
import { FFMPEG } from '../support/test-tools.ts';

const SOURCE_S = 60;
const POLL_MS = 100;

it('are what ffmpeg reads out of the same file', async () => {
  const file = await makeCaptionedSource(SOURCE_S);
  const movie = `movie=${file}[out0+subcc]`;
  const { stdout } = await runProcess(
    FFMPEG,
    ['-v', 'error', '-f', 'lavfi', '-i', movie, '-map', '0:s', '-f', 'srt', '-'],
    {
      timeoutMs: 60_000,
    },
  );
  const theirs = stdout
    .replaceAll('\r', '')
    .split('\n\n')
    .map((block) => block.split('\n').slice(1))
    .map(([times = '', ...lines]) => ({
      start: srtSeconds(times),
      text: lines.join('\n').replace(/<[^>\n]*?(?:font|\/?[iu]\b)[^>\n]*>|\{[^}]*\}/g, ''),
    }))
    .filter(({ text }) => text.startsWith('CAPTION') || text.startsWith('- TWO'));
  const ours = ourCues(file).filter(({ text }) => text.startsWith('CAPTION') || text.startsWith('- TWO'));
  expect(ours.length).toBeGreaterThan(10);
  expect(ours.map(({ text }) => text)).toEqual(theirs.map(({ text }) => text));
  // ffmpeg's clock starts at the first picture.
  const offset = (ours[0]?.start ?? 0) - (theirs[0]?.start ?? 0);
  for (const [at, { start }] of ours.entries())
    expect(Math.abs(start - offset - (theirs[at]?.start ?? 0)), ours[at]?.text).toBeLessThan(0.005);
});

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
    await delay(POLL_MS * 10);
    seen.text = joined(await shownBy(inText));
    seen.video = await shownBy(inVideo);
  }
  for (const [text, video] of common(seen.text, seen.video)) {
    expect(bare(text.text)).toBe(bare(video.text));
    expect(Math.abs(text.start - video.start), text.text).toBeLessThan(TOLERANCE_S);
    expect(Math.abs(text.end - video.end), text.text).toBeLessThan(TOLERANCE_S);
  }
});

/** The start time of `00:00:02,400 --> …`. */
function srtSeconds(times: string): number {
  const [, hours, minutes, seconds, ms] = /(\d+):(\d+):(\d+),(\d+)/.exec(times) ?? [];
  return Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds) + Number(ms) / 1_000;
}

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
