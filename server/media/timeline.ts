// RTMP's 32-bit milliseconds become ticks of a track: unwrapped, monotonic, repaired where an encoder's clock is not.
// One Timeline serves one source; audio and video share its epoch so that they stay together.

import { frameTicks } from '../codec/codec-config.ts';
import { type AudioTrack, type TrackKind, VIDEO_TIMESCALE } from './track.ts';

/** A step of the clock beyond this is a new epoch, not jitter: the longest gap a player bridges by itself. */
export const MAX_STEP_MS = 3_000;
/** A source starts at its own first timestamp, at most this far from zero: room for a track that began as much earlier. */
const HEAD_ROOM_MS = MAX_STEP_MS;
/** Pictures that come slowly by habit may be this far apart: one in 10 s, and what its clock is late. */
const MAX_SLOW_STEP_MS = 12_000;
/** A timestamp that does not fit is believed when so many in a row, of either track, agree: fewer are accidents. */
const SAMPLES_TO_BELIEVE = 3;
/** Composition offsets beyond this are damage: 16 reordered frames at 5 fps are 3.2 s; slower pictures have more. */
const MAX_COMPOSITION_OFFSET_MS = 5_000;
const MAX_REORDERED_FRAMES = 17;
/** Audio timestamps are rounded to milliseconds and bunched by some encoders: their mean over this many frames counts. */
const AUDIO_DRIFT_FRAMES = 32;
/** A single audio timestamp this far off the sample clock is a gap, not jitter. */
const AUDIO_GAP_MS = 100;
/** A step across a jump lasts as long as the one before it; a longer one than this was a pause, not a frame. */
const MAX_FRAME_MS = 1_000;
/** What a step across a jump is taken to last when nothing better is known. */
const DEFAULT_FRAME_MS = 33;
/** Some encoders count 31 bits. */
const HALF_PERIOD_MS = 0x8000_0000;

/** How often each repair was needed; one object per source, read by statistics. */
export type TimelineRepairs = {
  /** The 32-bit (or 31-bit) clock wrapped; exact, nothing lost. Once for all tracks that share it. */
  wraps: number;
  /** The clock jumped by more than MAX_STEP_MS; the timeline went on without the jump. */
  jumps: number;
  /** The tracks' clocks started in different epochs; the later track was moved to the earlier one. */
  epochShifts: number;
  /** A timestamp did not advance; the sample was put behind its predecessor. */
  nonMonotonic: number;
  /** The clock went back by less than a jump, and stayed there; the timeline went on without the step. */
  stepsBack: number;
  /** Single timestamps that were far off, while the next ones were not; the samples were put where they belong. */
  restamped: number;
  /** A composition offset was absurd; it was taken as zero. */
  badCompositionOffsets: number;
  /** Audio drifted from its sample clock, or had a gap; the clock was set anew. */
  audioResyncs: number;
};

export type SampleTime = { readonly dts: number; readonly pts: number; readonly afterJump: boolean };

type TrackClock = {
  /** Added to unwrapped milliseconds. */
  offsetMs: number;
  /** How much of it stands for an epoch of the track's own: jumps move both tracks, epochs stay apart. */
  readonly epochMs: number;
  /** Mapped milliseconds of the last sample. */
  lastMs: number;
  /** The same of the last sample whose timestamp was believed. */
  trustedMs: number;
  /** The offset that would explain the timestamps that were not believed, and how many agree on it. */
  pendingOffsetMs: number;
  pendingCount: number;
  /** They are farther off than a clock that stumbles by a frame. */
  pendingIsStep: boolean;
  /** Samples since the last believed one whose timestamps were far off. */
  wildCount: number;
  lastUnwrapped: number;
  /** The last step was longer than a frame. */
  wasLong: boolean;
  /** How long the last frame lasted; 0 while unknown. */
  lastStepMs: number;
  lastDts: number;
  /** Audio only: mean distance of the timestamps from the sample clock, in ticks. */
  meanDrift: number;
};

export class Timeline {
  readonly repairs: TimelineRepairs = {
    wraps: 0,
    jumps: 0,
    epochShifts: 0,
    nonMonotonic: 0,
    stepsBack: 0,
    restamped: 0,
    badCompositionOffsets: 0,
    audioResyncs: 0,
  };
  /** Raw and unwrapped milliseconds of the last sample of any track. */
  #lastRaw = 0;
  #lastUnwrapped = 0;
  /** The offset that the latest jump of any track asked for, epochs aside. */
  #offsetMs = 0;
  #started = false;
  /** Samples whose timestamps were believed. */
  #believed = 0;
  #lastKind: TrackKind | undefined;
  /** Unwrapped milliseconds at which the clock last wrapped. */
  #lastWrapAt = Number.NEGATIVE_INFINITY;
  readonly #clocks: Record<TrackKind, TrackClock | undefined> = { video: undefined, audio: undefined };

  /** The time of a video frame from its RTMP timestamp and FLV composition offset, both in milliseconds. */
  videoTime(timestamp: number, compositionMs: number): SampleTime {
    const { clock, afterJump } = this.#advance('video', timestamp, Math.max(-compositionMs, 0), undefined);
    const dts = clock.lastMs * (VIDEO_TIMESCALE / 1000);
    clock.lastDts = dts;
    // An offset may be negative (trun version 1); a picture before time 0 would not be shown.
    return { dts, pts: Math.max(dts + this.#compositionTicks(compositionMs, clock), 0), afterJump };
  }

  /** The time of an audio frame: the sample clock, corrected when the timestamps leave it. */
  audioTime(timestamp: number, track: AudioTrack): SampleTime {
    const ticks = frameTicks(track.config);
    const { audio } = this.#clocks;
    const expected = (audio?.lastDts ?? 0) + ticks;
    const expectedMs = audio === undefined ? undefined : (expected * 1000) / track.timescale;
    const { clock, isFirst, afterJump } = this.#advance('audio', timestamp, 0, expectedMs);
    const announced = Math.round((clock.lastMs * track.timescale) / 1000);
    let dts = announced;
    if (!isFirst) {
      const drift = announced - expected;
      clock.meanDrift += (drift - clock.meanDrift) / AUDIO_DRIFT_FRAMES;
      const isGap = drift > (AUDIO_GAP_MS * track.timescale) / 1000;
      if (isGap || Math.abs(clock.meanDrift) > ticks / 2) {
        // A correction takes half a frame away at most: sound is never squeezed.
        const correction = Math.max(Math.round(clock.meanDrift), -Math.floor(ticks / 2));
        dts = isGap ? announced : expected + correction;
        clock.meanDrift = 0;
        if (!afterJump) this.repairs.audioResyncs += 1;
      } else {
        dts = expected;
      }
    }
    clock.lastDts = dts;
    return { dts, pts: dts, afterJump };
  }

  /** The audio sample rate changed: the last position is kept, in the new track's ticks. */
  rescaleAudio(fromTimescale: number, toTimescale: number): void {
    const clock = this.#clocks.audio;
    if (clock === undefined) return;
    clock.lastDts = Math.round((clock.lastDts * toTimescale) / fromTimescale);
    clock.meanDrift = 0;
  }

  #compositionTicks(compositionMs: number, clock: TrackClock): number {
    const limit = Math.max(MAX_COMPOSITION_OFFSET_MS, MAX_REORDERED_FRAMES * clock.lastStepMs);
    if (Math.abs(compositionMs) <= limit) return compositionMs * (VIDEO_TIMESCALE / 1000);
    this.repairs.badCompositionOffsets += 1;
    return 0;
  }

  /** Moves a track's clock to its next sample; `expectedMs` is where the sample clock of sound puts it. */
  #advance(
    kind: TrackKind,
    timestamp: number,
    headMs: number,
    expectedMs: number | undefined,
  ): { clock: TrackClock; isFirst: boolean; afterJump: boolean } {
    const unwrapped = this.#unwrap(timestamp, headMs);
    const followsOther = this.#lastKind !== kind;
    this.#lastKind = kind;
    const clock = this.#clocks[kind];
    if (clock === undefined)
      return { clock: this.#startTrack(kind, unwrapped), isFirst: true, afterJump: false };
    const rawStepMs = unwrapped - clock.lastUnwrapped;
    clock.lastUnwrapped = unwrapped;
    const isLong = rawStepMs > MAX_STEP_MS && rawStepMs <= MAX_SLOW_STEP_MS;
    const floorMs = expectedMs === undefined ? clock.trustedMs : expectedMs - AUDIO_GAP_MS;
    const ownStepMs = unwrapped + clock.offsetMs - clock.trustedMs;
    const offsetMs =
      isLong && clock.wasLong && kind === 'video' && ownStepMs <= 2 * MAX_SLOW_STEP_MS
        ? clock.offsetMs
        : this.#knownOffset(kind, clock, unwrapped, followsOther, floorMs);
    const isKnown =
      offsetMs !== undefined &&
      unwrapped + offsetMs > floorMs &&
      !(expectedMs === undefined && goesOnBehind(clock, unwrapped, offsetMs));
    if (isKnown) this.#believe(clock, unwrapped + offsetMs, offsetMs, expectedMs !== undefined);
    const afterJump = !isKnown && this.#doubt(kind, clock, unwrapped, floorMs, expectedMs);
    clock.wasLong = rawStepMs > MAX_FRAME_MS;
    return { clock, isFirst: false, afterJump };
  }

  #believe(clock: TrackClock, mappedMs: number, offsetMs: number, isAudio: boolean): void {
    const stepMs = mappedMs - clock.trustedMs;
    const isFrame = stepMs <= MAX_FRAME_MS || clock.lastStepMs === 0 || clock.wasLong;
    if (stepMs > 0 && isFrame) clock.lastStepMs = Math.min(stepMs, MAX_SLOW_STEP_MS);
    this.repairs.restamped += clock.wildCount;
    clock.wildCount = 0;
    clock.pendingCount = 0;
    clock.offsetMs = offsetMs;
    clock.trustedMs = mappedMs;
    this.#believed += 1;
    if (isAudio || mappedMs > clock.lastMs) {
      clock.lastMs = mappedMs;
      return;
    }
    // The sample before was put behind this one's time.
    clock.lastMs += 1;
    this.repairs.nonMonotonic += 1;
  }

  /**
   * A timestamp that no known offset explains: the sample follows its predecessor, and the timestamp is believed when the next
   * ones agree with it.
   * @returns whether that makes it a jump of the source's clock
   */
  #doubt(
    kind: TrackKind,
    clock: TrackClock,
    unwrapped: number,
    floorMs: number,
    expectedMs: number | undefined,
  ): boolean {
    const backMs = clock.trustedMs - unwrapped - clock.offsetMs;
    const isWild = Math.abs(backMs) > MAX_STEP_MS;
    if (isWild) clock.wildCount += 1;
    else this.repairs.nonMonotonic += 1;
    const other = this.#clocks[otherKind(kind)];
    const shared = other === undefined ? 0 : other.pendingOffsetMs - other.epochMs + clock.epochMs;
    const leastMs = expectedMs === undefined ? clock.lastMs : floorMs;
    const isOwn =
      clock.pendingIsStep && clock.pendingCount > 0 && follows(unwrapped + clock.pendingOffsetMs, leastMs);
    const isShared = other !== undefined && other.pendingCount > 0 && follows(unwrapped + shared, leastMs);
    if (!isOwn) {
      const nextMs =
        expectedMs === undefined ? clock.lastMs + nextStep(clock, backMs) : Math.round(expectedMs);
      clock.pendingOffsetMs = isShared ? shared : nextMs - unwrapped;
      clock.pendingIsStep = isShared || backMs < 0 || backMs > (clock.lastStepMs || DEFAULT_FRAME_MS);
    }
    clock.pendingCount = 1 + (isOwn ? clock.pendingCount : 0) + (isShared ? (other?.pendingCount ?? 0) : 0);
    clock.lastMs = unwrapped + clock.pendingOffsetMs;
    if (clock.pendingCount < SAMPLES_TO_BELIEVE) return false;
    return this.#adopt(clock);
  }

  #adopt(clock: TrackClock): boolean {
    const isJump = Math.abs(clock.pendingOffsetMs - clock.offsetMs) > MAX_STEP_MS;
    if (isJump) this.repairs.jumps += 1;
    else this.repairs.stepsBack += 1;
    clock.offsetMs = clock.pendingOffsetMs;
    clock.trustedMs = clock.lastMs;
    clock.pendingCount = 0;
    for (const each of [this.#clocks.video, this.#clocks.audio]) if (each !== undefined) each.wildCount = 0;
    this.#offsetMs = clock.offsetMs - clock.epochMs;
    // A source whose very first timestamps were off has lost nothing.
    return isJump && this.#believed >= SAMPLES_TO_BELIEVE;
  }

  /** The offset that explains a timestamp; undefined when only a jump of the source's clock does. */
  #knownOffset(
    kind: TrackKind,
    clock: TrackClock,
    unwrapped: number,
    followsOther: boolean,
    floorMs: number,
  ): number | undefined {
    // The other track may have told a jump that this one is yet to make, or is just making.
    const shared = this.#offsetMs + clock.epochMs;
    const nearest = nearerTo(clock.trustedMs - unwrapped, clock.offsetMs, shared);
    const other = this.#clocks[otherKind(kind)];
    const isSlow = kind === 'video' && (clock.lastStepMs === 0 || clock.lastStepMs > MAX_FRAME_MS);
    const limitMs = isSlow && (other === undefined || !followsOther) ? MAX_SLOW_STEP_MS : MAX_STEP_MS;
    const stepMs = unwrapped + nearest - clock.trustedMs;
    if (stepMs >= -MAX_STEP_MS && stepMs <= limitMs) return nearest;
    // A track that was silent comes back beside the other one, which has gone on: a gap of its own.
    if (other === undefined || !followsOther) return undefined;
    const beside = nearerTo(other.lastMs - unwrapped, clock.offsetMs, shared);
    const isBeside = Math.abs(unwrapped + beside - other.lastMs) <= MAX_STEP_MS;
    return isBeside && unwrapped + beside > floorMs ? beside : undefined;
  }

  #startTrack(kind: TrackKind, unwrapped: number): TrackClock {
    let epochMs = 0;
    const other = this.#clocks[otherKind(kind)];
    if (other !== undefined && Math.abs(unwrapped + this.#offsetMs - other.lastMs) > MAX_STEP_MS) {
      epochMs = other.lastMs - unwrapped - this.#offsetMs;
      this.repairs.epochShifts += 1;
    }
    const offsetMs = this.#offsetMs + epochMs;
    const lastMs = Math.max(unwrapped + offsetMs, 0);
    const clock: TrackClock = {
      offsetMs,
      epochMs,
      lastMs,
      trustedMs: lastMs,
      pendingOffsetMs: 0,
      pendingCount: 0,
      pendingIsStep: false,
      wildCount: 0,
      lastUnwrapped: unwrapped,
      wasLong: false,
      lastStepMs: 0,
      lastDts: 0,
      meanDrift: 0,
    };
    this.#clocks[kind] = clock;
    return clock;
  }

  /** Serial arithmetic (RFC 1982) over the last timestamp of either track; some encoders wrap at 31 bits. */
  #unwrap(timestamp: number, headMs: number): number {
    if (!this.#started) {
      this.#started = true;
      this.#lastRaw = timestamp;
      this.#lastUnwrapped = timestamp;
      this.#offsetMs =
        Math.max(Math.min(timestamp, HEAD_ROOM_MS), Math.min(headMs, HEAD_ROOM_MS)) - timestamp;
      return timestamp;
    }
    const rawStep = timestamp - this.#lastRaw;
    let step = rawStep | 0;
    // Across a wrap at 31 bits, and back across it: the tracks cross it by turns.
    if (step + HALF_PERIOD_MS <= MAX_STEP_MS) step += HALF_PERIOD_MS;
    else if (HALF_PERIOD_MS - step <= MAX_STEP_MS) step -= HALF_PERIOD_MS;
    this.#lastRaw = timestamp;
    this.#lastUnwrapped += step;
    if (rawStep < 0 && step >= 0 && step <= MAX_STEP_MS) this.#countWrap();
    return this.#lastUnwrapped;
  }

  #countWrap(): void {
    if (Math.abs(this.#lastUnwrapped - this.#lastWrapAt) <= 2 * MAX_STEP_MS) return;
    this.#lastWrapAt = this.#lastUnwrapped;
    this.repairs.wraps += 1;
  }
}

function otherKind(kind: TrackKind): TrackKind {
  return kind === 'video' ? 'audio' : 'video';
}

function nearerTo(target: number, first: number, second: number): number {
  return Math.abs(second - target) < Math.abs(first - target) ? second : first;
}

/** After a step back of a few frames the old offset is soon past the last believed sample again: the step is still there. */
function goesOnBehind(clock: TrackClock, unwrapped: number, offsetMs: number): boolean {
  const isBehind = clock.pendingIsStep && clock.pendingCount > 0 && unwrapped + offsetMs <= clock.lastMs;
  return isBehind && follows(unwrapped + clock.pendingOffsetMs, clock.lastMs);
}

/** Whether a mapped time is one that a track goes on with. */
function follows(mappedMs: number, leastMs: number): boolean {
  return mappedMs > leastMs && mappedMs - leastMs <= MAX_STEP_MS;
}

/**
 * How long the sample before a doubted one lasts. Where the clock only stumbled the next sample is due within a step: what is
 * left of it is halved each time, so that the samples between stay before it.
 */
function nextStep(clock: TrackClock, backMs: number): number {
  const usual = clock.lastStepMs || DEFAULT_FRAME_MS;
  if (backMs < 0 || backMs > usual) return usual;
  return Math.max(Math.floor((clock.trustedMs + usual - clock.lastMs) / 2), 1);
}
