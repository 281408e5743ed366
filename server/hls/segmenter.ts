// When to cut: samples become parts and segments of fixed durations (RFC 8216bis 4.4.3.1, 4.4.4.9, appendix B).
// A part is a slot of the leading track's time; video leads if there is any. While the leading track is silent nothing is cut, and its
// last sample lasts until the next one: decode times have no holes. At a constant rate a part ends with its last sample (cadence.ts).

import type { Sample } from '../media/sample.ts';
import { chargedBytes } from '../media/sample-queue.ts';
import { fromTicks, msOf, TICKS_PER_SECOND, ticksOfMs, ticksOfSeconds, toTicks } from '../media/ticks.ts';
import type { Track } from '../media/track.ts';
import type { FragmentTrack } from '../mp4/fragment.ts';
import { Cadence } from './cadence.ts';
import { FollowerTrack } from './follower-track.ts';
import { LeadQueue } from './lead-queue.ts';
import { NO_OPENING, OpeningSegments } from './opening-segments.ts';
import { BlockPool } from './part-arena.ts';
import type { PartPlan, SegmenterOptions } from './part-plan.ts';
import { MAX_PART_BYTES, partTooLarge } from './part-too-large.ts';
import { SampleMemory } from './sample-memory.ts';

/** RFC 8216bis 4.4.4.9: a part that does not end its segment is at least 85 % of PART-TARGET. */
export const MIN_PART_FILL = 0.85;
/** EXTINF is compared with TARGETDURATION after rounding: a segment may be this much longer. */
const EXTINF_ROUNDING = ticksOfMs(400);
/** Least length of a segment that ends early because of its size, and of the next: the media sequence counts half seconds (decision 3). */
const MIN_SEGMENT = ticksOfMs(500);
/** Length of a run's last part if its last sound arrives after its pictures were written, and ends before them. */
const LATE_SOUND_PART = ticksOfMs(20);
/** Smoothing of the frame duration. */
const STEP_SMOOTHING = 8;
/** The data of waiting samples is copied once more if this many times as much has been written since the last time. */
const RENEW_RATIO = 2;

/** Cuts the samples of one run; a new configuration needs a new Segmenter. */
export class Segmenter {
  readonly #onPart: (plan: PartPlan) => void;
  readonly #lead: Track;
  readonly #follower: FollowerTrack | undefined;
  /** The data of waiting samples. */
  readonly #memory: SampleMemory;
  readonly #leadQueue: LeadQueue;
  /** The latest sample of the leading track, whose duration the next one shows. */
  #held: Sample | undefined;
  readonly #cadence: Cadence;
  /** Where the last part has ended, if it did so before the leading track's next sample arrived. */
  #endedAt: number | undefined;
  /** The leading track's next sample begins here or later. */
  #earliest = Number.NEGATIVE_INFINITY;
  /** Ticks of the leading track. */
  #partStart = 0;
  #segmentStart = 0;
  /** A sync sample ends the open segment from this length on. */
  #leastTicks = 0;
  /** Decode time of the leading track's latest sample, its ticks. */
  #latest = 0;
  /** When the leading track's last sample in presentation order ends, its ticks. */
  #shownEnd = 0;
  #stepTicks: number;
  readonly #partTicks: number;
  readonly #wantedTicks: number;
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

  constructor(options: SegmenterOptions) {
    const lead = leadingTrack(options.tracks);
    if (lead === undefined) throw new RangeError('a segmenter needs at least one track');
    this.#lead = lead;
    this.#leadQueue = new LeadQueue(lead);
    this.#cadence = new Cadence(lead, options.frameDuration);
    const { timescale } = lead;
    const follower = options.tracks.find((track) => track !== lead);
    this.#memory = new SampleMemory(options.pool ?? new BlockPool(0));
    this.#follower = follower && new FollowerTrack(follower, (data) => this.#memory.keep(data));
    this.#onPart = options.onPart;
    this.#partTicks = Math.floor(options.timing.partTarget / (TICKS_PER_SECOND / timescale));
    const segmentTicks = fromTicks(options.timing.segmentTarget, timescale);
    // Of a segment that starts with a sync sample: exact to half a part. Parts of slow pictures are longer than segments.
    this.#wantedTicks = segmentTicks - Math.min(this.#partTicks, segmentTicks) / 2;
    const longest = ticksOfSeconds(options.timing.targetDuration) + EXTINF_ROUNDING;
    this.#segmentLimitTicks = Math.floor(longest / (TICKS_PER_SECOND / timescale));
    this.#stepTicks = fromTicks(options.frameDuration, timescale);
    this.#opening = new OpeningSegments(options.opening ?? NO_OPENING, this.#partTicks, segmentTicks);
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
    return this.#leadQueue.heldBytes + held + (this.#follower?.heldBytes ?? 0);
  }

  /** Time of the latest sample of the leading track, milliseconds. */
  get latestMs(): number {
    return msOf(this.#common(this.#latest));
  }

  /**
   * Time of the next sample that can end the part, milliseconds, if the leading track keeps its pace. A key frame can end the part
   * earlier.
   */
  get dueMs(): number {
    // RTMP rounds times to milliseconds.
    const leastLength = this.#leastFullTicks - fromTicks(ticksOfMs(1), this.#lead.timescale);
    const frames = Math.ceil((this.#partStart + leastLength - this.#latest) / this.#stepTicks);
    // At a constant rate it is the part's own last sample that ends it.
    const early = this.#cadence.next() === undefined ? 0 : 1;
    return msOf(this.#common(this.#latest + Math.max(frames - early, 1) * this.#stepTicks));
  }

  /** Returns the memory of all samples: after a `flush`, when the rest is with the next run. */
  release(): void {
    this.#memory.release();
  }

  /** Throws GatewayError `part_too_large` if the open part exceeds its limit. */
  push(sample: Sample): void {
    const heldBytes = this.heldBytes + chargedBytes(sample);
    if (heldBytes > this.#maxPartBytes)
      throw partTooLarge(heldBytes, this.#maxPartBytes, this.#lead.kind, this.#follower);
    if (sample.trackId === this.#lead.id) this.#pushLead(sample);
    else this.#follower?.push(sample);
  }

  /** Ends the run with all samples. Its segment is left open if everything is in parts that have been written. */
  flush(): void {
    // The last picture lasts as long as the sound, so that the next run starts after both.
    this.#finish(this.#endWith(this.#follower?.queueEnd ?? 0), Number.POSITIVE_INFINITY);
  }

  /**
   * Ends the run where the next one begins, `at` on the common scale; its segment like `flush`.
   * @returns samples of the other track from there on, for the next run; valid until `release`
   */
  flushUntil(at: number): readonly Sample[] {
    const boundary = fromTicks(at, this.#lead.timescale);
    const isWritten = this.#endedAt !== undefined;
    const isLater = boundary > (this.#held?.dts ?? this.#endedAt ?? boundary);
    let end = this.#endWith(isWritten ? (this.#follower?.endBefore(at) ?? 0) : 0);
    // A picture can last until the next run begins; a sound cannot, nor a picture that has been written.
    if (this.#lead.kind === 'video' && isLater) end = isWritten ? Math.min(end, boundary) : boundary;
    this.#finish(end, Math.max(boundary, end));
    return this.#follower?.takeAll() ?? [];
  }

  /** The end of the run if its sound ends at `soundEnd` on the common scale. A part that has ended early is not made longer. */
  #endWith(soundEnd: number): number {
    const sound = Math.ceil(soundEnd / (TICKS_PER_SECOND / this.#lead.timescale));
    const step = Math.round(this.#stepTicks);
    if (this.#endedAt === undefined) return Math.max((this.#held?.dts ?? 0) + step, sound);
    const least = fromTicks(LATE_SOUND_PART, this.#lead.timescale);
    return Math.max(this.#endedAt + Math.min(step, least), sound);
  }

  #finish(end: number, followerUntil: number): void {
    const [held, endedAt] = [this.#held, this.#endedAt];
    this.#held = undefined;
    this.#endedAt = undefined;
    const last = this.#follower?.lastBefore(this.#common(followerUntil));
    if (held !== undefined) this.#settle(held, end);
    else if (endedAt === undefined || last === undefined) return;
    const slots = Math.ceil((end - this.#partStart) / this.#partTicks) - 1;
    const restStart = this.#partStart + slots * this.#partTicks;
    const follower = this.#follower;
    const hasRest =
      follower !== undefined && last !== undefined && follower.startOf(last) >= this.#common(restStart);
    const isRestEmpty = slots > 0 && !hasRest;
    const soundEnd =
      follower?.soundEnd(last, [this.#common(Math.max(end, this.#shownEnd)), this.#common(end)]) ?? 0;
    // The last tick of the run is in its last part.
    this.#fillUntil(end - 1, isRestEmpty, soundEnd);
    if (!isRestEmpty) this.#closePart(end, true, followerUntil, soundEnd);
  }

  #pushLead(sample: Sample): void {
    const [held, endedAt] = [this.#held, this.#endedAt];
    const isFirst = held === undefined && endedAt === undefined;
    if (!isFirst && sample.isSync) this.#isAtStart = false;
    if (this.#isAtStart && sample.isLeading === true) return;
    const kept = { ...this.#placed(sample), data: this.#memory.keep(sample.data) };
    this.#held = kept;
    this.#latest = kept.dts;
    this.#endedAt = undefined;
    this.#cadence.note(sample.dts);
    if (isFirst) {
      // With B-frames it would be shown later, and hls.js 1.7.4 would leave a hole (decision 9). It is shown until the second one.
      if (this.#followsDiscontinuity) this.#held = { ...kept, pts: sample.dts };
      this.#partStart = sample.dts;
      this.#segmentStart = sample.dts;
      if (sample.isSync) this.#leastTicks = this.#wantedTicks;
      this.#opening.begin(sample.dts);
      return;
    }
    if (held === undefined) {
      this.#beginPart(kept);
    } else {
      this.#settle(held, kept.dts);
      this.#advance(kept);
    }
    this.#endEarly();
  }

  /** Where the last part has ended, if it ended before this sample arrived. If the sample is late, it is also shown there. */
  #placed(sample: Sample): Sample {
    const dts = this.#endedAt ?? Math.max(sample.dts, this.#earliest);
    this.#earliest = dts + 1;
    if (dts === sample.dts) return sample;
    const lateTicks = sample.dts - dts;
    if (!this.#cadence.agrees(sample.dts, dts)) this.#cadence.distrust();
    const isHole = lateTicks > this.#stepTicks;
    return { ...sample, dts, pts: isHole ? sample.pts - lateTicks : Math.max(sample.pts, dts) };
  }

  /** Ends a part with its last sample, if the next one is certain and does not start a segment. */
  #endEarly(): void {
    // Its data has moved if a part has just been written.
    const last = this.#held;
    const end = this.#cadence.next();
    if (last === undefined || end === undefined || end <= last.dts || end - this.#partStart > this.#partTicks)
      return;
    if (!this.#isPartFull(end) || this.#mayStartSegment(end) || this.#isSegmentFull(end)) return;
    // Otherwise the last picture of a run could not last as long as its sound.
    if ((this.#follower?.queueEnd ?? 0) > this.#common(end + this.#stepTicks)) return;
    this.#held = undefined;
    this.#settle(last, end);
    this.#endedAt = end;
    this.#closePart(end, false, end);
  }

  /** The held sample's duration is known; adds it to the open part. */
  #settle(held: Sample, nextDts: number): void {
    const duration = Math.max(nextDts - held.dts, 1);
    if (duration < this.#partTicks) this.#stepTicks += (duration - this.#stepTicks) / STEP_SMOOTHING;
    this.#shownEnd = Math.max(this.#shownEnd, held.pts + duration);
    this.#leadQueue.push(held, duration);
  }

  /** Closes parts and segments before `next`, the leading track's next sample. */
  #advance(next: Sample): void {
    const isPartFull = this.#isPartFull(next.dts);
    // Sound can start a segment anywhere, so it starts at the end of a part.
    const startsSegment =
      next.isSync && this.#mayStartSegment(next.dts) && (isPartFull || this.#lead.kind === 'video');
    if (!this.#fillUntil(next.dts, startsSegment) && next.dts > this.#partStart) {
      if (startsSegment || isPartFull) this.#closePart(next.dts, startsSegment, next.dts);
    }
    this.#beginPart(next);
  }

  /** `next` may be the first sample of a segment. */
  #beginPart(next: Sample): void {
    if (this.#partStart !== this.#segmentStart || !this.#leadQueue.isEmpty) return;
    if (next.isSync) this.#leastTicks = this.#wantedTicks;
    if (next.isSync && this.#lead.kind === 'video') this.#opening.finish();
  }

  #isPartFull(end: number): boolean {
    return end - this.#partStart > this.#leastFullTicks;
  }

  /** A longer part is full: it is long enough for the specification, and has no room for another frame. */
  get #leastFullTicks(): number {
    // One tick more than the minimum, for readers that compute in floating point.
    return Math.max(MIN_PART_FILL * this.#partTicks + 1, this.#partTicks - this.#stepTicks);
  }

  #mayStartSegment(dts: number): boolean {
    return dts - this.#segmentStart >= this.#leastTicks;
  }

  /**
   * A sample of the leading track that is longer than a part is covered by several parts; `next` is in the part after them. The last of
   * them ends the segment if the next sample starts one. @returns whether there was one
   */
  #fillUntil(next: number, endsSegment: boolean, soundEnd = 0): boolean {
    const isLonger = next - this.#partStart >= this.#partTicks;
    while (next - this.#partStart >= this.#partTicks) {
      const end = this.#partStart + this.#partTicks;
      const isLast = endsSegment && next - end < this.#partTicks;
      this.#closePart(end, isLast, end, isLast ? soundEnd : 0);
    }
    return isLonger;
  }

  /** `soundEnd` is given for the last part of a run (FollowerTrack.soundEnd). */
  #closePart(end: number, endsSegmentHere: boolean, followerUntil: number, soundEnd = 0): void {
    const tracks: FragmentTrack[] = [];
    const queuedBytes = this.heldBytes;
    const isIndependent = this.#leadQueue.hasSync;
    const lead = this.#leadQueue.take();
    if (lead !== undefined) tracks.push(lead);
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
      const isTooLarge = this.#segmentBytes > this.#maxSegmentBytes;
      this.#leastTicks = isTooLarge ? fromTicks(MIN_SEGMENT, this.#lead.timescale) : 0;
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
    if (this.heldBytes * RENEW_RATIO > this.#memory.keptBytes || !this.#leadQueue.isEmpty) return;
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
