// Open GOPs: what counts as a key frame, and which pictures cannot be decoded from there.
import { expect, it, test } from 'vitest';
import type { PartPlan } from '../../../server/hls/part-plan.ts';
import { choosePartTiming } from '../../../server/hls/part-timing.ts';
import { Segmenter } from '../../../server/hls/segmenter.ts';
import { TrackAssembler } from '../../../server/ingest/track-assembler.ts';
import { SyncWait } from '../../../server/live/sync-wait.ts';
import type { Sample } from '../../../server/media/sample.ts';
import { ticksOfMs } from '../../../server/media/ticks.ts';
import type { Track } from '../../../server/media/track.ts';
import { OPEN_GOP_CLIPS, type OpenGopClip, presentationTime } from '../../cases/open-gop.ts';

const FRAME = ticksOfMs(40);
const TIMING = choosePartTiming({
  frameDuration: FRAME,
  wantedPart: ticksOfMs(200),
  wantedSegment: ticksOfMs(2_000),
  isExact: false,
});
const CLIP: OpenGopClip = OPEN_GOP_CLIPS[0] ?? fail();
const [, FIRST_OPEN = 0, SECOND_OPEN = 0] = CLIP.keyFrames;

function fail(): never {
  throw new Error('no clip');
}

const damagedBody = (body: Buffer): Buffer =>
  Buffer.concat([body.subarray(0, 5), Buffer.from('0000ffff41', 'hex')]);

/** The result for the clip's pictures from `start` on; `change` may damage one. The clock jumps at the second open key frame. */
function assembled(start: number, change = (body: Buffer, _at: number): Buffer => body, jumpMs = 0) {
  const samples: Sample[] = [];
  const tracks: Track[] = [];
  const assembler = new TrackAssembler({
    onStart: () => {},
    onTrack: (track) => tracks.push(track),
    onSample: (sample) => samples.push(sample),
    onLeftOut: () => {},
  });
  assembler.video(0, CLIP.configTag.body);
  CLIP.pictures.forEach(({ timestamp, body }, at) => {
    if (at >= start) assembler.video(timestamp + (at >= SECOND_OPEN ? jumpMs : 0), change(body, at));
  });
  assembler.finish();
  return { samples, tracks, drops: assembler.drops };
}

/** The pictures after a key frame that are shown before it. */
const leadingOf = (keyFrame: number): number[] =>
  CLIP.pictures.flatMap((tag, at) =>
    at > keyFrame && presentationTime(tag) < presentationTime(CLIP.pictures[keyFrame] ?? fail()) ? [at] : [],
  );

test('open key frames count where no IDR picture has come, and are told', () => {
  const { samples, drops } = assembled(FIRST_OPEN);
  const syncs = samples.flatMap(({ isSync }, at) => (isSync ? [at + FIRST_OPEN] : []));
  expect(syncs).toEqual(CLIP.keyFrames.slice(1));
  expect(drops).toMatchObject({
    openKeyFrames: CLIP.keyFrames.length - 1,
    recoveryPoints: 0,
    wrongKeyFlags: 0,
  });
  expect(drops.openReferences).toBeGreaterThan(0);
});

test('IDR pictures are preferred where they come every three seconds', () => {
  const { samples, drops } = assembled(0);
  expect(samples.flatMap(({ isSync }, at) => (isSync ? [at] : []))).toEqual([0]);
  expect(samples.some(({ isLeading }) => isLeading)).toBe(false);
  expect(drops).toMatchObject({ openKeyFrames: CLIP.keyFrames.length - 1, wrongKeyFlags: 0 });
});

test('pictures that are shown before the open key frame they follow are leading ones', () => {
  const { samples } = assembled(FIRST_OPEN);
  const leading = samples.flatMap(({ isLeading }, at) => (isLeading === true ? [at + FIRST_OPEN] : []));
  expect(leadingOf(FIRST_OPEN)).toHaveLength(3);
  expect(leading).toEqual(CLIP.keyFrames.slice(1).flatMap(leadingOf));
});

test('after damage decoding goes on at an open key frame, without its leading pictures', () => {
  const damaged = FIRST_OPEN + 5;
  const { samples, drops } = assembled(0, (body, at) => (at === damaged ? damagedBody(body) : body));
  const lost = SECOND_OPEN - damaged - 1 + leadingOf(SECOND_OPEN).length;
  expect(drops).toMatchObject({ damagedAccessUnits: 1, untilSync: lost });
  expect(samples).toHaveLength(CLIP.pictures.length - 1 - lost);
});

it('marks the next picture that is passed on if the clock jumped before one that is dropped', () => {
  const whole = (body: Buffer): Buffer => body;
  const jumpsOf = ({ samples }: ReturnType<typeof assembled>): number[] =>
    samples.flatMap(({ afterJump }, at) => (afterJump ? [at] : []));
  const [found = fail()] = jumpsOf(assembled(FIRST_OPEN, whole, 3_600_000));
  // Without damage the jump shows at a leading picture of the key frame, which needs the pictures before it.
  expect(leadingOf(SECOND_OPEN)).toContain(found + FIRST_OPEN);
  const damaged = FIRST_OPEN + 5;
  const result = assembled(FIRST_OPEN, (body, at) => (at === damaged ? damagedBody(body) : body), 3_600_000);
  const keyFrame = damaged - FIRST_OPEN;
  expect(result.samples[keyFrame]?.isSync).toBe(true);
  expect(jumpsOf(result)).toEqual([keyFrame + 1]);
});

test('a run begins at an open key frame without its leading pictures, and keeps those of the next ones', () => {
  const { samples, tracks } = assembled(FIRST_OPEN);
  const plans: PartPlan[] = [];
  const segmenter = new Segmenter({
    tracks,
    timing: TIMING,
    frameDuration: FRAME,
    onPart: (plan) => plans.push(plan),
  });
  for (const sample of samples) segmenter.push(sample);
  segmenter.flush();
  const written = plans.flatMap(({ tracks: [video] }) => video?.samples.map(({ data }) => data) ?? []);
  const dropped = leadingOf(FIRST_OPEN).map((at) => at - FIRST_OPEN);
  expect(written).toEqual(samples.filter((_, at) => !dropped.includes(at)).map(({ data }) => data));
});

it('who joins at an open key frame does not get its leading pictures', () => {
  const { samples } = assembled(FIRST_OPEN);
  const wait = new SyncWait();
  const passed = samples.map((sample) => wait.passes(sample, true));
  const dropped = passed.flatMap((passes, at) => (passes ? [] : [at + FIRST_OPEN]));
  expect(dropped).toEqual(leadingOf(FIRST_OPEN));
});
