// Media against its playlist: pictures longer than a part, declared gaps, steps of a clock.
import { expect, test } from 'vitest';
import type { ReadFragment } from '../../../server/check/fragment-reader.ts';
import { readInit } from '../../../server/check/init-reader.ts';
import { MediaRun, type MediaUnit } from '../../../server/check/media-run.ts';
import { INIT } from './scripted-media.ts';

const [video] = readInit(INIT);
const PART_TARGET = 0.2;
/** A length of four bytes and a NAL unit of one byte: a slice, or an IDR picture. */
const SLICE = Buffer.from([0, 0, 0, 1, 0x41]);
const IDR = Buffer.from([0, 0, 0, 1, 0x65]);

type Picture = { readonly start: number; readonly length: number; readonly isSync?: boolean };

/** Codes reported for parts. Each part is a list of picture durations in seconds, or 'gap'. */
function codesOf(parts: readonly (readonly [number, readonly Picture[] | 'gap'])[]): string[] {
  const codes: string[] = [];
  const run = new MediaRun((code) => void codes.push(code));
  for (const [at, [duration, pictures]] of parts.entries()) {
    if (pictures === 'gap') run.skipGap(duration);
    else run.add(unitOf(at, duration, pictures), [fragmentOf(at, pictures)]);
  }
  return codes;
}

function unitOf(at: number, duration: number, pictures: readonly Picture[]): MediaUnit {
  const isIndependent = pictures.some(({ isSync }) => isSync === true);
  return {
    name: `part ${at}`,
    duration: { value: duration, resolution: 0.000_05 },
    part: { isIndependent, target: PART_TARGET },
    startsSegment: at === 0,
    mustStartInSync: false,
    tracks: video === undefined ? [] : [video],
  };
}

function fragmentOf(at: number, pictures: readonly Picture[]): ReadFragment {
  if (video === undefined) throw new Error('the init segment has no video');
  const samples = pictures.map(({ start, length, isSync = false }) => ({
    dts: Math.round(start * 90_000),
    duration: Math.round(length * 90_000),
    compositionOffset: 0,
    isSync,
    data: isSync ? IDR : SLICE,
  }));
  return { sequenceNumber: at, runs: samples.length === 0 ? [] : [{ track: video, samples }] };
}

const steady = (start: number): Picture[] =>
  [0, 1, 2, 3, 4].map((at) => ({ start: start + at * 0.04, length: 0.04 }));

test.each<[string, readonly (readonly [number, readonly Picture[] | 'gap'])[], readonly string[]]>([
  [
    'steady pictures',
    [
      [0.2, steady(1)],
      [0.2, steady(1.2)],
      [0.2, steady(1.4)],
    ],
    [],
  ],
  [
    'a picture of half a second goes on behind its part',
    [
      [0.2, steady(1)],
      [0.2, [{ start: 1.2, length: 0.5 }]],
      [0.2, []],
      [0.2, [{ start: 1.7, length: 0.1 }]],
      [0.2, steady(1.8)],
    ],
    [],
  ],
  [
    'a part that is longer than it says',
    [
      [0.2, steady(1)],
      [0.16, steady(1.2)],
    ],
    ['media_span'],
  ],
  [
    'a part that is shorter than it says',
    [
      [0.2, steady(1)],
      [0.2, steady(1.2).slice(0, 4)],
    ],
    ['media_span'],
  ],
  [
    'a hole',
    [
      [0.2, steady(1)],
      [0.2, steady(1.24)],
    ],
    ['track_gap', 'media_span'],
  ],
  [
    'a part without a picture',
    [
      [0.2, steady(1)],
      [0.2, steady(1.2)],
      [0.2, []],
    ],
    ['media_span'],
  ],
  [
    'a hole that a gap announces',
    [
      [0.2, steady(1)],
      [0.2, 'gap'],
      [0.2, steady(1.4)],
    ],
    [],
  ],
  [
    'media that goes back',
    [
      [0.2, steady(1)],
      [0.2, steady(1.16)],
    ],
    ['track_overlap', 'media_span'],
  ],
  ['a key frame in the middle', [[0.2, steady(1).map((one, at) => ({ ...one, isSync: at === 3 }))]], []],
])('%s', (_what, parts, codes) => {
  expect(codesOf(parts)).toEqual(codes);
});
