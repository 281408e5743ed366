// Holds a source's first samples until it is known what the source sends: which tracks, at which frame rate, and when it began.
// The work for each sample does not depend on how many are held.

import { frameTicks, promisedFrameRate } from '../codec/codec-config.ts';
import type { SourceHints } from '../live/sink.ts';
import type { Sample } from '../media/sample.ts';
import { SampleQueue } from '../media/sample-queue.ts';
import { msOf, ticksOfMs, ticksOfSeconds, toTicks } from '../media/ticks.ts';
import type { Track, TrackKind } from '../media/track.ts';
import { assumedFrameDuration, frameDuration } from './part-timing.ts';

/** A track that was not announced, or only by metadata, is waited for this long, a second of media. */
const MAX_TRACK_WAIT = ticksOfSeconds(1);
/** A track whose configuration came is waited for longer: the tracks of one source start up to this far apart. */
const MAX_SILENT_TRACK_WAIT = ticksOfSeconds(3);
/** Distances of timestamps to take the frame rate from; they come before the first part is full anyway. */
const WANTED_STEPS = 4;
/** At very low frame rates two distances are enough after this long, half a second of media: one alone may be an accident. */
const MAX_STEP_WAIT = ticksOfMs(500);
const LEAST_STEPS = 2;
/** Distances that are kept: a second at 120 frames a second. */
const MAX_STEPS = 128;
/**
 * What an encoder has buffered comes at once (ffmpeg's -re sends half a second ahead): only its end tells what time it is.
 * A source that goes on like this, for a second of media, is not waited for: it sends by segments, or a file as fast as it goes.
 */
const MAX_BURST = ticksOfSeconds(1);
/** Less than this share of a frame's duration since the one before is faster than time. */
const BURST_PACE = 0.5;
/** Memory held meanwhile: a second at 64 Mbit/s. */
const MAX_HELD_BYTES = 8 * 1024 * 1024;

/** What the gate found when it opens. Times are ticks of the common scale. */
export type GateResult = {
  /** Those that have samples; others join when they come. */
  readonly tracks: readonly Track[];
  readonly lead: Track;
  /** In the order of their decode times, from the leading track's first sync sample on. */
  readonly samples: readonly Sample[];
  /** When the leading track's first sample is to be decoded. */
  readonly start: number;
  readonly frameDuration: number;
  /** Time 0 of the source's timeline on the wall clock: the earliest that any sample speaks for. */
  readonly originMs: number;
};

/** The samples of one track that are held, and their distances, ticks of the common scale: the first MAX_STEPS. */
type HeldTrack = { readonly samples: SampleQueue; readonly steps: number[] };

export class StartGate {
  readonly #hints: SourceHints;
  readonly #maxHeldBytes: number;
  readonly #tracks = new Map<TrackKind, Track>();
  readonly #held: Readonly<Record<TrackKind, HeldTrack>> = { video: emptyTrack(), audio: emptyTrack() };
  #hasVideoFlow = false;
  #firstTime: number | undefined;
  #lastTime = 0;
  /** Time of the newest picture, whether it was held or not. */
  #lastVideoTime = 0;
  #originMs = Number.POSITIVE_INFINITY;
  /** When the latest sample of the leading track came, and its time. */
  #leadArrivalMs = 0;
  #leadTime = 0;
  #isBurst = false;

  /** `maxHeldBytes`: a gate that holds more opens with what it has. */
  constructor(hints: SourceHints, maxHeldBytes = MAX_HELD_BYTES) {
    this.#hints = hints;
    this.#maxHeldBytes = Math.min(maxHeldBytes, MAX_HELD_BYTES);
  }

  /** What the held samples cost. */
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

  /** @returns the result once the gate opens; the gate is of no use after it */
  push(sample: Sample, arrivalMs: number): GateResult | undefined {
    const track = this.#tracks.get(sample.kind);
    if (track === undefined) return undefined;
    const time = toTicks(sample.dts, track.timescale);
    this.#firstTime ??= time;
    this.#lastTime = Math.max(this.#lastTime, time);
    this.#originMs = Math.min(this.#originMs, arrivalMs - msOf(time));
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

  /** What was held when the source ended before the gate opened; undefined when nothing can be played of it. */
  finish(): GateResult | undefined {
    const lead = this.#playableLead();
    return lead === undefined ? undefined : this.#result(lead);
  }

  #hold(sample: Sample, time: number): void {
    const { samples, steps } = this.#held[sample.kind];
    const { last } = samples;
    if (last !== undefined && steps.length < MAX_STEPS) steps.push(time - this.#timeOf(last));
    samples.push(sample);
  }

  #drop(kind: TrackKind): void {
    const { samples, steps } = this.#held[kind];
    samples.clear();
    steps.length = 0;
  }

  /** Sound that ends before `time` is not heard. */
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
   * The track that the start is taken from: video, unless it was announced and never came, or has stopped before its first key
   * frame. A source whose pictures come without one is ended by ingest/first-key-frame.ts.
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

  /** When a sample ends: sound that ends before the leading track begins is not heard. */
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

function emptyTrack(): HeldTrack {
  return { samples: new SampleQueue(), steps: [] };
}
