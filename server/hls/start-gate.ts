// Holds a source's first samples until its tracks, frame rate and start time are known. The work for a sample does not depend on
// the number of held samples.

import { frameTicks, promisedFrameRate } from '../codec/codec-config.ts';
import type { SourceHints } from '../live/sink.ts';
import type { Sample } from '../media/sample.ts';
import { SampleQueue } from '../media/sample-queue.ts';
import { msOf, ticksOfMs, ticksOfSeconds, toTicks } from '../media/ticks.ts';
import type { Track, TrackKind } from '../media/track.ts';
import { BLOCK_BYTES, BlockPool } from './part-arena.ts';
import { assumedFrameDuration, frameDuration } from './part-timing.ts';
import { SampleMemory } from './sample-memory.ts';

/** How long to wait for a track without a configuration, a second of media. */
const MAX_TRACK_WAIT = ticksOfSeconds(1);
/** How long to wait for a track with a configuration: tracks of one source start up to this far apart. */
const MAX_SILENT_TRACK_WAIT = ticksOfSeconds(3);
/** Distances of timestamps for the frame rate; they arrive before the first part is full. */
const WANTED_STEPS = 4;
/** At very low frame rates two distances are enough after this long, half a second of media: one may be irregular. */
const MAX_STEP_WAIT = ticksOfMs(500);
const LEAST_STEPS = 2;
/** Distances that are kept: a second at 120 frames a second. */
const MAX_STEPS = 128;
/**
 * Media from an encoder's buffer arrives at once (ffmpeg's -re sends half a second ahead); only its end shows the time. A source
 * that continues like this for a second of media sends segments or a file at full speed, and is not waited for.
 */
const MAX_BURST = ticksOfSeconds(1);
/** A frame that arrives within this share of a frame duration is faster than real time. */
const BURST_PACE = 0.5;
/** Limit of held media: a second at 64 Mbit/s. */
const MAX_HELD_BYTES = 8 * 1024 * 1024;
/** The held data is copied once more if this many times as much, and a block, has been written since the last time. */
const RENEW_RATIO = 2;

/** The result when the gate opens. Times are ticks of the common scale. */
export type GateResult = {
  /** Tracks with samples; others join later. */
  readonly tracks: readonly Track[];
  readonly lead: Track;
  /** In the order of their decode times, from the leading track's first sync sample on. Their data is valid until `release`. */
  readonly samples: readonly Sample[];
  /** When the leading track's first sample is to be decoded. */
  readonly start: number;
  readonly frameDuration: number;
  /** Time 0 of the source's timeline on the wall clock, the earliest of all samples since its clock last jumped. */
  readonly originMs: number;
};

/** The samples of one track that are held, and their distances, ticks of the common scale: the first MAX_STEPS. */
type HeldTrack = { readonly samples: SampleQueue; readonly steps: number[] };

export class StartGate {
  readonly #hints: SourceHints;
  readonly #maxHeldBytes: number;
  readonly #tracks = new Map<TrackKind, Track>();
  readonly #memory: SampleMemory;
  readonly #held: Readonly<Record<TrackKind, HeldTrack>>;
  #hasVideoFlow = false;
  #firstTime: number | undefined;
  #lastTime = 0;
  /** Time of the newest picture, whether it was held or not. */
  #lastVideoTime = 0;
  #originMs = Number.POSITIVE_INFINITY;
  /** Arrival and time of the latest sample of the leading track. */
  #leadArrivalMs = 0;
  #leadTime = 0;
  #isBurst = false;

  /** `maxHeldBytes`: a gate with more media opens. `pool`: memory for the samples; by default it is not used again. */
  constructor(hints: SourceHints, maxHeldBytes = MAX_HELD_BYTES, pool = new BlockPool(0)) {
    this.#hints = hints;
    this.#memory = new SampleMemory(pool);
    this.#held = { video: this.#emptyTrack(), audio: this.#emptyTrack() };
    this.#maxHeldBytes = Math.min(maxHeldBytes, MAX_HELD_BYTES);
  }

  /** Memory that is taken for samples, whether they are still held or not. */
  get usedBytes(): number {
    return this.#memory.usedBytes;
  }

  /** Memory of the held samples. */
  get heldBytes(): number {
    return this.#held.video.samples.bytes + this.#held.audio.samples.bytes;
  }

  /** Whether samples of a track wait here. */
  holds(kind: TrackKind): boolean {
    return this.#held[kind].samples.length > 0;
  }

  /** A track is new or changed; held samples of its former configuration cannot be played with it and are dropped. */
  setTrack(track: Track): void {
    if (this.#tracks.has(track.kind)) this.#drop(track.kind);
    this.#tracks.set(track.kind, track);
  }

  /** @returns the result when the gate opens; after that, use the gate for `release` only */
  push(sample: Sample, arrivalMs: number): GateResult | undefined {
    const track = this.#tracks.get(sample.kind);
    if (track === undefined) return undefined;
    const time = toTicks(sample.dts, track.timescale);
    this.#firstTime ??= time;
    this.#lastTime = Math.max(this.#lastTime, time);
    // A jump of the source's clock gives other dates, as it does later (RunClock).
    const originMs = sample.afterJump ? Number.POSITIVE_INFINITY : this.#originMs;
    this.#originMs = Math.min(originMs, arrivalMs - msOf(time));
    if (sample.kind === 'video') {
      this.#hasVideoFlow = true;
      this.#lastVideoTime = time;
    }
    // Nothing can decode a picture before the first key frame, and the sound from before that picture is not needed.
    if (sample.kind === 'video' && !sample.isSync && !this.holds('video')) this.#dropSoundUntil(time);
    else this.#hold(sample, time);
    const lead = this.#lead();
    if (lead?.kind === sample.kind) this.#notePace(time, arrivalMs);
    return lead !== undefined && this.#isOpen(lead) ? this.#result(lead) : undefined;
  }

  /** The held media if the source ended before the gate opened; undefined if it cannot be played. */
  finish(): GateResult | undefined {
    const lead = this.#playableLead();
    return lead === undefined ? undefined : this.#result(lead);
  }

  /** Returns the memory of all samples, also of a result. */
  release(): void {
    this.#drop('video');
    this.#drop('audio');
    this.#memory.release();
  }

  #emptyTrack(): HeldTrack {
    return { samples: new SampleQueue((data) => this.#memory.keep(data)), steps: [] };
  }

  #hold(sample: Sample, time: number): void {
    const { samples, steps } = this.#held[sample.kind];
    // Dropped samples, such as sound before the first key frame, leave their data behind.
    if (this.#memory.keptBytes > RENEW_RATIO * this.heldBytes + BLOCK_BYTES)
      this.#memory.renew(() => {
        for (const { samples: kept } of Object.values(this.#held)) kept.copyAgain();
      });
    const { last } = samples;
    if (last !== undefined && steps.length < MAX_STEPS) steps.push(time - this.#timeOf(last));
    samples.push(sample);
  }

  #drop(kind: TrackKind): void {
    const { samples, steps } = this.#held[kind];
    samples.clear();
    steps.length = 0;
  }

  /** Drops sound that ends before `time`. */
  #dropSoundUntil(time: number): void {
    const { samples } = this.#held.audio;
    for (let oldest = samples.at(0); oldest !== undefined; oldest = samples.at(0)) {
      if (this.#endOf(oldest) > time) return;
      samples.shift();
    }
  }

  #notePace(time: number, arrivalMs: number): void {
    const stepMs = msOf(time - this.#leadTime);
    this.#isBurst = arrivalMs - this.#leadArrivalMs < BURST_PACE * stepMs;
    this.#leadArrivalMs = arrivalMs;
    this.#leadTime = time;
  }

  /**
   * The track that determines the start: video, unless it never arrived or stopped before its first key frame.
   * A source whose pictures come without one is ended by ingest/first-key-frame.ts.
   */
  #lead(): Track | undefined {
    if (this.heldBytes > this.#maxHeldBytes) return this.#playableLead();
    const video = this.#tracks.get('video');
    if (video === undefined) return this.#tracks.get('audio');
    if (this.holds('video')) return video;
    const waited = this.#hasVideoFlow ? this.#lastTime - this.#lastVideoTime : this.#span();
    return waited < MAX_SILENT_TRACK_WAIT ? video : this.#tracks.get('audio');
  }

  /** The leading track of what is held: video when there is any. */
  #playableLead(): Track | undefined {
    const kind = this.holds('video') ? 'video' : 'audio';
    return this.holds(kind) ? this.#tracks.get(kind) : undefined;
  }

  #span(): number {
    return this.#lastTime - (this.#firstTime ?? this.#lastTime);
  }

  #isOpen(lead: Track): boolean {
    if (!this.holds(lead.kind)) return false;
    if (this.heldBytes > this.#maxHeldBytes) return true;
    if (this.#isAwaited('video', this.#hints.hasVideo) || this.#isAwaited('audio', this.#hints.hasAudio))
      return false;
    const { samples, steps } = this.#held[lead.kind];
    const first = samples.at(0);
    const leadSpan = first === undefined ? 0 : this.#lastTime - this.#timeOf(first);
    if (this.#isBurst && leadSpan < MAX_BURST) return false;
    if (steps.length < LEAST_STEPS) return leadSpan >= MAX_SILENT_TRACK_WAIT;
    return steps.length >= WANTED_STEPS || leadSpan >= MAX_STEP_WAIT;
  }

  #isAwaited(kind: TrackKind, hint: boolean | undefined): boolean {
    if (this.holds(kind)) return false;
    if (this.#tracks.has(kind)) return this.#span() < MAX_SILENT_TRACK_WAIT;
    return hint !== false && this.#span() < MAX_TRACK_WAIT;
  }

  #result(lead: Track): GateResult | undefined {
    const first = this.#held[lead.kind].samples.at(0);
    if (first === undefined) return undefined;
    const start = this.#timeOf(first);
    if (lead.kind === 'video') this.#dropSoundUntil(start);
    return {
      tracks: [...this.#tracks.values()].filter((track) => this.holds(track.kind)),
      lead,
      samples: this.#takeAll(),
      start,
      frameDuration: this.#frameDuration(lead),
      originMs: this.#originMs,
    };
  }

  #takeAll(): readonly Sample[] {
    const { video, audio } = this.#held;
    const taken: Sample[] = [];
    for (;;) {
      const [picture, sound] = [video.samples.at(0), audio.samples.at(0)];
      const isPictureNext = this.#timeOf(picture) < this.#timeOf(sound);
      const next = (isPictureNext ? video : audio).samples.shift() ?? video.samples.shift();
      if (next === undefined) return taken;
      taken.push(next);
    }
  }

  /** What is not there comes last. */
  #timeOf(sample: Sample | undefined): number {
    const track = sample === undefined ? undefined : this.#tracks.get(sample.kind);
    return sample === undefined || track === undefined
      ? Number.POSITIVE_INFINITY
      : toTicks(sample.dts, track.timescale);
  }

  /** The end of a sample. Sound that ends before the leading track begins is dropped. */
  #endOf(sample: Sample): number {
    const track = this.#tracks.get(sample.kind);
    if (track === undefined) return 0;
    const ticks = track.kind === 'audio' ? frameTicks(track.config) : 0;
    return toTicks(sample.dts + ticks, track.timescale);
  }

  #frameDuration(lead: Track): number {
    const { steps } = this.#held[lead.kind];
    if (lead.kind === 'audio' || steps.length === 0) return assumedFrameDuration(lead, this.#hints.frameRate);
    return frameDuration(steps, [promisedFrameRate(lead.config), this.#hints.frameRate]);
  }
}
