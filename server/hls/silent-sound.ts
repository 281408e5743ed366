// Sound that stops while pictures go on: silence takes its place, so that the run keeps its tracks. Players of a muxed playlist
// stand still where one of its tracks ends, and plain ones end where a track is gone from the next run (decision 4).

import { silentAacFrame } from '../codec/aac-silence.ts';
import { frameTicks } from '../codec/codec-config.ts';
import type { Sample } from '../media/sample.ts';
import { fromTicks, ticksOfMs, toTicks } from '../media/ticks.ts';
import type { AudioTrack } from '../media/track.ts';
import { MAX_TRACK_SILENCE, TRACK_LOST } from './track-presence.ts';

/** Sound that is away for half a second of media is taken for lost: players near live have about a second in hand. */
const LEAST_PATIENCE = ticksOfMs(500);
/** Encoders that send sound in larger pieces are waited for as long as these take, and this much longer. */
const PATIENCE_ROOM = 1.5;
/** How much the longest wait and the largest delay count a sample later: a third less after some ten seconds. */
const FADE = 0.999;

export type SilenceEvent =
  | { readonly kind: 'begins'; readonly track: AudioTrack }
  | { readonly kind: 'made'; readonly frames: number }
  /** A frame of sound came when its time had been filled. */
  | { readonly kind: 'late' };

const NONE: readonly Sample[] = [];

/** Of one source. Times are ticks of the common scale where a comment does not say otherwise. */
export class SilentSound {
  readonly #onEvent: (event: SilenceEvent) => void;
  #track: AudioTrack | undefined;
  #frame: Buffer | undefined;
  /** Where the next frame of sound begins, ticks of the track; undefined before the first. */
  #nextDts: number | undefined;
  /** Where silence ended that was played last, ticks of the track. */
  #silentUntil = Number.NEGATIVE_INFINITY;
  /** The newest time of any sample, and what it was when sound came last. */
  #newest = Number.NEGATIVE_INFINITY;
  #soundAt = 0;
  /** The longest that sound stayed away lately, and the most that it came behind pictures. */
  #longestWait = 0;
  #delay = 0;
  #heldUntil = 0;
  #isSilent = false;
  #isLate = false;

  constructor(onEvent: (event: SilenceEvent) => void) {
    this.#onEvent = onEvent;
  }

  /**
   * A sample of the source comes; `time` is when it is decoded, `sound` the run's audio track, if it has one and the source still
   * announces it.
   * @returns what is to be played before it
   */
  before(sample: Sample, time: number, sound: AudioTrack | undefined): readonly Sample[] {
    this.#isLate = false;
    this.#note(time, sound);
    if (sound === undefined) return NONE;
    return sample.kind === 'audio' ? this.#hear(sample, time, sound) : this.#wait(sound);
  }

  /** A sample of those that were held at a source's start, and come in the order of their times: what came when is not known. */
  hold(sample: Sample, time: number, sound: AudioTrack | undefined): void {
    this.#note(time, sound);
    if (sound !== undefined && sample.kind === 'audio') {
      this.#nextDts = sample.dts + frameTicks(sound.config);
      this.#heldUntil = time;
    }
    this.#soundAt = this.#newest;
    this.#delay = this.#nextDts === undefined ? 0 : this.#newest - this.#heldUntil;
  }

  /** Whether silence was played in place of the sample that `before` was asked about. */
  get isLate(): boolean {
    return this.#isLate;
  }

  #note(time: number, sound: AudioTrack | undefined): void {
    if (time > this.#newest) this.#newest = time;
    if (sound !== this.#track) this.#begin(sound);
  }

  #begin(sound: AudioTrack | undefined): void {
    this.#track = sound;
    this.#frame = sound === undefined ? undefined : silentAacFrame(sound.config);
    this.#nextDts = undefined;
    this.#silentUntil = Number.NEGATIVE_INFINITY;
    this.#isSilent = false;
    this.#soundAt = this.#newest;
    this.#longestWait = 0;
    this.#delay = 0;
  }

  #hear(sample: Sample, time: number, sound: AudioTrack): readonly Sample[] {
    const waited = this.#newest - this.#soundAt;
    const ticks = frameTicks(sound.config);
    this.#soundAt = this.#newest;
    this.#delay = Math.max(this.#newest - time, this.#delay * FADE);
    const isLate = sample.dts + ticks / 2 < this.#silentUntil;
    // Sound that comes late was not lost: it takes so long.
    if (isLate || !this.#isSilent) this.#longestWait = Math.max(waited, this.#longestWait * FADE);
    if (isLate) {
      this.#isLate = true;
      this.#isSilent = false;
      this.#onEvent({ kind: 'late' });
      return NONE;
    }
    const silence = this.#isSilent ? this.#fill(sample.dts + ticks / 2, sound) : NONE;
    this.#isSilent = false;
    this.#nextDts = sample.dts + ticks;
    return silence;
  }

  #wait(sound: AudioTrack): readonly Sample[] {
    if (this.#nextDts === undefined) return NONE;
    const patience = Math.min(Math.max(this.#longestWait * PATIENCE_ROOM, LEAST_PATIENCE), TRACK_LOST);
    if (this.#newest - this.#soundAt <= patience) return NONE;
    if (!this.#isSilent && this.#frame !== undefined) this.#onEvent({ kind: 'begins', track: sound });
    this.#isSilent = true;
    return this.#fill(fromTicks(Math.round(this.#newest - this.#delay), sound.timescale), sound);
  }

  /** Silence up to `until`, ticks of the track. What would be longer than any track is waited for is left out. */
  #fill(until: number, { id, timescale, config }: AudioTrack): readonly Sample[] {
    const data = this.#frame;
    let dts = this.#nextDts ?? until;
    if (data === undefined || toTicks(until - dts, timescale) > MAX_TRACK_SILENCE) return NONE;
    const ticks = frameTicks(config);
    const frames: Sample[] = [];
    for (; dts + ticks <= until; dts += ticks)
      frames.push({ trackId: id, kind: 'audio', dts, pts: dts, isSync: true, data, afterJump: false });
    this.#nextDts = dts;
    if (frames.length === 0) return NONE;
    this.#silentUntil = dts;
    this.#onEvent({ kind: 'made', frames: frames.length });
    return frames;
  }
}
