// When silence is played, for how long, and what happens to sound that arrives late.
import { expect, it } from 'vitest';
import { FILL_RESERVE, MediaBudget } from '../../../server/hls/media-budget.ts';
import { type SilenceEvent, SilentSound } from '../../../server/hls/silent-sound.ts';
import type { Sample } from '../../../server/media/sample.ts';
import { msOf, toTicks } from '../../../server/media/ticks.ts';
import type { AudioTrack } from '../../../server/media/track.ts';
import { audioSamples, testAudioTrack, videoSamples } from '../../support/samples.ts';

const audio = testAudioTrack();
const pictures = (seconds: number, startMs = 0): Sample[] =>
  videoSamples({ seconds, startMs, stepsMs: [40], gopFrames: [25] });
const sound = (seconds: number, startMs = 0): Sample[] => audioSamples({ seconds, startMs, track: audio });
const secondsOf = ({ kind, dts }: Sample): number => dts / (kind === 'video' ? 90_000 : 48_000);

/** In the order of their times; sound arrives `delay` seconds later than pictures of the same time. */
function arriving(samples: readonly Sample[], delay = 0): Sample[] {
  const arrival = (sample: Sample): number => secondsOf(sample) + (sample.kind === 'audio' ? delay : 0);
  return [...samples].sort((left, right) => arrival(left) - arrival(right));
}

function played(samples: readonly Sample[], track: AudioTrack | null = audio) {
  const events: SilenceEvent[] = [];
  let nowMs = 0;
  const budget = new MediaBudget({ monotonicMs: () => nowMs }, FILL_RESERVE);
  const silence = new SilentSound(budget, (event) => events.push(event));
  const silent: Sample[] = [];
  const late: Sample[] = [];
  for (const sample of samples) {
    const time = toTicks(sample.dts, sample.kind === 'video' ? 90_000 : 48_000);
    nowMs = Math.max(nowMs, msOf(time));
    silent.push(...silence.before(sample, time, track ?? undefined));
    if (silence.isLate) late.push(sample);
  }
  return { silent, late, begun: events.filter(({ kind }) => kind === 'begins').length };
}

it('keeps quiet while sound comes, however far behind the pictures', () => {
  for (const delay of [0, 0.4, 2]) {
    expect(played(arriving([...pictures(10), ...sound(10)], delay))).toEqual({
      silent: [],
      late: [],
      begun: 0,
    });
  }
});

it('keeps quiet for sound that comes in pieces, and for a pause of 400 ms', () => {
  const inPieces = sound(20).map((sample) => ({ sample, piece: Math.floor(secondsOf(sample)) }));
  const samples = pictures(20).flatMap((picture) => [
    picture,
    ...inPieces
      .filter(({ piece }) => Math.abs(secondsOf(picture) - (piece + 1)) < 0.01)
      .map(({ sample }) => sample),
  ]);
  expect(played(samples).late).toEqual([]);
  // The start gate has placed the first piece; the second one shows how long the pieces take.
  const { late, begun } = played([
    ...arriving([...pictures(1), ...sound(1)]),
    ...samples.slice(25 + sound(1).length),
  ]);
  expect(begun).toBe(1);
  expect(secondsOf(late.at(-1) ?? fail())).toBeLessThan(2);
  expect(played(arriving([...pictures(5), ...sound(2), ...sound(2.6, 2_400)])).silent).toEqual([]);
});

it('fills what is missing, from the last sound on, as near to the pictures as sound was', () => {
  for (const delay of [0, 1]) {
    const { silent, begun } = played(arriving([...pictures(20), ...sound(6)], delay));
    expect(begun).toBe(1);
    expect(silent[0]?.dts).toBe(sound(6).length * 1024);
    silent.forEach(({ dts }, at) => {
      expect(dts).toBe((silent[0]?.dts ?? 0) + at * 1024);
    });
    const end = secondsOf(silent.at(-1) ?? fail());
    expect(20 - end).toBeGreaterThan(delay);
    expect(20 - end).toBeLessThan(delay + 0.2);
  }
});

it('joins the sound that comes back, without a hole', () => {
  const back = sound(4, 8_010);
  const { silent, late } = played(arriving([...pictures(12), ...sound(4), ...back]));
  expect(late).toEqual([]);
  const hole = (back[0]?.dts ?? 0) - (silent.at(-1)?.dts ?? 0) - 1024;
  expect(Math.abs(hole)).toBeLessThanOrEqual(512);
});

it('leaves out sound that comes when silence was played in its place, and only that', () => {
  const later = sound(4, 4_000);
  // Sound from 4 to 6 s arrives at 6 s, in one piece.
  const samples = [
    ...arriving([...pictures(4), ...sound(4)]),
    ...pictures(2, 4_000),
    ...later.filter((sample) => secondsOf(sample) < 6),
    ...arriving([...pictures(2, 6_000), ...later.filter((sample) => secondsOf(sample) >= 6)]),
  ];
  const { silent, late } = played(samples);
  const end = (silent.at(-1)?.dts ?? 0) + 1024;
  expect(late).toEqual(later.filter(({ dts }) => dts + 512 < end));
  expect(secondsOf(late.at(-1) ?? fail())).toBeLessThan(6);
});

it('makes nothing for a run without sound, before the first sound, nor where pictures leap too far', () => {
  expect(played(arriving([...pictures(9), ...sound(2)]), null).silent).toEqual([]);
  expect(played(pictures(9)).silent).toEqual([]);
  expect(played([...sound(1), ...pictures(1, 60_000)]).silent).toEqual([]);
});

function fail(): never {
  throw new Error('no sample');
}
