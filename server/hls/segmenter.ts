// When to cut: samples become parts and segments of fixed durations (RFC 8216bis 4.4.3.1, 4.4.4.9, appendix B).
// A part is a slot of the leading track's time; video leads if there is any. Nothing is cut while the leading track is silent:
// its last sample lasts until the next one, so decode times have no holes.

import { GatewayError } from '../errors.ts';
import type { Sample } from '../media/sample.ts';
import { chargedBytes } from '../media/sample-queue.ts';
import { fromTicks, msOf, TICKS_PER_SECOND, ticksOfMs, ticksOfSeconds, toTicks } from '../media/ticks.ts';
import type { Track } from '../media/track.ts';
import type { FragmentSample, FragmentTrack } from '../mp4/fragment.ts';
import { mp4TrackId } from '../mp4/track-id.ts';
import { FollowerTrack } from './follower-track.ts';
import { OpeningSegments } from './opening-segments.ts';
import { BlockPool } from './part-arena.ts';
import type { PartTiming } from './part-timing.ts';
import { SampleMemory } from './sample-memory.ts';

/** RFC 8216bis 4.4.3.7: a part that does not end its segment is at least 85 % of PART-TARGET. */
export const MIN_PART_FILL = 0.85;
/** EXTINF is compared with TARGETDURATION after rounding: a segment may be this much longer. */
const EXTINF_ROUNDING = ticksOfMs(400);
/** Media that may wait for the end of a part: 200 ms at 640 Mbit/s. Encoders send more only if their clock stops. */
export const MAX_PART_BYTES = 16 * 1024 * 1024;
/** Least length of a segment that ends early because of its size, since each segment adds lines to every playlist. */
const MIN_SEGMENT = ticksOfMs(500);
/** Smoothing of the frame duration. */
const STEP_SMOOTHING = 8;

/** The data of waiting samples is copied once more if this many times as much has been written since the last time. */
const RENEW_RATIO = 2;

/** A part to write; `tracks` is empty if there is no media. The data of its samples is valid during the call. */
export type PartPlan = {
  readonly tracks: readonly FragmentTrack[];
  /** Start of the slot and its length, ticks of the common scale. */
  readonly start: number;
  readonly duration: number;
  readonly isIndependent: boolean;
  readonly endsSegment: boolean;
};

/** Cuts the samples of one run; a new configuration needs a new Segmenter. */
export class Segmenter {
  readonly #onPart: (plan: PartPlan) => void;
  readonly #lead: Track;
  readonly #follower: FollowerTrack | undefined;
  /** The data of waiting samples. */
  readonly #memory: SampleMemory;
  /** Samples of the open part. */
  #leadQueue: FragmentSample[] = [];
  #leadQueueStart = 0;
  #leadQueueHasSync = false;
  #leadQueueBytes = 0;
  /** The latest sample of the leading track, whose duration the next one shows. */
  #held: Sample | undefined;
  /** Ticks of the leading track. */
  #partStart = 0;
  #segmentStart = 0;
  #segmentStartsInSync = false;
  /** When the leading track's last sample in presentation order ends, its ticks. */
  #shownEnd = 0;
  #stepTicks: number;
  readonly #partTicks: number;
  readonly #segmentTicks: number;
  readonly #segmentLimitTicks: number;
  readonly #opening: OpeningSegments;
  /** The open segment has samples. */
  #segmentHasMedia = false;
  readonly #followsDiscontinuity: boolean;
  /** Before the run's second key frame: leading pictures cannot be decoded. */
  #isAtStart = true;
  readonly #maxPartBytes: number;
  readonly #maxSegmentBytes: number;
  /** Media of the open segment's written parts. */
  #segmentBytes = 0;

  constructor(options: {
    readonly tracks: readonly Track[];
    readonly timing: PartTiming;
    /** Ticks of the common scale. */
    readonly frameDuration: number;
    /** Parts of the first segments (opening-segments.ts); 0, the default, lets them run their length. */
    readonly openingParts?: number;
    /** Other media was shown before. */
    readonly followsDiscontinuity?: boolean;
    /** Most that may wait for the end of a part; MAX_PART_BYTES by default. */
    readonly maxPartBytes?: number;
    /** A larger segment ends with its current part; no limit by default. */
    readonly maxSegmentBytes?: number;
    /** Memory for waiting samples; by default it is not used again. */
    readonly pool?: BlockPool;
    readonly onPart: (plan: PartPlan) => void;
  }) {
    const lead = leadingTrack(options.tracks);
    if (lead === undefined) throw new RangeError('a segmenter needs at least one track');
    this.#lead = lead;
    const { timescale } = lead;
    const follower = options.tracks.find((track) => track !== lead);
    this.#memory = new SampleMemory(options.pool ?? new BlockPool(0));
    this.#follower = follower && new FollowerTrack(follower, (data) => this.#memory.keep(data));
    this.#onPart = options.onPart;
    this.#partTicks = Math.floor(options.timing.partTarget / (TICKS_PER_SECOND / timescale));
    this.#segmentTicks = fromTicks(options.timing.segmentTarget, timescale);
    const longest = ticksOfSeconds(options.timing.targetDuration) + EXTINF_ROUNDING;
    this.#segmentLimitTicks = Math.floor(longest / (TICKS_PER_SECOND / timescale));
    this.#stepTicks = fromTicks(options.frameDuration, timescale);
    this.#opening = new OpeningSegments(options.openingParts ?? 0, this.#partTicks, this.#segmentTicks);
    this.#followsDiscontinuity = options.followsDiscontinuity === true;
    this.#maxSegmentBytes = options.maxSegmentBytes ?? Number.POSITIVE_INFINITY;
    this.#maxPartBytes = Math.min(options.maxPartBytes ?? MAX_PART_BYTES, MAX_PART_BYTES);
  }

  /** Memory that is taken for samples, whether they are written or not. */
  get usedBytes(): number {
    return this.#memory.usedBytes;
  }

  /** Memory of unwritten samples. */
  get heldBytes(): number {
    const held = this.#held === undefined ? 0 : chargedBytes(this.#held);
    return this.#leadQueueBytes + held + (this.#follower?.heldBytes ?? 0);
  }

  /**
   * For how long no sample can end a part, milliseconds after the latest sample of the leading track. One frame less than that, because
   * that sample may have arrived a frame ago. A key frame can end the part earlier, but still before it would have been full.
   */
  get patienceMs(): number {
    if (this.#held === undefined) return 0;
    const left = this.#partStart + this.#partTicks - this.#held.dts;
    const frames = Math.floor(left / this.#stepTicks) - 1;
    return Math.max(msOf(this.#common(frames * this.#stepTicks)), 0);
  }

  /** Returns the memory of all samples: after a `flush`, when the rest is with the next run. */
  release(): void {
    this.#memory.release();
  }

  /** Throws GatewayError `part_too_large` if the open part exceeds its limit. */
  push(sample: Sample): void {
    const heldBytes = this.heldBytes + chargedBytes(sample);
    if (heldBytes > this.#maxPartBytes) throw this.#tooLarge(heldBytes);
    if (sample.trackId === this.#lead.id) this.#pushLead(sample);
    else this.#follower?.push(sample);
  }

  /** Ends the run with all samples, and closes the segment. */
  flush(): void {
    const held = this.#held;
    if (held === undefined) return;
    // The last picture lasts as long as the sound, so that the next run starts after both.
    const soundEnd = (this.#follower?.queueEnd ?? 0) / (TICKS_PER_SECOND / this.#lead.timescale);
    const end = Math.max(held.dts + Math.round(this.#stepTicks), Math.ceil(soundEnd));
    this.#finish(held, end, Number.POSITIVE_INFINITY);
  }

  /**
   * Ends the run where the next one begins, `at` on the common scale, and closes the segment.
   * @returns samples of the other track from there on, for the next run; valid until `release`
   */
  flushUntil(at: number): readonly Sample[] {
    const held = this.#held;
    if (held === undefined) return [];
    const boundary = fromTicks(at, this.#lead.timescale);
    const ownEnd = held.dts + Math.round(this.#stepTicks);
    // A picture can last until the next run begins; a sound cannot.
    const end = this.#lead.kind === 'video' && boundary > held.dts ? boundary : ownEnd;
    this.#finish(held, end, Math.max(boundary, end));
    return this.#follower?.takeAll() ?? [];
  }

  #tooLarge(heldBytes: number): GatewayError {
    const lead = this.#lead.kind;
    const follower = this.#follower;
    const waitsForLead = follower !== undefined && follower.heldBytes > heldBytes / 2;
    const cause = waitsForLead
      ? `the timestamps of ${follower.track.kind} are far ahead of those of ${lead}`
      : `the timestamps of ${lead} stand still, or its bitrate is too high`;
    return new GatewayError(
      'limit',
      'part_too_large',
      `${heldBytes} bytes of media wait for the end of a part, and ${this.#maxPartBytes} may: ${cause}`,
    );
  }

  #finish(held: Sample, end: number, followerUntil: number): void {
    this.#held = undefined;
    this.#settle(held, end);
    const slots = Math.ceil((end - this.#partStart) / this.#partTicks) - 1;
    const restStart = this.#partStart + slots * this.#partTicks;
    const follower = this.#follower;
    const last = follower?.lastBefore(this.#common(followerUntil));
    const hasRest =
      follower !== undefined && last !== undefined && follower.startOf(last) >= this.#common(restStart);
    const isRestEmpty = slots > 0 && !hasRest;
    const soundEnd =
      follower?.soundEnd(last, [this.#common(Math.max(end, this.#shownEnd)), this.#common(end)]) ?? 0;
    this.#fillUntil(end, isRestEmpty, soundEnd);
    if (!isRestEmpty) this.#closePart(end, true, followerUntil, soundEnd);
  }

  #pushLead(sample: Sample): void {
    const held = this.#held;
    if (held !== undefined && sample.isSync) this.#isAtStart = false;
    if (this.#isAtStart && sample.isLeading === true) return;
    const kept = { ...sample, data: this.#memory.keep(sample.data) };
    this.#held = kept;
    if (held === undefined) {
      // With B-frames it would be shown later, and hls.js 1.7.4 would leave a hole. So the first picture is shown at its decode
      // time, until the second one (decision 0009).
      if (this.#followsDiscontinuity) this.#held = { ...kept, pts: sample.dts };
      this.#partStart = sample.dts;
      this.#segmentStart = sample.dts;
      this.#segmentStartsInSync = sample.isSync;
      this.#opening.begin(sample.dts);
      return;
    }
    this.#settle(held, sample.dts);
    this.#advance(sample);
  }

  /** The held sample's duration is known; adds it to the open part. */
  #settle(held: Sample, nextDts: number): void {
    const duration = Math.max(nextDts - held.dts, 1);
    if (duration < this.#partTicks) this.#stepTicks += (duration - this.#stepTicks) / STEP_SMOOTHING;
    if (this.#leadQueue.length === 0) this.#leadQueueStart = held.dts;
    if (held.isSync) this.#leadQueueHasSync = true;
    this.#shownEnd = Math.max(this.#shownEnd, held.pts + duration);
    this.#leadQueue.push({
      duration,
      compositionOffset: held.pts - held.dts,
      isSync: held.isSync,
      data: held.data,
    });
    this.#leadQueueBytes += chargedBytes(held);
  }

  /** Closes parts and segments before `next`, the leading track's next sample. */
  #advance(next: Sample): void {
    const length = next.dts - this.#partStart;
    // One tick more than the minimum, for readers that compute in floating point.
    const isPartFull =
      length > MIN_PART_FILL * this.#partTicks + 1 && length + this.#stepTicks > this.#partTicks;
    // Sound can start a segment anywhere, so it starts at the end of a part.
    const startsSegment =
      next.isSync && this.#mayStartSegment(next.dts) && (isPartFull || this.#lead.kind === 'video');
    if (!this.#fillUntil(next.dts, startsSegment) && length > 0) {
      if (startsSegment) this.#closePart(next.dts, true, next.dts);
      else if (isPartFull) this.#closePart(next.dts, false, next.dts);
    }
    const isFirst = this.#partStart === this.#segmentStart && this.#leadQueue.length === 0;
    if (!isFirst) return;
    this.#segmentStartsInSync = next.isSync;
    if (next.isSync && this.#lead.kind === 'video') this.#opening.finish();
  }

  /** The wanted length is exact to half a part. After a segment without a sync sample the first one starts a segment. */
  #mayStartSegment(dts: number): boolean {
    return !this.#segmentStartsInSync || dts - this.#segmentStart >= this.#segmentTicks - this.#partTicks / 2;
  }

  /**
   * A sample of the leading track that is longer than a part is covered by several parts. The last of them ends the segment if the
   * next sample starts one.
   */
  #fillUntil(dts: number, endsSegment: boolean, soundEnd = 0): boolean {
    if (dts - this.#partStart <= this.#partTicks) return false;
    while (dts - this.#partStart > this.#partTicks) {
      const end = this.#partStart + this.#partTicks;
      const isLast = endsSegment && dts - end <= this.#partTicks;
      this.#closePart(end, isLast, end, isLast ? soundEnd : 0);
    }
    return true;
  }

  /** `soundEnd` is given for the last part of a run (FollowerTrack.soundEnd). */
  #closePart(end: number, endsSegmentHere: boolean, followerUntil: number, soundEnd = 0): void {
    const tracks: FragmentTrack[] = [];
    const queuedBytes = this.heldBytes;
    const isIndependent = this.#leadQueueHasSync;
    if (this.#leadQueue.length > 0) {
      tracks.push({
        trackId: mp4TrackId(this.#lead.id),
        kind: this.#lead.kind,
        baseDecodeTime: this.#leadQueueStart,
        samples: this.#leadQueue,
      });
      this.#leadQueue = [];
      this.#leadQueueBytes = 0;
      this.#leadQueueHasSync = false;
    }
    const follower = this.#follower?.take(this.#common(followerUntil), soundEnd);
    if (follower !== undefined) tracks.push(follower);
    if (tracks.length > 0) this.#segmentHasMedia = true;
    const start = this.#common(this.#partStart);
    this.#segmentBytes += queuedBytes - this.heldBytes;
    const endsSegment =
      endsSegmentHere ||
      this.#isSegmentFull(end) ||
      this.#opening.endsSegment(end, this.#segmentStart, this.#segmentHasMedia);
    // The next one starts with a sync sample: the opening is over.
    if (endsSegmentHere) this.#opening.finish();
    this.#partStart = end;
    if (endsSegment) {
      this.#segmentStart = end;
      this.#segmentStartsInSync = false;
      this.#segmentBytes = 0;
      this.#segmentHasMedia = false;
    }
    this.#onPart({
      tracks,
      start,
      duration: this.#common(end) - start,
      isIndependent,
      endsSegment,
    });
    this.#renewMemory();
  }

  /** The part is written. What waits is copied only if it is the smaller share, so that long queues are not copied often. */
  #renewMemory(): void {
    if (this.heldBytes * RENEW_RATIO > this.#memory.keptBytes || this.#leadQueue.length > 0) return;
    this.#memory.renew(() => {
      const held = this.#held;
      if (held !== undefined) this.#held = { ...held, data: this.#memory.keep(held.data) };
      this.#follower?.copyAgain();
    });
  }

  /** Of the leading track's ticks. */
  #common(ticks: number): number {
    return toTicks(ticks, this.#lead.timescale);
  }

  /** Whether one more part would make the segment too long, or it is already too large. */
  #isSegmentFull(end: number): boolean {
    const length = end - this.#segmentStart;
    if (length + this.#partTicks > this.#segmentLimitTicks) return true;
    return this.#segmentBytes > this.#maxSegmentBytes && this.#common(length) >= MIN_SEGMENT;
  }
}

/** The track whose sync samples start segments: video when there is any. */
export function leadingTrack(tracks: readonly Track[]): Track | undefined {
  return tracks.find((track) => track.kind === 'video') ?? tracks[0];
}
