// The facts of a well-set push, for tests that change one of them.
import type { Facts, JudgedPictures, SourceFacts } from '../../../server/doctor/facts.ts';
import type { EncoderReport } from '../../../server/stats/operator-message.ts';

export const GOOD_PICTURES: JudgedPictures = {
  width: 1280,
  height: 720,
  displayWidth: 1280,
  fps: 30,
  announced: { width: 1280, height: 720, frameRate: 30 },
  chromaFormat: 1,
  bitDepth: 8,
  isInterlaced: false,
  bps: 2_500_000,
  bpsVariation: 0.1,
  keys: { count: 15, minMs: 2_000, maxMs: 2_000, meanMs: 2_000, variation: 0, oddCount: 0 },
  sinceKeyMs: 1_000,
  reorderedShare: 0,
  maxOffsetMs: 0,
  missingShare: 0,
  openKeyFrames: 0,
  recoveryPoints: 0,
  sizeChange: undefined,
};

export const GOOD_SOURCE: SourceFacts = {
  ageMs: 60_000,
  pictures: GOOD_PICTURES,
  sound: { sampleRate: 48_000, channels: 2, objectType: 2 },
  isWithoutPictures: false,
  isWithoutSound: false,
  pace: { rate: 1, tolerance: 0.01, aheadMs: 0 },
  avOffsetMs: 10,
  startOffsetMs: 0,
  clockJumps: 0,
  badTimestamps: 0,
  leftOut: [],
  encoderReport: undefined,
};

export const GOOD_ENCODER: EncoderReport = {
  rendered: 900,
  lagged: 0,
  input: 900,
  skipped: 0,
  output: 900,
  dropped: 0,
  encodeMs: 40,
  captureMs: 90,
};

export const GOOD: Facts = {
  source: GOOD_SOURCE,
  reconnects: 0,
  viewers: { stallingShare: 0.01, plainAppleViewers: 0 },
  loopP99Ms: 5,
};

export function withPictures(changed: Partial<JudgedPictures>): Facts {
  return withSource({ pictures: { ...GOOD_PICTURES, ...changed } });
}

/** What the encoder reports about itself. */
export function withEncoder(changed: Partial<EncoderReport>, others: Partial<SourceFacts> = {}): Facts {
  return withSource({ encoderReport: { ...GOOD_ENCODER, ...changed }, ...others });
}

export function withSource(changed: Partial<SourceFacts>): Facts {
  return { ...GOOD, source: { ...GOOD_SOURCE, ...changed } };
}
