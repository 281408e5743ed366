// Holds a source's first samples until it is known what it sends: which tracks, at which frame rate, and when it began.

import type { SourceHints } from '../live/sink.ts';
import type { Sample } from '../media/sample.ts';
import type { Track, TrackKind } from '../media/track.ts';
import { frameDuration } from './part-timing.ts';

/** A track that was not announced, or does not come, is waited for this long, seconds of media. */
const MAX_TRACK_WAIT_S = 1;
/** Distances of timestamps to take the frame rate from; they come before the first part is full anyway. */
const WANTED_STEPS = 4;
/** At very low frame rates one distance is enough after this long, seconds of media. */
const MAX_STEP_WAIT_S = 0.5;
/** Memory held meanwhile: a second at 64 Mbit/s. */
const MAX_HELD_BYTES = 8 * 1024 * 1024;

/** What the gate found when it opens. */
export type GateResult = {
  readonly tracks: readonly Track[];
  /** In arrival order, from the leading track's first sync sample on. */
  readonly samples: readonly Sample[];
  readonly frameDurationS: number;
  /** Time 0 of the source's timeline on the wall clock: the earliest that any sample speaks for. */
  readonly originMs: number;
};

export class StartGate {
  readonly #hints: SourceHints;
  readonly #tracks = new Map<TrackKind, Track>();
  readonly #samples: Sample[] = [];
  #heldBytes = 0;
  #firstTime: number | undefined;
  #span = 0;
  #originMs = Number.POSITIVE_INFINITY;

  constructor(hints: SourceHints) {
    this.#hints = hints;
  }

  setTrack(track: Track): void {
    this.#tracks.set(track.kind, track);
  }

  /** @returns the result once the gate opens; the gate is of no use after it */
  push(sample: Sample, arrivalMs: number): GateResult | undefined {
    const track = this.#tracks.get(sample.kind);
    if (track === undefined) return undefined;
    const time = sample.dts / track.timescale;
    this.#firstTime ??= time;
    this.#span = Math.max(this.#span, time - this.#firstTime);
    this.#originMs = Math.min(this.#originMs, arrivalMs - time * 1000);
    const lead = this.#lead();
    const isUseless =
      sample.kind === lead?.kind && !sample.isSync && !this.#samples.some((held) => held.kind === lead.kind);
    if (!isUseless) {
      this.#samples.push(sample);
      this.#heldBytes += sample.data.length;
    }
    return this.#isOpen() ? this.#result() : undefined;
  }

  /** What was held when the source ended before the gate opened; undefined when nothing can be played of it. */
  finish(): GateResult | undefined {
    return this.#result();
  }

  #lead(): Track | undefined {
    return this.#tracks.get('video') ?? this.#tracks.get('audio');
  }

  #isOpen(): boolean {
    const lead = this.#lead();
    if (lead === undefined || !this.#samples.some((sample) => sample.kind === lead.kind)) return false;
    if (this.#heldBytes > MAX_HELD_BYTES) return true;
    const mayWait = this.#span < MAX_TRACK_WAIT_S;
    const lacksVideo = this.#hints.hasVideo !== false && !this.#tracks.has('video');
    const lacksAudio = this.#hints.hasAudio !== false && !this.#tracks.has('audio');
    if (mayWait && (lacksVideo || lacksAudio)) return false;
    const steps = this.#steps(lead);
    return steps.length >= WANTED_STEPS || (steps.length > 0 && this.#span >= MAX_STEP_WAIT_S);
  }

  #result(): GateResult | undefined {
    const lead = this.#lead();
    const first = this.#samples.find((sample) => sample.kind === lead?.kind);
    if (lead === undefined || first === undefined) return undefined;
    const start = first.dts / lead.timescale;
    return {
      tracks: [...this.#tracks.values()],
      samples: this.#samples.filter((sample) => sample.kind === lead.kind || this.#endOf(sample) > start),
      frameDurationS: this.#frameDuration(lead),
      originMs: this.#originMs,
    };
  }

  /** When a sample of the other track ends: one that ends before the leading track begins is not heard. */
  #endOf(sample: Sample): number {
    const track = this.#tracks.get(sample.kind);
    if (track === undefined) return 0;
    const ticks = track.kind === 'audio' ? track.config.frameSamples : 0;
    return (sample.dts + ticks) / track.timescale;
  }

  #frameDuration(lead: Track): number {
    if (lead.kind === 'audio') return lead.config.frameSamples / lead.timescale;
    const steps = this.#steps(lead);
    const promised = [lead.config.sps.frameRate, this.#hints.frameRate];
    return steps.length > 0
      ? frameDuration(steps, promised)
      : 1 / (promised.find((rate) => rate !== undefined) ?? 30);
  }

  #steps(lead: Track): number[] {
    const times = this.#samples
      .filter((sample) => sample.kind === lead.kind)
      .map((sample) => sample.dts / lead.timescale);
    return times.slice(1).map((time, at) => time - (times[at] ?? time));
  }
}
