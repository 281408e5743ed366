// The last key frame replaces pictures that stop while sound continues, so that the run keeps its tracks (decision 4).

import { freeBytes } from '../bytes/free-bytes.ts';
import { stillOf } from '../codec/avc-still.ts';
import type { Sample } from '../media/sample.ts';
import { fromTicks, ticksOfMs, ticksOfSeconds, toTicks } from '../media/ticks.ts';
import type { VideoTrack } from '../media/track.ts';
import type { MediaBudget, NotReplaced } from './media-budget.ts';
import { MAX_TRACK_SILENCE } from './track-presence.ts';

/** Pictures count as lost after a second of media: players near the live edge have about that in their buffer. */
const LEAST_PATIENCE = ticksOfSeconds(1);
/** Slow pictures get their usual distance, multiplied by this. */
const PATIENCE_ROOM = 1.2;
/** Factor for the longest distance at each picture. */
const LONGEST_STEP_FADE = 0.8;
/** Factor for the largest delay at each picture. */
const FADE = 0.999;
/** Distance of the stills: parts wait this long, and each still costs a key frame. */
const STEP = ticksOfMs(500);
/** Key frames of one stream are alike: with some room few need new memory. */
const KEY_FRAME_ROOM = 1.2;
/** Memory that is larger than a key frame by this factor is not kept for it. */
const MAX_KEY_FRAME_ROOM = 4;

export type StillEvent =
  /** Pictures have stopped, and the last key frame replaces them. */
  | { readonly kind: 'begins'; readonly track: VideoTrack }
  /** Pictures have stopped, and nothing replaces them from now on. */
  | { readonly kind: 'gives-up'; readonly track: VideoTrack; readonly reason: NotReplaced }
  | { readonly kind: 'made'; readonly pictures: number }
  /** A picture that refers to missing ones. */
  | { readonly kind: 'waits' };

const NONE: readonly Sample[] = [];

/** For one source. Times are ticks of the common scale unless a comment says otherwise. */
export class StillPicture {
  readonly #onEvent: (event: StillEvent) => void;
  #track: VideoTrack | undefined;
  /** A copy of the last key frame, in memory that the next one uses again. */
  #keyFrame: Buffer | undefined;
  #keyMemory = Buffer.alloc(0);
  #still: Buffer | undefined;
  /** Decode time of the last picture, ticks of the track. */
  #lastDts = 0;
  #newest = Number.NEGATIVE_INFINITY;
  /** The newest time of any sample at the last picture. */
  #pictureAt = 0;
  #longestStep: number | undefined;
  /** The largest recent delay after sound. */
  #delay = 0;
  #heldUntil = 0;
  #isWaiting = false;
  /** The rest of the gap stays empty: stills that begin again later would be behind the sound. */
  #hasGivenUp = false;
  readonly #budget: MediaBudget;

  constructor(budget: MediaBudget, onEvent: (event: StillEvent) => void) {
    this.#budget = budget;
    this.#onEvent = onEvent;
  }

  /** Memory of the stored key frame. */
  get heldBytes(): number {
    return this.#keyMemory.length + (this.#still?.length ?? 0);
  }

  /** The last sample of `before` cannot be decoded before the next key frame. */
  get isWaiting(): boolean {
    return this.#isWaiting;
  }

  /**
   * A sample of the source with its decode time. `picture` is the run's video track, if the source still announces it.
   * @returns the stills that belong before the sample
   */
  before(sample: Sample, time: number, picture: VideoTrack | undefined): readonly Sample[] {
    this.#isWaiting = false;
    this.#note(time, picture);
    if (picture === undefined) return NONE;
    if (sample.kind === 'video') this.#see(sample, time, picture);
    else if (this.#newest - this.#pictureAt > this.#patience()) return this.#fill(picture);
    return NONE;
  }

  /** A sample from the start gate. These are sorted by time, so the order of their arrival is not known. */
  hold(sample: Sample, time: number, picture: VideoTrack | undefined): void {
    this.#note(time, picture);
    if (picture !== undefined && sample.kind === 'video') {
      this.#see(sample, time, picture);
      this.#heldUntil = time;
    }
    this.#pictureAt = this.#newest;
    this.#delay = this.#keyFrame === undefined ? 0 : this.#newest - this.#heldUntil;
  }

  #note(time: number, picture: VideoTrack | undefined): void {
    if (time > this.#newest) this.#newest = time;
    if (picture !== this.#track) this.#begin(picture);
  }

  #begin(picture: VideoTrack | undefined): void {
    this.#track = picture;
    this.#keyFrame = undefined;
    this.#still = undefined;
    this.#hasGivenUp = false;
    this.#longestStep = undefined;
    this.#delay = 0;
    this.#pictureAt = this.#newest;
  }

  #see(sample: Sample, time: number, { timescale }: VideoTrack): void {
    if (this.#still !== undefined && !sample.isSync) {
      this.#isWaiting = true;
      this.#onEvent({ kind: 'waits' });
      return;
    }
    if (this.#keyFrame !== undefined && this.#still === undefined) {
      const step = toTicks(sample.dts - this.#lastDts, timescale);
      this.#longestStep = Math.max(step, Math.round((this.#longestStep ?? 0) * LONGEST_STEP_FADE));
    }
    if (sample.isSync) this.#keep(sample.data);
    this.#still = undefined;
    this.#hasGivenUp = false;
    this.#lastDts = sample.dts;
    this.#delay = Math.max(this.#newest - time, this.#delay * FADE);
    this.#pictureAt = this.#newest;
  }

  #keep(data: Buffer): void {
    const { length } = this.#keyMemory;
    if (data.length > length || data.length * MAX_KEY_FRAME_ROOM < length) {
      freeBytes(this.#keyMemory);
      this.#keyMemory = Buffer.allocUnsafeSlow(Math.ceil(data.length * KEY_FRAME_ROOM));
    }
    this.#keyMemory.set(data);
    this.#keyFrame = this.#keyMemory.subarray(0, data.length);
  }

  #patience(): number {
    // After a single picture the next one may be this late.
    if (this.#longestStep === undefined) return MAX_TRACK_SILENCE;
    return Math.min(Math.max(this.#longestStep * PATIENCE_ROOM, LEAST_PATIENCE), MAX_TRACK_SILENCE);
  }

  #fill(picture: VideoTrack): readonly Sample[] {
    const { id, timescale, config } = picture;
    const keyFrame = this.#keyFrame;
    const until = fromTicks(Math.round(this.#newest - this.#delay), timescale);
    if (this.#hasGivenUp) return NONE;
    const data = this.#still ?? (keyFrame && stillOf(keyFrame, config.lengthSize));
    if (data === undefined) return this.#giveUp(picture, 'impossible');
    if (toTicks(until - this.#lastDts, timescale) > 2 * MAX_TRACK_SILENCE)
      return this.#giveUp(picture, 'too-fast');
    const stepTicks = fromTicks(STEP, timescale);
    const missing = Math.max(Math.floor((until - this.#lastDts) / stepTicks), 0);
    const count = this.#budget.take(missing, STEP);
    const isSpent = count < missing;
    // Without a still, returning pictures still have their references.
    if (count === 0) return isSpent ? this.#giveUp(picture, 'too-fast') : NONE;
    if (this.#still === undefined) this.#onEvent({ kind: 'begins', track: picture });
    this.#still = data;
    const stills: Sample[] = [];
    while (stills.length < count) {
      const dts = this.#lastDts + stepTicks;
      stills.push({ trackId: id, kind: 'video', dts, pts: dts, isSync: true, data, afterJump: false });
      this.#lastDts = dts;
    }
    this.#onEvent({ kind: 'made', pictures: count });
    if (isSpent) this.#giveUp(picture, 'too-fast');
    return stills;
  }

  #giveUp(track: VideoTrack, reason: NotReplaced): readonly Sample[] {
    this.#hasGivenUp = true;
    this.#onEvent({ kind: 'gives-up', track, reason });
    return NONE;
  }
}
