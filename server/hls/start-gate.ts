// Holds a source's first samples until it is known what it sends: which tracks, at which frame rate, and when it began.

import type { SourceHints } from '../live/sink.ts';
import type { Sample } from '../media/sample.ts';
import type { Track, TrackKind } from '../media/track.ts';
import { assumedFrameDuration, frameDuration } from './part-timing.ts';

/** A track that was not announced, or only by metadata, is waited for this long, seconds of media. */
const MAX_TRACK_WAIT_S = 1;
/** A track whose configuration came is waited for longer: the tracks of one source start up to this far apart. */
const MAX_SILENT_TRACK_WAIT_S = 3;
/** Distances of timestamps to take the frame rate from; they come before the first part is full anyway. */
const WANTED_STEPS = 4;
/** At very low frame rates two distances are enough after this long, seconds of media: one alone may be an accident. */
const MAX_STEP_WAIT_S = 0.5;
const LEAST_STEPS = 2;
/**
 * What an encoder has buffered comes at once (ffmpeg's -re sends half a second ahead): only its end tells what time it is.
 * A source that goes on like this, seconds of media, is not waited for: it sends by segments, or a file as fast as it goes.
 */
const MAX_BURST_S = 1;
/** Less than this share of a frame's duration since the one before is faster than time. */
const BURST_PACE = 0.5;
/** Memory held meanwhile: a second at 64 Mbit/s. */
const MAX_HELD_BYTES = 8 * 1024 * 1024;

/** What the gate found when it opens. */
export type GateResult = {
  /** Those that have samples; others join when they come. */
  readonly tracks: readonly Track[];
  readonly lead: Track;
  /** In arrival order, from the leading track's first sync sample on. */
  readonly samples: readonly Sample[];
  /** When the leading track's first sample is to be decoded, seconds. */
  readonly start: number;
  readonly frameDurationS: number;
  /** Time 0 of the source's timeline on the wall clock: the earliest that any sample speaks for. */
  readonly originMs: number;
};

export class StartGate {
  readonly #hints: SourceHints;
  readonly #tracks = new Map<TrackKind, Track>();
  #samples: Sample[] = [];
  #heldBytes = 0;
  #hasVideoFlow = false;
  #firstTime: number | undefined;
  #lastTime = 0;
  #originMs = Number.POSITIVE_INFINITY;
  /** When the latest sample of the leading track came, and its time. */
  #leadArrivalMs = 0;
  #leadTime = 0;
  #isBurst = false;

  constructor(hints: SourceHints) {
    this.#hints = hints;
  }

  /** Whether samples of a track wait here. */
  holds(kind: TrackKind): boolean {
    return this.#samples.some((sample) => sample.kind === kind);
  }

  /** A track is new or changed; held samples of its former configuration cannot be played with it and are dropped. */
  setTrack(track: Track): void {
    const isChanged = this.#tracks.has(track.kind);
    this.#tracks.set(track.kind, track);
    if (isChanged) this.#keep((sample) => sample.kind !== track.kind);
  }

  /** @returns the result once the gate opens; the gate is of no use after it */
  push(sample: Sample, arrivalMs: number): GateResult | undefined {
    const track = this.#tracks.get(sample.kind);
    if (track === undefined) return undefined;
    const time = sample.dts / track.timescale;
    this.#firstTime ??= time;
    this.#lastTime = Math.max(this.#lastTime, time);
    this.#originMs = Math.min(this.#originMs, arrivalMs - time * 1000);
    if (sample.kind === 'video') this.#hasVideoFlow = true;
    if (sample.kind === 'video' && !sample.isSync && !this.holds('video')) {
      // Nothing can decode it, and sound from before the first picture is not needed: the wait holds no memory.
      this.#keep((held) => this.#endOf(held) > time);
    } else {
      this.#samples.push(sample);
      this.#heldBytes += sample.data.length;
    }
    const lead = this.#lead();
    if (lead?.kind === sample.kind) this.#notePace(time, arrivalMs);
    return lead !== undefined && this.#isOpen(lead) ? this.#result() : undefined;
  }

  /** What was held when the source ended before the gate opened; undefined when nothing can be played of it. */
  finish(): GateResult | undefined {
    return this.#result();
  }

  #notePace(time: number, arrivalMs: number): void {
    const stepMs = (time - this.#leadTime) * 1000;
    this.#isBurst = arrivalMs - this.#leadArrivalMs < BURST_PACE * stepMs;
    this.#leadArrivalMs = arrivalMs;
    this.#leadTime = time;
  }

  /** Video, unless it was announced and never came. */
  #lead(): Track | undefined {
    const video = this.#tracks.get('video');
    if (video !== undefined && (this.#hasVideoFlow || this.#span() < MAX_SILENT_TRACK_WAIT_S)) return video;
    return this.#tracks.get('audio');
  }

  #span(): number {
    return this.#lastTime - (this.#firstTime ?? this.#lastTime);
  }

  #isOpen(lead: Track): boolean {
    if (!this.holds(lead.kind)) return false;
    if (this.#heldBytes > MAX_HELD_BYTES) return true;
    if (this.#isAwaited('video', this.#hints.hasVideo) || this.#isAwaited('audio', this.#hints.hasAudio))
      return false;
    const steps = this.#steps(lead);
    const first = this.#samples.find((sample) => sample.kind === lead.kind);
    const leadSpan = first === undefined ? 0 : this.#lastTime - first.dts / lead.timescale;
    if (this.#isBurst && leadSpan < MAX_BURST_S) return false;
    if (steps.length < LEAST_STEPS) return leadSpan >= MAX_SILENT_TRACK_WAIT_S;
    return steps.length >= WANTED_STEPS || leadSpan >= MAX_STEP_WAIT_S;
  }

  #isAwaited(kind: TrackKind, hint: boolean | undefined): boolean {
    if (this.holds(kind)) return false;
    if (this.#tracks.has(kind)) return this.#span() < MAX_SILENT_TRACK_WAIT_S;
    return hint !== false && this.#span() < MAX_TRACK_WAIT_S;
  }

  #result(): GateResult | undefined {
    const video = this.#tracks.get('video');
    const lead = video !== undefined && this.holds('video') ? video : this.#tracks.get('audio');
    const first = this.#samples.find((sample) => sample.kind === lead?.kind);
    if (lead === undefined || first === undefined) return undefined;
    const start = first.dts / lead.timescale;
    this.#keep((sample) => sample.kind === lead.kind || this.#endOf(sample) > start);
    return {
      tracks: [...this.#tracks.values()].filter((track) => this.holds(track.kind)),
      lead,
      samples: this.#samples,
      start,
      frameDurationS: this.#frameDuration(lead),
      originMs: this.#originMs,
    };
  }

  #keep(isNeeded: (sample: Sample) => boolean): void {
    this.#samples = this.#samples.filter(isNeeded);
    this.#heldBytes = this.#samples.reduce((bytes, sample) => bytes + sample.data.length, 0);
  }

  /** When a sample ends: sound that ends before the leading track begins is not heard. */
  #endOf(sample: Sample): number {
    const track = this.#tracks.get(sample.kind);
    if (track === undefined) return 0;
    const ticks = track.kind === 'audio' ? track.config.frameSamples : 0;
    return (sample.dts + ticks) / track.timescale;
  }

  #frameDuration(lead: Track): number {
    const steps = this.#steps(lead);
    if (lead.kind === 'audio' || steps.length === 0) return assumedFrameDuration(lead, this.#hints.frameRate);
    return frameDuration(steps, [lead.config.sps.frameRate, this.#hints.frameRate]);
  }

  #steps(lead: Track): number[] {
    const times = this.#samples
      .filter((sample) => sample.kind === lead.kind)
      .map((sample) => sample.dts / lead.timescale);
    return times.slice(1).map((time, at) => time - (times[at] ?? time));
  }
}
