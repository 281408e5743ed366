// Contents of fragments: tracks whose samples cover every field of a run, used by the writer's tests and judges.

import type { FragmentSample, FragmentTrack } from '../../server/mp4/fragment.ts';
import { mp4TrackId } from '../../server/mp4/track-id.ts';

/** A sample of `byteLength` bytes, each different from its neighbours. */
export function fragmentSample(
  seed: number,
  byteLength: number,
  other: Partial<Omit<FragmentSample, 'data'>> = {},
): FragmentSample {
  const data = Buffer.from(Array.from({ length: byteLength }, (_, at) => (seed * 31 + at * 7) & 0xff));
  return { duration: 3_000, compositionOffset: 0, isSync: false, data, ...other };
}

export function videoRun(baseDecodeTime: number, samples: readonly FragmentSample[]): FragmentTrack {
  return { trackId: mp4TrackId('v0'), kind: 'video', baseDecodeTime, samples };
}

export function audioRun(baseDecodeTime: number, samples: readonly FragmentSample[]): FragmentTrack {
  return { trackId: mp4TrackId('a0'), kind: 'audio', baseDecodeTime, samples };
}

const VIDEO_SAMPLES = [
  fragmentSample(1, 900, { isSync: true, compositionOffset: 6_000 }),
  fragmentSample(2, 40, { duration: 2_970, compositionOffset: 15_000 }),
  fragmentSample(3, 30, { duration: 3_060 }),
  fragmentSample(4, 1, { duration: 1, compositionOffset: 1 }),
];
const AUDIO_SAMPLES = [
  fragmentSample(5, 200, { duration: 1_024, isSync: true }),
  fragmentSample(6, 201, { duration: 1_024, isSync: true }),
  fragmentSample(7, 6, { duration: 1, isSync: true }),
];

export type FragmentCase = {
  readonly name: string;
  readonly sequenceNumber: number;
  readonly tracks: readonly FragmentTrack[];
};

export const FRAGMENT_CASES: readonly FragmentCase[] = [
  {
    name: 'video and audio',
    sequenceNumber: 7,
    tracks: [videoRun(90_000, VIDEO_SAMPLES), audioRun(44_100, AUDIO_SAMPLES)],
  },
  { name: 'video only', sequenceNumber: 1, tracks: [videoRun(0, VIDEO_SAMPLES)] },
  { name: 'audio only', sequenceNumber: 2, tracks: [audioRun(1_024, AUDIO_SAMPLES)] },
  {
    name: 'audio before video',
    sequenceNumber: 3,
    tracks: [audioRun(1_024, AUDIO_SAMPLES), videoRun(0, VIDEO_SAMPLES)],
  },
  {
    name: 'composition offsets on both sides of zero',
    sequenceNumber: 4,
    tracks: [
      videoRun(
        0,
        [-(2 ** 31), -3_000, -1, 0, 1, 3_000, 2 ** 31 - 1].map((compositionOffset, at) =>
          fragmentSample(at, 5, { compositionOffset }),
        ),
      ),
    ],
  },
  {
    name: 'decode times beyond 32 bits',
    sequenceNumber: 5,
    tracks: [
      videoRun(2 ** 32, VIDEO_SAMPLES.slice(0, 1)),
      audioRun(Number.MAX_SAFE_INTEGER, AUDIO_SAMPLES.slice(0, 1)),
    ],
  },
  {
    name: 'the last decode time of 32 bits and the largest numbers of a run',
    sequenceNumber: 0xffff_ffff,
    tracks: [videoRun(2 ** 32 - 1, [fragmentSample(1, 3, { duration: 2 ** 32 - 1 })])],
  },
  {
    name: 'samples of no bytes',
    sequenceNumber: 6,
    tracks: [videoRun(0, [fragmentSample(1, 0), fragmentSample(2, 3), fragmentSample(3, 0)])],
  },
];
