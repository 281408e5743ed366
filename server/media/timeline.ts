// Converts RTMP's 32-bit milliseconds into ticks of a track: unwrapped, monotonic, and repaired.
// One Timeline serves one source; its tracks share an epoch so that they stay together. One track of each kind leads:
// its timestamps define the source's clock. A wrong clock of another track does not disturb the rest.

import { frameTicks } from '../codec/codec-config.ts';
import {
  type AudioTrack,
  type AudioTrackId,
  type TrackId,
  type TrackKind,
  VIDEO_TIMESCALE,
  type VideoTrackId,
} from './track.ts';
import {
  adoptPending,
  DEFAULT_FRAME_MS,
  follows,
  goesOnBehind,
  MAX_STEP_MS,
  nearerTo,
  newTrackClock,
  nextStep,
  type TrackClock,
} from './track-clock.ts';

export { MAX_STEP_MS } from './track-clock.ts';

/** A source starts at its first timestamp, at most this far from zero, so that another track can start earlier. */
const HEAD_ROOM_MS = MAX_STEP_MS;
/** Largest distance of slow pictures: one in 10 s, with a margin. */
const MAX_SLOW_STEP_MS = 12_000;
/** A deviating timestamp is accepted if this many in a row, of either track, agree. */
const SAMPLES_TO_BELIEVE = 3;
/** Larger composition offsets are damaged data: 16 reordered frames at 5 fps are 3.2 s; slower pictures have more. */
const MAX_COMPOSITION_OFFSET_MS = 5_000;
const MAX_REORDERED_FRAMES = 17;
/** Audio timestamps are averaged over this many frames, because they are rounded and some encoders bunch them. */
const AUDIO_DRIFT_FRAMES = 32;
/** A single audio timestamp this far off the sample clock is a gap, not jitter. */
const AUDIO_GAP_MS = 100;
/** A step across a jump lasts as long as the previous one, unless that was longer than this (a pause). */
const MAX_FRAME_MS = 1_000;
/** Some encoders count 31 bits. */
const HALF_PERIOD_MS = 0x8000_0000;

/** Counts of repairs; one object per source, read by statistics. */
export type TimelineRepairs = {
  /** The 32-bit (or 31-bit) clock wrapped; exact, nothing lost. Once for all tracks that share it. */
  wraps: number;
  /** The clock jumped by more than MAX_STEP_MS; the timeline continued without the jump. */
  jumps: number;
  /** The tracks' clocks started in different epochs; the later track was moved to the earlier one. */
  epochShifts: number;
  /** A timestamp did not advance; the sample was placed after its predecessor. */
  nonMonotonic: number;
  /** The clock went back by less than a jump, and stayed there; the timeline continued without the step. */
  stepsBack: number;
  /** Single timestamps that were far off; the samples were placed between their neighbours. */
  restamped: number;
  /** A composition offset was too large; it was replaced by zero. */
  badCompositionOffsets: number;
  /** Audio drifted from its sample clock or had a gap; the clock was reset. */
  audioResyncs: number;
};

export type SampleTime = { readonly dts: number; readonly pts: number; readonly afterJump: boolean };

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
  /** The offset of the latest jump of any track, without epochs. */
  #offsetMs = 0;
  #started = false;
  /** Samples with accepted timestamps. */
  #believed = 0;
  #lastKind: TrackKind | undefined;
  /** Unwrapped milliseconds at which the clock last wrapped. */
  #lastWrapAt = Number.NEGATIVE_INFINITY;
  readonly #clocks = new Map<TrackId, TrackClock>();
  readonly #leads: Record<TrackKind, TrackId | undefined> = { video: undefined, audio: undefined };

  /** Makes this track lead its kind; by default the first with a sample leads. */
  lead(kind: TrackKind, id: TrackId): void {
    this.#leads[kind] = id;
  }

  /** The time of a video frame from its RTMP timestamp and FLV composition offset, both in milliseconds. */
  videoTime(timestamp: number, compositionMs: number, id: VideoTrackId = 'v0'): SampleTime {
    const headMs = Math.max(-compositionMs, 0);
    const { clock, afterJump } = this.#advance('video', id, timestamp, headMs, undefined);
    const dts = clock.lastMs * (VIDEO_TIMESCALE / 1000);
    clock.lastDts = dts;
    // An offset may be negative (trun version 1); a picture before time 0 would not be shown.
    return { dts, pts: Math.max(dts + this.#compositionTicks(compositionMs, clock), 0), afterJump };
  }

  /** The time of an audio frame: the sample clock, corrected if timestamps drift. */
  audioTime(timestamp: number, track: AudioTrack): SampleTime {
    const ticks = frameTicks(track.config);
    const known = this.#clocks.get(track.id);
    const expected = (known?.lastDts ?? 0) + ticks;
    const expectedMs = known === undefined ? undefined : (expected * 1000) / track.timescale;
    const { clock, isFirst, afterJump } = this.#advance('audio', track.id, timestamp, 0, expectedMs);
    const announced = Math.round((clock.lastMs * track.timescale) / 1000);
    let dts = announced;
    if (!isFirst) {
      const drift = announced - expected;
      clock.meanDrift += (drift - clock.meanDrift) / AUDIO_DRIFT_FRAMES;
      const isGap = drift > (AUDIO_GAP_MS * track.timescale) / 1000;
      if (isGap || Math.abs(clock.meanDrift) > ticks / 2) {
        // A correction shortens by half a frame at most.
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

  /** The audio sample rate changed: converts the last position to the new ticks. */
  rescaleAudio(fromTimescale: number, toTimescale: number, id: AudioTrackId = 'a0'): void {
    const clock = this.#clocks.get(id);
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

  /** Moves a track's clock to its next sample; `expectedMs` is its time on the audio sample clock. */
  #advance(
    kind: TrackKind,
    id: TrackId,
    timestamp: number,
    headMs: number,
    expectedMs: number | undefined,
  ): { clock: TrackClock; isFirst: boolean; afterJump: boolean } {
    this.#leads[kind] ??= id;
    const isLead = this.#leads[kind] === id;
    const unwrapped = isLead ? this.#unwrap(timestamp, headMs) : this.#unwrapBeside(timestamp, headMs);
    const followsOther = !isLead || this.#lastKind !== kind;
    if (isLead) this.#lastKind = kind;
    const other = this.#otherThan(kind, isLead);
    const clock = this.#clocks.get(id);
    if (clock === undefined) {
      const started = this.#startTrack(kind, unwrapped, other);
      this.#clocks.set(id, started);
      return { clock: started, isFirst: true, afterJump: false };
    }
    const rawStepMs = unwrapped - clock.lastUnwrapped;
    clock.lastUnwrapped = unwrapped;
    const isLong = rawStepMs > MAX_STEP_MS && rawStepMs <= MAX_SLOW_STEP_MS;
    const floorMs = expectedMs === undefined ? clock.trustedMs : expectedMs - AUDIO_GAP_MS;
    const ownStepMs = unwrapped + clock.offsetMs - clock.trustedMs;
    const offsetMs =
      isLong && clock.wasLong && kind === 'video' && ownStepMs <= 2 * MAX_SLOW_STEP_MS
        ? clock.offsetMs
        : this.#knownOffset(clock, unwrapped, followsOther ? other : undefined, { floorMs, expectedMs });
    const isKnown =
      offsetMs !== undefined &&
      unwrapped + offsetMs > floorMs &&
      !(expectedMs === undefined && goesOnBehind(clock, unwrapped, offsetMs));
    if (isKnown) this.#believe(clock, unwrapped + offsetMs, offsetMs, isLead);
    const voters = isKnown ? undefined : this.#doubt(clock, unwrapped, floorMs, expectedMs, other);
    const afterJump = voters !== undefined && this.#adopt(clock, isLead, voters);
    clock.wasLong = rawStepMs > MAX_FRAME_MS;
    return { clock, isFirst: false, afterJump };
  }

  /** The clock that a track's is compared with: that of the other leading track, or of its own kind's where it does not lead. */
  #otherThan(kind: TrackKind, isLead: boolean): TrackClock | undefined {
    return (isLead ? undefined : this.#leading(kind)) ?? this.#leading(kind === 'video' ? 'audio' : 'video');
  }

  #leading(kind: TrackKind): TrackClock | undefined {
    const id = this.#leads[kind];
    return id === undefined ? undefined : this.#clocks.get(id);
  }

  #believe(clock: TrackClock, mappedMs: number, offsetMs: number, isLead: boolean): void {
    const stepMs = mappedMs - clock.trustedMs;
    const isFrame = stepMs <= MAX_FRAME_MS || clock.lastStepMs === 0 || clock.wasLong;
    if (stepMs > 0 && isFrame) clock.lastStepMs = Math.min(stepMs, MAX_SLOW_STEP_MS);
    this.repairs.restamped += clock.wildCount;
    clock.wildCount = 0;
    clock.pendingCount = 0;
    clock.offsetMs = offsetMs;
    clock.trustedMs = mappedMs;
    if (isLead) this.#believed += 1;
    if (clock.kind === 'audio' || mappedMs > clock.lastMs) {
      clock.lastMs = mappedMs;
      return;
    }
    // The previous sample was placed after this one's time.
    clock.lastMs += 1;
    this.repairs.nonMonotonic += 1;
  }

  /**
   * A timestamp without a matching offset: the sample follows its predecessor, and the timestamp is accepted if the next ones agree
   * with it.
   * @returns the tracks whose timestamps agree, if there are enough of them
   */
  #doubt(
    clock: TrackClock,
    unwrapped: number,
    floorMs: number,
    expectedMs: number | undefined,
    other: TrackClock | undefined,
  ): readonly TrackClock[] | undefined {
    const backMs = clock.trustedMs - unwrapped - clock.offsetMs;
    const isWild = Math.abs(backMs) > MAX_STEP_MS;
    if (isWild) clock.wildCount += 1;
    else this.repairs.nonMonotonic += 1;
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
    if (clock.pendingCount < SAMPLES_TO_BELIEVE) return undefined;
    return isShared ? [clock, other] : [clock];
  }

  /** @returns whether the source's clock has jumped, which only leading tracks show */
  #adopt(clock: TrackClock, isLead: boolean, voters: readonly TrackClock[]): boolean {
    const isJump = Math.abs(clock.pendingOffsetMs - clock.offsetMs) > MAX_STEP_MS;
    if (isJump) this.repairs.jumps += 1;
    else this.repairs.stepsBack += 1;
    // A picture that is late by less than a frame looks like jitter. If it has helped to find a step, it took part in the step.
    for (const each of isLead ? voters : [clock]) adoptPending(each);
    if (!isLead) return false;
    for (const each of this.#clocks.values()) each.wildCount = 0;
    this.#offsetMs = clock.offsetMs - clock.epochMs;
    // At the start of a source nothing is lost.
    return isJump && this.#believed >= SAMPLES_TO_BELIEVE;
  }

  /** The offset that matches a timestamp; undefined if the source's clock jumped. */
  #knownOffset(
    clock: TrackClock,
    unwrapped: number,
    /** The track of the previous sample, if it was another one. */
    previous: TrackClock | undefined,
    { floorMs, expectedMs }: { readonly floorMs: number; readonly expectedMs: number | undefined },
  ): number | undefined {
    // The other track may have jumped before this one does. A short step shows against the time at which the sample is due.
    const shared = this.#offsetMs + clock.epochMs;
    const hasMoved = this.#offsetMs !== clock.seenOffsetMs;
    clock.seenOffsetMs = this.#offsetMs;
    const dueMs = expectedMs ?? clock.trustedMs + (hasMoved ? clock.lastStepMs : 0);
    const nearest = nearerTo(dueMs - unwrapped, clock.offsetMs, shared);
    const isSlow = clock.kind === 'video' && (clock.lastStepMs === 0 || clock.lastStepMs > MAX_FRAME_MS);
    const limitMs = isSlow && previous === undefined ? MAX_SLOW_STEP_MS : MAX_STEP_MS;
    const stepMs = unwrapped + nearest - clock.trustedMs;
    if (stepMs >= -MAX_STEP_MS && stepMs <= limitMs) return nearest;
    // A silent track returns while the other one continued: a gap of this track only.
    if (previous === undefined) return undefined;
    const beside = nearerTo(previous.lastMs - unwrapped, clock.offsetMs, shared);
    const isBeside = Math.abs(unwrapped + beside - previous.lastMs) <= MAX_STEP_MS;
    return isBeside && unwrapped + beside > floorMs ? beside : undefined;
  }

  #startTrack(kind: TrackKind, unwrapped: number, other: TrackClock | undefined): TrackClock {
    let epochMs = 0;
    if (other !== undefined && Math.abs(unwrapped + this.#offsetMs - other.lastMs) > MAX_STEP_MS) {
      epochMs = other.lastMs - unwrapped - this.#offsetMs;
      this.repairs.epochShifts += 1;
    }
    return newTrackClock(kind, unwrapped, this.#offsetMs, epochMs);
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
    const step = this.#stepTo(timestamp);
    const hasWrapped = timestamp < this.#lastRaw && step >= 0 && step <= MAX_STEP_MS;
    this.#lastRaw = timestamp;
    this.#lastUnwrapped += step;
    if (hasWrapped) this.#countWrap();
    return this.#lastUnwrapped;
  }

  /** The same for a track that does not lead, without changing the reference. */
  #unwrapBeside(timestamp: number, headMs: number): number {
    return this.#started ? this.#lastUnwrapped + this.#stepTo(timestamp) : this.#unwrap(timestamp, headMs);
  }

  #stepTo(timestamp: number): number {
    const step = (timestamp - this.#lastRaw) | 0;
    // Across a wrap at 31 bits and back, because tracks cross it at different samples.
    if (step + HALF_PERIOD_MS <= MAX_STEP_MS) return step + HALF_PERIOD_MS;
    return HALF_PERIOD_MS - step <= MAX_STEP_MS ? step - HALF_PERIOD_MS : step;
  }

  #countWrap(): void {
    if (Math.abs(this.#lastUnwrapped - this.#lastWrapAt) <= 2 * MAX_STEP_MS) return;
    this.#lastWrapAt = this.#lastUnwrapped;
    this.repairs.wraps += 1;
  }
}
