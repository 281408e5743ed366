// The second track of a run. Its samples wait until the leading track's part is cut.

import { frameTicks } from '../codec/codec-config.ts';
import type { Sample } from '../media/sample.ts';
import { SampleQueue } from '../media/sample-queue.ts';
import { fromTicks, TICKS_PER_SECOND, toTicks } from '../media/ticks.ts';
import type { Track } from '../media/track.ts';
import type { FragmentSample, FragmentTrack } from '../mp4/fragment.ts';
import { mp4TrackId } from '../mp4/track-id.ts';

/** Most sound to fill in at the end of a run, half a second: encoders leave out some at a change. */
const MAX_SOUND_GAP = TICKS_PER_SECOND / 2;

/** Times are ticks of the common scale where a comment does not say otherwise. */
export class FollowerTrack {
  readonly track: Track;
  readonly #queue: SampleQueue;
  /** End of the last written sample, ticks of this track. */
  #writtenEnd = 0;
  /** Data of the last written sample. */
  #lastWritten: Buffer | undefined;

  /** `copy` puts data where it stays until the part is written (SampleQueue). */
  constructor(track: Track, copy: (data: Buffer) => Buffer) {
    this.track = track;
    this.#queue = new SampleQueue(copy);
  }

  /** Memory of the waiting samples. */
  get heldBytes(): number {
    return this.#queue.bytes;
  }

  /** When the last waiting sample ends; 0 when none waits. */
  get queueEnd(): number {
    const { last } = this.#queue;
    return last === undefined ? 0 : this.#endOf(last);
  }

  push(sample: Sample): void {
    this.#queue.push(sample);
  }

  /** Copies the data of the waiting samples once more. */
  copyAgain(): void {
    this.#queue.copyAgain();
  }

  /** Takes the waiting samples for the next run. */
  takeAll(): readonly Sample[] {
    return this.#queue.takeAll();
  }

  /** The last waiting sample that begins before `until`. */
  lastBefore(until: number): Sample | undefined {
    for (let at = this.#queue.length - 1; at >= 0; at -= 1) {
      const sample = this.#queue.at(at);
      if (this.#begins(sample, until)) return sample;
    }
    return undefined;
  }

  /** When a sample of this track begins. */
  startOf(sample: Sample): number {
    return toTicks(sample.dts, this.track.timescale);
  }

  /** When the last waiting sample that begins before `until` ends; 0 without one. */
  endBefore(until: number): number {
    const last = this.lastBefore(until);
    return last === undefined ? 0 : this.#endOf(last);
  }

  /**
   * The end of the run's sound, ticks of this track: the end of its pictures; 0 if too much is missing. If sound ends before a
   * last segment of one or two pictures, hls.js 1.7.4 requests nothing after that segment (decision 9). `last` is the last sample of the run.
   */
  soundEnd(last: Sample | undefined, ends: readonly number[]): number {
    const from = last?.dts ?? this.#writtenEnd;
    const { timescale } = this.track;
    const most = from + fromTicks(MAX_SOUND_GAP, timescale);
    for (const end of ends) {
      const until = Math.floor(end / (TICKS_PER_SECOND / timescale));
      if (until <= most) return until;
    }
    return 0;
  }

  /**
   * Takes the samples that begin before `until`. The last one lasts until `soundEnd`, ticks of this track. If there is none, the
   * last written sample is repeated.
   */
  take(until: number, soundEnd: number): FragmentTrack | undefined {
    const queue = this.#queue;
    const oldest = queue.at(0);
    // A clock that went back a little must not overlap written samples.
    const baseDecodeTime = Math.max(this.#begins(oldest, until) ? oldest.dts : 0, this.#writtenEnd);
    const samples: FragmentSample[] = [];
    let time = baseDecodeTime;
    let last = this.#lastWritten;
    const write = (data: Buffer, duration: number): void => {
      samples.push({ duration, compositionOffset: 0, isSync: true, data });
      last = data;
      time += duration;
    };
    for (let sample = oldest; this.#begins(sample, until); sample = queue.at(0)) {
      queue.shift();
      const following = queue.at(0);
      const ownTicks = following === undefined ? this.#frameTicks(1) : Math.max(following.dts - time, 1);
      const isLast = !this.#begins(following, until);
      write(sample.data, isLast ? Math.max(ownTicks, soundEnd - time) : ownTicks);
    }
    if (samples.length === 0 && last !== undefined && soundEnd > time) write(last, soundEnd - time);
    if (samples.length === 0) return undefined;
    this.#writtenEnd = time;
    if (last !== undefined) this.#lastWritten = Buffer.from(last);
    return { trackId: mp4TrackId(this.track.id), kind: this.track.kind, baseDecodeTime, samples };
  }

  #endOf(sample: Sample): number {
    return toTicks(sample.dts + this.#frameTicks(0), this.track.timescale);
  }

  #begins(sample: Sample | undefined, until: number): sample is Sample {
    return sample !== undefined && this.startOf(sample) < until;
  }

  /** Ticks of one frame, or `otherwise` if the codec has no frame length. */
  #frameTicks(otherwise: number): number {
    return this.track.kind === 'audio' ? frameTicks(this.track.config) : otherwise;
  }
}
