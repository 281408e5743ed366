// RTMP's 32-bit milliseconds become ticks of a track: unwrapped, monotonic, repaired where an encoder's clock is not.
// One Timeline serves one source; audio and video share its epoch so that they stay together.

import { type AudioTrack, type TrackKind, VIDEO_TIMESCALE } from './track.ts';

/** A step of the clock beyond this is a new epoch, not jitter: the longest gap a player bridges by itself. */
export const MAX_STEP_MS = 3_000;
/** A source starts at its own first timestamp, at most this far from zero: room for a track that began as much earlier. */
const HEAD_ROOM_MS = MAX_STEP_MS;
/** Composition offsets beyond this are damage: 16 reordered frames at 5 fps are 3.2 s. */
const MAX_COMPOSITION_OFFSET_MS = 5_000;
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
  /** A timestamp did not advance; it was moved one millisecond past its predecessor. */
  nonMonotonic: number;
  /** A composition offset was negative or absurd; it was taken as zero. */
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
    badCompositionOffsets: 0,
    audioResyncs: 0,
  };
  /** Raw and unwrapped milliseconds of the last sample of any track. */
  #lastRaw = 0;
  #lastUnwrapped = 0;
  /** The offset that the latest jump of any track asked for, epochs aside. */
  #offsetMs = 0;
  #started = false;
  #lastKind: TrackKind | undefined;
  /** Unwrapped milliseconds at which the clock last wrapped. */
  #lastWrapAt = Number.NEGATIVE_INFINITY;
  readonly #clocks: Record<TrackKind, TrackClock | undefined> = { video: undefined, audio: undefined };

  /** The time of a video frame from its RTMP timestamp and FLV composition offset, both in milliseconds. */
  videoTime(timestamp: number, compositionMs: number): SampleTime {
    const { clock, isFirst, afterJump } = this.#advance('video', timestamp);
    let dts = clock.lastMs * (VIDEO_TIMESCALE / 1000);
    if (!isFirst && dts <= clock.lastDts) {
      dts = clock.lastDts + VIDEO_TIMESCALE / 1000;
      this.repairs.nonMonotonic += 1;
    }
    clock.lastDts = dts;
    return { dts, pts: dts + this.#compositionTicks(compositionMs), afterJump };
  }

  /** The time of an audio frame of `frameTicks` ticks: the sample clock, corrected when the timestamps leave it. */
  audioTime(timestamp: number, track: AudioTrack): SampleTime {
    const frameTicks = track.config.frameSamples;
    const { clock, isFirst, afterJump } = this.#advance('audio', timestamp);
    const announced = Math.round((clock.lastMs * track.timescale) / 1000);
    const expected = clock.lastDts + frameTicks;
    let dts = announced;
    if (!isFirst) {
      const drift = announced - expected;
      clock.meanDrift += (drift - clock.meanDrift) / AUDIO_DRIFT_FRAMES;
      const isGap = Math.abs(drift) > (AUDIO_GAP_MS * track.timescale) / 1000;
      if (isGap || Math.abs(clock.meanDrift) > frameTicks / 2) {
        // A correction never goes back: behind the sample clock the frame follows as closely as a tick.
        dts = Math.max(isGap ? announced : expected + Math.round(clock.meanDrift), clock.lastDts + 1);
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

  #compositionTicks(compositionMs: number): number {
    if (compositionMs >= 0 && compositionMs <= MAX_COMPOSITION_OFFSET_MS)
      return compositionMs * (VIDEO_TIMESCALE / 1000);
    this.repairs.badCompositionOffsets += 1;
    return 0;
  }

  #advance(kind: TrackKind, timestamp: number): { clock: TrackClock; isFirst: boolean; afterJump: boolean } {
    const unwrapped = this.#unwrap(timestamp);
    const followsOther = this.#lastKind !== kind;
    this.#lastKind = kind;
    const clock = this.#clocks[kind];
    if (clock === undefined)
      return { clock: this.#startTrack(kind, unwrapped), isFirst: true, afterJump: false };
    const offsetMs = this.#knownOffset(kind, clock, unwrapped, followsOther);
    const afterJump = offsetMs === undefined;
    if (afterJump) {
      this.repairs.jumps += 1;
      clock.lastMs += clock.lastStepMs || DEFAULT_FRAME_MS;
      clock.offsetMs = clock.lastMs - unwrapped;
      this.#offsetMs = clock.offsetMs - clock.epochMs;
    } else {
      const stepMs = unwrapped + offsetMs - clock.lastMs;
      if (stepMs > 0 && stepMs <= MAX_FRAME_MS) clock.lastStepMs = stepMs;
      clock.lastMs += stepMs;
      clock.offsetMs = offsetMs;
    }
    return { clock, isFirst: false, afterJump };
  }

  /** The offset that explains a timestamp; undefined when only a jump of the source's clock does. */
  #knownOffset(
    kind: TrackKind,
    clock: TrackClock,
    unwrapped: number,
    followsOther: boolean,
  ): number | undefined {
    // The other track may have told a jump that this one is yet to make, or is just making.
    const shared = this.#offsetMs + clock.epochMs;
    const nearest = nearerTo(clock.lastMs - unwrapped, clock.offsetMs, shared);
    const stepMs = unwrapped + nearest - clock.lastMs;
    if (Math.abs(stepMs) <= MAX_STEP_MS) return nearest;
    // A track that was silent comes back beside the other one, which has gone on: a gap of its own. A step back that only
    // this track finds too long has been made by the other one just before.
    const other = this.#clocks[otherKind(kind)];
    if (other === undefined || !followsOther) return undefined;
    const beside = nearerTo(other.lastMs - unwrapped, clock.offsetMs, shared);
    const isBeside = Math.abs(unwrapped + beside - other.lastMs) <= MAX_STEP_MS;
    const isBack = unwrapped + beside < clock.lastMs - 2 * MAX_STEP_MS;
    return isBeside && !isBack ? beside : undefined;
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
    const clock: TrackClock = { offsetMs, epochMs, lastMs, lastStepMs: 0, lastDts: 0, meanDrift: 0 };
    this.#clocks[kind] = clock;
    return clock;
  }

  /** Serial arithmetic (RFC 1982) over the last timestamp of either track; some encoders wrap at 31 bits. */
  #unwrap(timestamp: number): number {
    if (!this.#started) {
      this.#started = true;
      this.#lastRaw = timestamp;
      this.#lastUnwrapped = timestamp;
      this.#offsetMs = Math.min(timestamp, HEAD_ROOM_MS) - timestamp;
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
