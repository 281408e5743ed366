// Positions and lengths of media are whole ticks: no file that handles media times adds up seconds in floating point.
import { expect, test } from 'vitest';
import { codeOf, readSources, type SourceFile } from './source-tree.ts';

/** The scale itself, and the file where RTMP's milliseconds become ticks. */
const ELSEWHERE = new Set(['server/media/ticks.ts', 'server/media/timeline.ts']);
/** A time divided by its timescale is seconds; the common scale divided by it is a whole number. */
const DIVIDED = /(?<!TICKS_PER_SECOND) \/ (?:\w+\.|#|this\.)*timescale\b/;
/** A name that ends in S is seconds. */
const SECONDS = /\b#?[a-z]\w*[a-z]S\b/;

const media = readSources('server/hls', 'server/media').filter(({ path }) => !ELSEWHERE.has(path));

test('no time in seconds in hls/ and media/', () => {
  expect(media.length).toBeGreaterThan(30);
  expect(withSeconds(media)).toEqual([]);
  for (const text of [
    'const time = sample.dts / track.timescale;',
    'start: start / timescale,',
    'this.#durationS += part;',
    'frameDurationS: number;',
  ])
    expect(withSeconds([{ path: 'server/hls/x.ts', text }]), text).toHaveLength(1);
  expect(withSeconds([{ path: 'server/hls/x.ts', text: 'end / (TICKS_PER_SECOND / timescale)' }])).toEqual(
    [],
  );
});

function withSeconds(files: readonly SourceFile[]): string[] {
  return files.flatMap((file) =>
    codeOf(file)
      .split('\n')
      .filter((line) => DIVIDED.test(line) || SECONDS.test(line))
      .map((line) => `${file.path}: ${line.trim()}`),
  );
}
