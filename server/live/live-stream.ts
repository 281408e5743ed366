// One published name: its state, its tracks, and the fan-out of its samples to sinks. It knows no protocol.

import { GatewayMemory, type StreamMemory } from '../media/media-memory.ts';
import type { Sample } from '../media/sample.ts';
import type { TimelineRepairs } from '../media/timeline.ts';
import type { Track, TrackKind } from '../media/track.ts';
import type { StreamState } from '../stats/stats-message.ts';
import { IngestCounters } from './ingest-counters.ts';
import type { Sink, SourceHints } from './sink.ts';

/** A publisher that sends nothing for this long is shown as stalled: longer than any jitter, shorter than patience. */
export const STALLED_AFTER_MS = 3_000;

/** The publisher's end of a LiveStream. */
export type Source = {
  /** The encoder's name for itself, when it told one. */
  readonly encoder: string | undefined;
  readonly repairs: TimelineRepairs;
  /** Called when the stream turns to another source or is closed; the connection ends itself. */
  readonly onReplaced: (code: string, message: string) => void;
};

export type LiveStreamOptions = {
  readonly name: string;
  /** What its media may take; sinks and the publisher's connection charge it. Unlimited when absent. */
  readonly memory?: StreamMemory;
  /** Milliseconds since the Unix epoch: only shown. */
  readonly now: () => number;
  /** Milliseconds that never go back: silence and ages are measured on them. */
  readonly monotonicNow: () => number;
  readonly onStateChange: (stream: LiveStream) => void;
  /** A sink failed at an end of which it was told; the stream and its other sinks go on. */
  readonly onSinkFault: (stream: LiveStream, error: unknown) => void;
};

export class LiveStream {
  readonly name: string;
  readonly memory: StreamMemory;
  readonly counters = new IngestCounters();
  readonly #now: () => number;
  readonly #monotonicNow: () => number;
  readonly #onStateChange: (stream: LiveStream) => void;
  readonly #onSinkFault: (stream: LiveStream, error: unknown) => void;
  readonly #sinks: Sink[] = [];
  readonly #tracks = new Map<TrackKind, Track>();
  #source: Source | undefined;
  #state: StreamState = 'offline';
  #stateSince: number;
  #stateBeganAt: number;
  #startedAt: number;
  #lastMediaAt = 0;
  #isPlayable = false;
  #hasCarriedMedia = false;

  constructor(options: LiveStreamOptions) {
    this.name = options.name;
    this.memory = options.memory ?? new GatewayMemory().open(Number.POSITIVE_INFINITY);
    this.#now = options.now;
    this.#monotonicNow = options.monotonicNow;
    this.#onStateChange = options.onStateChange;
    this.#onSinkFault = options.onSinkFault;
    this.#stateSince = this.#now();
    this.#stateBeganAt = this.#monotonicNow();
    this.#startedAt = this.#stateSince;
  }

  get state(): StreamState {
    return this.#state;
  }

  /** When the state began, milliseconds since the Unix epoch. */
  get stateSince(): number {
    return this.#stateSince;
  }

  /** How long the state has lasted, whatever the wall clock did meanwhile. */
  get stateAgeMs(): number {
    return this.#monotonicNow() - this.#stateBeganAt;
  }

  /** When the first publisher of this stream came. */
  get startedAt(): number {
    return this.#startedAt;
  }

  get source(): Source | undefined {
    return this.#source;
  }

  /** Any source of this stream has sent a sample. Without one there is nothing to come back to. */
  get hasCarriedMedia(): boolean {
    return this.#hasCarriedMedia;
  }

  /** How long the present source has been silent. */
  get silentMs(): number {
    return this.#monotonicNow() - this.#lastMediaAt;
  }

  get tracks(): readonly Track[] {
    return [...this.#tracks.values()];
  }

  addSink(sink: Sink): void {
    this.#sinks.push(sink);
  }

  /** Gives the stream to a source; the caller has made sure that it has none. */
  openSource(source: Source): void {
    this.#source = source;
    this.#tracks.clear();
    this.#lastMediaAt = this.#monotonicNow();
    this.#setState('connecting');
  }

  /** The source's first words: what it will send. Called once per source, before its tracks. */
  startSource(source: Source, hints: SourceHints): void {
    if (source !== this.#source) return;
    for (const sink of this.#sinks) sink.onSourceStart(hints);
  }

  setTrack(source: Source, track: Track): void {
    if (source !== this.#source) return;
    this.#tracks.set(track.kind, track);
    for (const sink of this.#sinks) sink.onTrack(track);
  }

  /**
   * One sample of the present source; those of any other are not published. Throws GatewayError `stream_memory` when the
   * stream keeps more samples waiting than its memory allows, and what a sink says of media that it cannot take.
   */
  push(source: Source, sample: Sample): void {
    if (source !== this.#source) return;
    this.counters.count(sample);
    this.#lastMediaAt = this.#monotonicNow();
    if (this.#state !== 'live') this.#setState(this.#isPlayable ? 'live' : 'starting');
    this.#hasCarriedMedia = true;
    for (const sink of this.#sinks) sink.onSample(sample);
    this.memory.checkWaiting();
  }

  /** The publisher is gone. The stream keeps its place; the registry ends it when the grace window is over. */
  closeSource(source: Source): void {
    if (source !== this.#source) return;
    this.#source = undefined;
    this.#tellEach((sink) => sink.onSourceEnd());
    this.#setState('reconnecting');
  }

  /** A sink has something that a viewer can play. */
  markPlayable(): void {
    this.#isPlayable = true;
    if (this.#state === 'starting') this.#setState('live');
  }

  /** Once a second: a source that has fallen silent is shown as such. */
  checkStall(): void {
    const hasSpoken = this.#state === 'live' || this.#state === 'starting';
    if (this.#source !== undefined && hasSpoken && this.silentMs > STALLED_AFTER_MS)
      this.#setState('stalled');
  }

  /** The stream is over: sinks finish, and nothing is taken any more. */
  end(): void {
    if (this.#state === 'ended') return;
    this.#source = undefined;
    this.#tellEach((sink) => sink.onEnd());
    this.#setState('ended');
  }

  /** An end concerns every sink: one that fails does not keep it from the others. */
  #tellEach(tell: (sink: Sink) => void): void {
    for (const sink of this.#sinks) {
      try {
        tell(sink);
      } catch (error) {
        this.#onSinkFault(this, error);
      }
    }
  }

  #setState(state: StreamState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#stateSince = this.#now();
    this.#stateBeganAt = this.#monotonicNow();
    this.#onStateChange(this);
  }
}
