// Pictures that stop while sound goes on: the last key frame stands in their place, so that the run keeps its tracks, as silence does
// for sound (decision 4).

import type { Clock } from '../clock.ts';
import { stillOf } from '../codec/avc-still.ts';
import type { Sample } from '../media/sample.ts';
import { fromTicks, ticksOfMs, ticksOfSeconds, toTicks } from '../media/ticks.ts';
import type { VideoTrack } from '../media/track.ts';
import { MAX_TRACK_SILENCE } from './track-presence.ts';

/** Pictures that are away for a second of media are taken for lost; it is what players near live have in hand. */
const LEAST_PATIENCE = ticksOfSeconds(1);
/** Slow pictures are waited for as long as they lie apart, and this much longer. */
const PATIENCE_ROOM = 1.2;
/** How much the longest distance counts a picture later. */
const LONGEST_STEP_FADE = 0.8;
/** How much the largest delay counts a picture later. */
const FADE = 0.999;
/** A still is shown for half a second: parts wait for it no longer, and key frames cost what they do in other streams. */
const STEP = ticksOfMs(500);
/** Stills for each second that goes by, and what may be made up for: a clock that runs away makes no more. */
const STILLS_PER_SECOND = 4;
const MAX_BEHIND = 48;

export type StillEvent =
  | { readonly kind: 'begins'; readonly track: VideoTrack }
  | { readonly kind: 'made'; readonly pictures: number }
  /** A picture that came back, and cannot be decoded without those that did not come. */
  | { readonly kind: 'waits' };

const NONE: readonly Sample[] = [];

/** Of one source. Times are ticks of the common scale where a comment does not say otherwise. */
export class StillPicture {
  readonly #onEvent: (event: StillEvent) => void;
  #track: VideoTrack | undefined;
  #keyFrame: Sample | undefined;
  #still: Buffer | undefined;
  /** Of the last picture, ticks of the track. */
  #lastDts = 0;
  #newest = Number.NEGATIVE_INFINITY;
  /** The newest time of any sample when a picture came last. */
  #pictureAt = 0;
  #longestStep: number | undefined;
  /** The most that pictures came behind sound lately. */
  #delay = 0;
  #heldUntil = 0;
  #isWaiting = false;
  /** When the stills began, and how many there have been. */
  #beganAtMs = 0;
  #made = 0;
  readonly #clock: Pick<Clock, 'monotonicMs'>;

  constructor(clock: Pick<Clock, 'monotonicMs'>, onEvent: (event: StillEvent) => void) {
    this.#clock = clock;
    this.#onEvent = onEvent;
  }

  /** What the kept key frame costs. */
  get heldBytes(): number {
    return (this.#keyFrame?.data.length ?? 0) + (this.#still?.length ?? 0);
  }

  /** The sample that `before` was asked about cannot be decoded: a key frame has to come first. */
  get isWaiting(): boolean {
    return this.#isWaiting;
  }

  /**
   * A sample of the source comes; `time` is when it is decoded, `picture` the run's video track, if it has one and the source still
   * announces it.
   * @returns what is to be played before it
   */
  before(sample: Sample, time: number, picture: VideoTrack | undefined): readonly Sample[] {
    this.#isWaiting = false;
    this.#note(time, picture);
    if (picture === undefined) return NONE;
    if (sample.kind === 'video') this.#see(sample, time, picture);
    else if (this.#newest - this.#pictureAt > this.#patience()) return this.#fill(picture);
    return NONE;
  }

  /** A sample of those that were held at a source's start, and come in the order of their times: what came when is not known. */
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
    if (sample.isSync) this.#keyFrame = sample;
    this.#still = undefined;
    this.#lastDts = sample.dts;
    this.#delay = Math.max(this.#newest - time, this.#delay * FADE);
    this.#pictureAt = this.#newest;
  }

  #patience(): number {
    // A single picture tells nothing yet: the next one may come this late.
    if (this.#longestStep === undefined) return MAX_TRACK_SILENCE;
    return Math.min(Math.max(this.#longestStep * PATIENCE_ROOM, LEAST_PATIENCE), MAX_TRACK_SILENCE);
  }

  #fill(picture: VideoTrack): readonly Sample[] {
    const { id, timescale, config } = picture;
    const keyFrame = this.#keyFrame;
    const until = fromTicks(Math.round(this.#newest - this.#delay), timescale);
    if (keyFrame === undefined || toTicks(until - this.#lastDts, timescale) > 2 * MAX_TRACK_SILENCE)
      return NONE;
    if (this.#still === undefined) {
      this.#beganAtMs = this.#clock.monotonicMs();
      this.#made = 0;
      this.#onEvent({ kind: 'begins', track: picture });
    }
    const data = this.#still ?? stillOf(keyFrame.data, config.lengthSize);
    this.#still = data;
    const elapsedS = (this.#clock.monotonicMs() - this.#beganAtMs) / 1000;
    const most = MAX_BEHIND + STILLS_PER_SECOND * elapsedS;
    const stills: Sample[] = [];
    const stepTicks = fromTicks(STEP, timescale);
    for (let dts = this.#lastDts + stepTicks; dts <= until && this.#made < most; dts += stepTicks) {
      this.#made += 1;
      stills.push({ trackId: id, kind: 'video', dts, pts: dts, isSync: true, data, afterJump: false });
      this.#lastDts = dts;
    }
    if (stills.length > 0) this.#onEvent({ kind: 'made', pictures: stills.length });
    return stills;
  }
}
