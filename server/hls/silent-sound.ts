// Silence replaces sound that stops while pictures continue, so that the run keeps its tracks. Players of a muxed playlist stall when
// one of its tracks ends, and most of them stop at a run without one of the tracks (decision 4).

import { silentAacFrame } from '../codec/aac-silence.ts';
import { frameTicks } from '../codec/codec-config.ts';
import type { Sample } from '../media/sample.ts';
import { fromTicks, ticksOfMs, toTicks } from '../media/ticks.ts';
import type { AudioTrack } from '../media/track.ts';
import type { MediaBudget, NotReplaced } from './media-budget.ts';
import { MAX_TRACK_SILENCE, TRACK_LOST } from './track-presence.ts';

/** Sound counts as lost after half a second of media: players near the live edge have about a second in their buffer. */
const LEAST_PATIENCE = ticksOfMs(500);
/** Encoders that send sound in larger pieces get their usual pause, multiplied by this. */
const PATIENCE_ROOM = 1.5;
/** Factor for the longest pause and the largest delay at each sample: they lose a third in about ten seconds. */
const FADE = 0.999;

export type SilenceEvent =
  /** Sound has stopped, and silence replaces it. */
  | { readonly kind: 'begins'; readonly track: AudioTrack }
  /** Sound has stopped, and nothing replaces it from now on. */
  | { readonly kind: 'gives-up'; readonly track: AudioTrack; readonly reason: NotReplaced }
  | { readonly kind: 'made'; readonly frames: number }
  /** A frame of sound arrived after silence had replaced it. */
  | { readonly kind: 'late' };

const NONE: readonly Sample[] = [];

/** For one source. Times are ticks of the common scale unless a comment says otherwise. */
export class SilentSound {
  readonly #budget: MediaBudget;
  readonly #onEvent: (event: SilenceEvent) => void;
  #track: AudioTrack | undefined;
  #frame: Buffer | undefined;
  /** Start of the next frame of sound, ticks of the track; undefined before the first frame. */
  #nextDts: number | undefined;
  /** End of the last silent frame, ticks of the track. */
  #silentUntil = Number.NEGATIVE_INFINITY;
  /** The newest time of any sample, and its value at the last frame of sound. */
  #newest = Number.NEGATIVE_INFINITY;
  #soundAt = 0;
  /** The longest recent pause, and the largest recent delay after pictures. */
  #longestWait = 0;
  #delay = 0;
  #heldUntil = 0;
  #isSilent = false;
  /** Silence was made since the sound stopped. */
  #hasBegun = false;
  #isLate = false;
  /** The rest of the gap stays empty: silence that begins again later would be behind the pictures. */
  #hasGivenUp = false;

  constructor(budget: MediaBudget, onEvent: (event: SilenceEvent) => void) {
    this.#budget = budget;
    this.#onEvent = onEvent;
  }

  /**
   * A sample of the source with its decode time. `sound` is the run's audio track, if the source still announces it.
   * @returns the silent frames that belong before the sample
   */
  before(sample: Sample, time: number, sound: AudioTrack | undefined): readonly Sample[] {
    this.#isLate = false;
    this.#note(time, sound);
    if (sound === undefined) return NONE;
    return sample.kind === 'audio' ? this.#hear(sample, time, sound) : this.#wait(sound);
  }

  /** A sample from the start gate. These are sorted by time, so the order of their arrival is not known. */
  hold(sample: Sample, time: number, sound: AudioTrack | undefined): void {
    this.#note(time, sound);
    if (sound !== undefined && sample.kind === 'audio') {
      this.#nextDts = sample.dts + frameTicks(sound.config);
      this.#heldUntil = time;
    }
    this.#soundAt = this.#newest;
    this.#delay = this.#nextDts === undefined ? 0 : this.#newest - this.#heldUntil;
  }

  /** Silence has replaced the last sample of `before`. */
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
    this.#endSilence();
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
    // Late sound was not lost: this source sends it so late.
    if (isLate || !this.#isSilent) this.#longestWait = Math.max(waited, this.#longestWait * FADE);
    if (isLate) {
      this.#isLate = true;
      this.#endSilence();
      this.#onEvent({ kind: 'late' });
      return NONE;
    }
    const silence = this.#isSilent ? this.#fill(sample.dts + ticks / 2, sound) : NONE;
    this.#endSilence();
    this.#nextDts = sample.dts + ticks;
    return silence;
  }

  #wait(sound: AudioTrack): readonly Sample[] {
    if (this.#nextDts === undefined) return NONE;
    const patience = Math.min(Math.max(this.#longestWait * PATIENCE_ROOM, LEAST_PATIENCE), TRACK_LOST);
    if (this.#newest - this.#soundAt <= patience) return NONE;
    this.#isSilent = true;
    return this.#fill(fromTicks(Math.round(this.#newest - this.#delay), sound.timescale), sound);
  }

  #endSilence(): void {
    this.#isSilent = false;
    this.#hasBegun = false;
    this.#hasGivenUp = false;
  }

  #giveUp(track: AudioTrack, reason: NotReplaced): readonly Sample[] {
    this.#hasGivenUp = true;
    this.#onEvent({ kind: 'gives-up', track, reason });
    return NONE;
  }

  /** Silence up to `until`, ticks of the track; none for a gap that is longer than any track may be silent. */
  #fill(until: number, track: AudioTrack): readonly Sample[] {
    const { id, timescale, config } = track;
    const data = this.#frame;
    let dts = this.#nextDts ?? until;
    if (this.#hasGivenUp) return NONE;
    if (data === undefined) return this.#giveUp(track, 'impossible');
    if (toTicks(until - dts, timescale) > MAX_TRACK_SILENCE) return this.#giveUp(track, 'too-fast');
    const ticks = frameTicks(config);
    const missing = Math.max(Math.floor((until - dts) / ticks), 0);
    const count = this.#budget.take(missing, toTicks(ticks, timescale));
    const frames: Sample[] = [];
    for (; frames.length < count; dts += ticks)
      frames.push({ trackId: id, kind: 'audio', dts, pts: dts, isSync: true, data, afterJump: false });
    this.#nextDts = dts;
    if (count > 0) {
      this.#silentUntil = dts;
      if (!this.#hasBegun) this.#onEvent({ kind: 'begins', track });
      this.#hasBegun = true;
      this.#onEvent({ kind: 'made', frames: count });
    }
    if (count < missing) this.#giveUp(track, 'too-fast');
    return frames;
  }
}
