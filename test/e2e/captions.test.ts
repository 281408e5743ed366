// Captions in a real file with B-frames: the gateway reads what ffmpeg reads.
import { expect, it } from 'vitest';
import { makeCaptionedSource } from '../support/captioned-source.ts';
import { runProcess } from '../support/running-process.ts';
import { ourCues } from '../support/shown-captions.ts';
import { FFMPEG } from '../support/test-tools.ts';

const SOURCE_S = 60;

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

/** The start time of `00:00:02,400 --> …`. */
function srtSeconds(times: string): number {
  const [, hours, minutes, seconds, ms] = /(\d+):(\d+):(\d+),(\d+)/.exec(times) ?? [];
  return Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds) + Number(ms) / 1_000;
}
