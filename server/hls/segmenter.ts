// When to cut: samples become parts and segments of fixed durations (RFC 8216bis 4.4.3.1, 4.4.4.9, appendix B).
// A part is a slot of the leading track's time; video leads when there is any.

import type { Sample } from '../media/sample.ts';
import type { Track } from '../media/track.ts';
import type { FragmentSample, FragmentTrack } from '../mp4/fragment.ts';
import type { PartTiming } from './part-timing.ts';

/** RFC 8216bis 4.4.3.7: a part that does not end its segment is at least 85 % of PART-TARGET. */
const MIN_PART_FILL = 0.85;
/** EXTINF is compared with TARGETDURATION after rounding: a segment may be this much longer, seconds. */
const EXTINF_ROUNDING_S = 0.4;
/** The leading track may lag behind the other one by this much before its time goes on without it, seconds. */
const MAX_LEAD_LAG_S = 1;

/** A part that is to be written; `tracks` is empty where no media came. */
export type PartPlan = {
  readonly tracks: readonly FragmentTrack[];
  /** Start of the slot and its length, seconds. */
  readonly start: number;
  readonly duration: number;
  readonly isIndependent: boolean;
  readonly endsSegment: boolean;
};

type TimedSample = FragmentSample & { readonly dts: number };

/** Cuts one run of samples whose tracks do not change; a new configuration is a new Segmenter. */
export class Segmenter {
  readonly #onPart: (plan: PartPlan) => void;
  readonly #lead: Track;
  readonly #follower: Track | undefined;
  readonly #leadQueue: TimedSample[] = [];
  readonly #followerQueue: Sample[] = [];
  /** The latest sample of the leading track: its duration is known when the next one comes. */
  #held: Sample | undefined;
  /** Ticks of the leading track. */
  #partStart = 0;
  #segmentStart = 0;
  #isStarted = false;
  #segmentStartsInSync = false;
  #stepTicks: number;
  readonly #partTicks: number;
  readonly #segmentTicks: number;
  readonly #segmentLimitTicks: number;

  constructor(options: {
    readonly tracks: readonly Track[];
    readonly timing: PartTiming;
    readonly frameDurationS: number;
    readonly onPart: (plan: PartPlan) => void;
  }) {
    const lead = options.tracks.find((track) => track.kind === 'video') ?? options.tracks[0];
    if (lead === undefined) throw new RangeError('a segmenter needs at least one track');
    this.#lead = lead;
    this.#follower = options.tracks.find((track) => track !== lead);
    this.#onPart = options.onPart;
    const { timescale } = lead;
    this.#partTicks = options.timing.partTarget * timescale;
    this.#segmentTicks = options.timing.segmentTarget * timescale;
    this.#segmentLimitTicks = (options.timing.targetDuration + EXTINF_ROUNDING_S) * timescale;
    this.#stepTicks = options.frameDurationS * timescale;
  }

  push(sample: Sample): void {
    if (sample.kind === this.#lead.kind) this.#pushLead(sample);
    else this.#pushFollower(sample);
  }

  /** Ends the run: everything held is written, and the segment is closed. */
  flush(): void {
    if (!this.#isStarted) return;
    let end = this.#partStart;
    if (this.#held !== undefined) {
      end = this.#held.dts + Math.round(this.#stepTicks);
      this.#settleHeld(end);
    }
    this.#fillUntil(end);
    if (end > this.#partStart) this.#closePart(end, true, Number.POSITIVE_INFINITY);
  }

  #pushLead(sample: Sample): void {
    if (!this.#isStarted) {
      this.#isStarted = true;
      this.#partStart = sample.dts;
      this.#segmentStart = sample.dts;
      this.#segmentStartsInSync = sample.isSync;
    } else {
      this.#settleHeld(sample.dts);
      this.#advance(sample);
    }
    this.#held = sample;
  }

  #pushFollower(sample: Sample): void {
    this.#followerQueue.push(sample);
    if (!this.#isStarted) return;
    const time = this.#toLeadTicks(sample.dts) - MAX_LEAD_LAG_S * this.#lead.timescale;
    if (time - this.#partStart <= this.#partTicks) return;
    if (this.#held !== undefined) {
      this.#settleHeld(this.#held.dts + Math.round(this.#stepTicks));
    }
    this.#fillUntil(time);
  }

  /** The held sample's duration is known: it belongs to the open part. */
  #settleHeld(nextDts: number): void {
    const held = this.#held;
    if (held === undefined) return;
    this.#held = undefined;
    const duration = Math.max(nextDts - held.dts, 1);
    if (duration < this.#partTicks) this.#stepTicks += (duration - this.#stepTicks) / 8;
    this.#leadQueue.push({
      dts: held.dts,
      duration,
      compositionOffset: held.pts - held.dts,
      isSync: held.isSync,
      data: held.data,
    });
  }

  /** Closes what `next`, the leading track's next sample, leaves behind. */
  #advance(next: Sample): void {
    this.#fillUntil(next.dts);
    const length = next.dts - this.#partStart;
    if (length > 0 && next.isSync && this.#mayStartSegment(next.dts)) {
      this.#closePart(next.dts, true, next.dts);
      this.#segmentStartsInSync = true;
    } else if (length >= MIN_PART_FILL * this.#partTicks && length + this.#stepTicks > this.#partTicks) {
      this.#closePart(next.dts, false, next.dts);
    }
  }

  #mayStartSegment(dts: number): boolean {
    return !this.#segmentStartsInSync || dts - this.#segmentStart >= this.#segmentTicks - this.#stepTicks / 2;
  }

  /** Time in which the leading track had no sample, or one that lasted longer than a part, still goes by in parts. */
  #fillUntil(dts: number): void {
    while (dts - this.#partStart > this.#partTicks) {
      const end = this.#partStart + Math.floor(this.#partTicks);
      this.#closePart(end, false, end);
    }
  }

  #closePart(end: number, endsSegmentHere: boolean, followerUntil: number): void {
    const tracks: FragmentTrack[] = [];
    const first = this.#leadQueue[0];
    let isIndependent = false;
    if (first !== undefined) {
      const samples = this.#leadQueue.splice(0);
      isIndependent = samples.some((sample) => sample.isSync);
      tracks.push({ trackId: this.#lead.id, kind: this.#lead.kind, baseDecodeTime: first.dts, samples });
    }
    const follower = this.#takeFollower(followerUntil);
    if (follower !== undefined) tracks.push(follower);
    const { timescale } = this.#lead;
    const start = this.#partStart / timescale;
    const duration = (end - this.#partStart) / timescale;
    const isFull = end - this.#segmentStart + this.#partTicks > this.#segmentLimitTicks;
    const endsSegment = endsSegmentHere || isFull;
    this.#partStart = end;
    if (endsSegment) {
      this.#segmentStart = end;
      this.#segmentStartsInSync = false;
    }
    this.#onPart({ tracks, start, duration, isIndependent, endsSegment });
  }

  /** The other track's samples that begin before `until`, ticks of the leading track. */
  #takeFollower(until: number): FragmentTrack | undefined {
    const track = this.#follower;
    const first = this.#followerQueue[0];
    if (track === undefined || first === undefined) return undefined;
    let count = 0;
    for (const sample of this.#followerQueue) {
      if (this.#toLeadTicks(sample.dts) >= until) break;
      count += 1;
    }
    if (count === 0) return undefined;
    const frameTicks = track.kind === 'audio' ? track.config.frameSamples : 1;
    const next = this.#followerQueue[count];
    const taken = this.#followerQueue.splice(0, count);
    const samples = taken.map((sample, at): FragmentSample => {
      const following = taken[at + 1] ?? next;
      const duration = following === undefined ? frameTicks : Math.max(following.dts - sample.dts, 1);
      return { duration, compositionOffset: 0, isSync: true, data: sample.data };
    });
    return { trackId: track.id, kind: track.kind, baseDecodeTime: first.dts, samples };
  }

  #toLeadTicks(followerDts: number): number {
    return (followerDts * this.#lead.timescale) / (this.#follower?.timescale ?? this.#lead.timescale);
  }
}
