// One published name: its state, its tracks, and the fan-out of its samples to sinks. It knows no protocol.

import type { Clock } from '../clock.ts';
import type { ErrorCode, ErrorValues } from '../errors.ts';
import type { MediaDrops } from '../media/drops.ts';
import { GatewayMemory, type MemoryShare, type StreamMemory } from '../media/media-memory.ts';
import type { Sample } from '../media/sample.ts';
import type { TimelineRepairs } from '../media/timeline.ts';
import type { Track } from '../media/track.ts';
import { FanOut } from './fan-out.ts';
import { IngestCounters } from './ingest-counters.ts';
import type { Sink, SourceHints } from './sink.ts';
import type { EndReason, StreamState } from './stream-state.ts';

/** A publisher that sends nothing for this long is shown as stalled. It is longer than jitter. */
const STALLED_AFTER_MS = 3_000;

/** The publisher's end of a LiveStream. */
export type Source = {
  readonly remoteAddress: string;
  /** The encoder's name, if it sent one. */
  readonly encoder: string | undefined;
  /** Its media was read later than it came, so that the time of arrival is not known; absent if that never happens. */
  readonly arrivesLate?: boolean;
  readonly repairs: TimelineRepairs;
  readonly drops: MediaDrops;
  /** Called when another source takes over or the stream is closed; the connection then ends. */
  readonly onReplaced: (code: ErrorCode, message: string, values?: ErrorValues) => void;
};

/** Public facts about the publisher. */
export type Publisher = { readonly remoteAddress: string; readonly encoder?: string };

export type LiveStreamOptions = {
  readonly name: string;
  /** Account that sinks and the publisher's connection charge. Unlimited by default. */
  readonly memory?: StreamMemory;
  /** The public name whose key this stream tests: nobody can watch it. */
  readonly testOf?: string | undefined;
  readonly clock: Clock;
  readonly onStateChange: (stream: LiveStream) => void;
  /** Samples since the last key frame that are kept for sinks that join late, bytes; none by default. */
  readonly maxReplayBytes?: number;
  /** A sink failed; the stream and its other sinks continue. */
  readonly onSinkFault: (stream: LiveStream, error: unknown) => void;
};

export class LiveStream {
  readonly name: string;
  /** The public name whose key this stream tests; undefined for a stream to watch. */
  readonly testOf: string | undefined;
  readonly memory: StreamMemory;
  readonly counters = new IngestCounters();
  readonly #clock: Clock;
  readonly #onStateChange: (stream: LiveStream) => void;
  readonly #fanOut: FanOut;
  /** Samples for sinks that join late. */
  readonly #replay: MemoryShare;
  #source: Source | undefined;
  /** The last publisher; undefined until the first one has left. */
  #lastPublisher: Publisher | undefined;
  #publishedSince = 0;
  #publishedMs = 0;
  #state: StreamState = 'offline';
  #stateSince: number;
  #stateBeganAt: number;
  #startedAt: number;
  #lastMediaAt = 0;
  #firstMediaAt: number | undefined;
  #pastMediaMs = 0;
  #endReason: EndReason | undefined;
  #isPlayable = false;
  #maxViewers: number | undefined;
  #hasCarriedMedia = false;

  constructor(options: LiveStreamOptions) {
    this.name = options.name;
    this.testOf = options.testOf;
    this.memory = options.memory ?? new GatewayMemory().open(Number.POSITIVE_INFINITY);
    this.#clock = options.clock;
    this.#onStateChange = options.onStateChange;
    this.#replay = this.memory.openWaiting();
    this.#fanOut = new FanOut({
      maxReplayBytes: options.maxReplayBytes ?? 0,
      onFault: (error) => options.onSinkFault(this, error),
    });
    this.#stateSince = this.#clock.epochMs();
    this.#stateBeganAt = this.#clock.monotonicMs();
    this.#startedAt = this.#stateSince;
  }

  get state(): StreamState {
    return this.#state;
  }

  /** When the state began, milliseconds since the Unix epoch. */
  get stateSince(): number {
    return this.#stateSince;
  }

  /** How long the state has lasted, by the monotonic clock. */
  get stateAgeMs(): number {
    return this.#clock.monotonicMs() - this.#stateBeganAt;
  }

  /** When the first publisher of this stream connected. */
  get startedAt(): number {
    return this.#startedAt;
  }

  /** How long media arrived, summed over the sources. */
  get mediaMs(): number {
    const presentMs = this.#firstMediaAt === undefined ? 0 : this.#lastMediaAt - this.#firstMediaAt;
    return this.#pastMediaMs + presentMs;
  }

  /** Why the last source left; undefined while the stream is live. */
  get endReason(): EndReason | undefined {
    return this.#endReason;
  }

  /** The current or last publisher. */
  get publisher(): Publisher | undefined {
    return this.#source === undefined ? this.#lastPublisher : publisherOf(this.#source);
  }

  /** Duration of the current or last publication. */
  get publishedMs(): number {
    return this.#source === undefined ? this.#publishedMs : this.#clock.monotonicMs() - this.#publishedSince;
  }

  get source(): Source | undefined {
    return this.#source;
  }

  /** The limit of viewers that the present or last source has, in place of `stream.max-viewers`; 0 for none. */
  get maxViewers(): number | undefined {
    return this.#maxViewers;
  }

  /** Whether any source has sent a sample. Without one the name is not reserved. */
  get hasCarriedMedia(): boolean {
    return this.#hasCarriedMedia;
  }

  /** How long the current source has been silent. */
  get silentMs(): number {
    return this.#clock.monotonicMs() - this.#lastMediaAt;
  }

  /** For how long no sink needs the next sample, milliseconds; 0 while the stream is not live. */
  get patienceMs(): number {
    return this.#state === 'live' ? this.#fanOut.patienceMs : 0;
  }

  get tracks(): readonly Track[] {
    return this.#fanOut.tracks;
  }

  /**
   * Adds a sink at any time. In the middle of a source it gets the source, its tracks, and the samples since the last key frame if
   * they are kept, else everything from the next key frame on. A sink that fails is removed, unless it is essential.
   */
  addSink(sink: Sink, options: { readonly isEssential?: boolean } = {}): void {
    this.#fanOut.add(sink, options.isEssential);
  }

  /** Removes a sink, and resolves when it has finished. */
  removeSink(sink: Sink): Promise<void> {
    return this.#fanOut.remove(sink);
  }

  /** Gives the stream to a source. The caller ensures that it has none. */
  openSource(source: Source, maxViewers?: number): void {
    this.#source = source;
    this.#maxViewers = maxViewers;
    this.#fanOut.reset();
    this.counters.startSource();
    this.#lastMediaAt = this.#clock.monotonicMs();
    this.#publishedSince = this.#lastMediaAt;
    this.#setState('connecting');
  }

  /** The hints of the source. Called once per source, before its tracks. */
  startSource(source: Source, hints: SourceHints): void {
    if (source !== this.#source) return;
    this.#fanOut.start(hints);
  }

  setTrack(source: Source, track: Track): void {
    if (source !== this.#source) return;
    this.#fanOut.setTrack(track);
  }

  /**
   * One sample of the current source; samples of others are ignored. Throws GatewayError `stream_memory` if waiting samples exceed
   * the stream's memory, and the errors of sinks that refuse media.
   */
  push(source: Source, sample: Sample): void {
    if (source !== this.#source) return;
    this.counters.count(sample);
    this.#lastMediaAt = this.#clock.monotonicMs();
    this.#firstMediaAt ??= this.#lastMediaAt;
    if (this.#state !== 'live') this.#setState(this.#isPlayable ? 'live' : 'starting');
    this.#hasCarriedMedia = true;
    this.#fanOut.push(sample);
    this.#replay.set(this.#fanOut.heldBytes);
    this.memory.checkWaiting();
  }

  /** The publisher has left. The name stays reserved; the registry ends the stream after the grace window. */
  closeSource(source: Source, reason: EndReason = { kind: 'lost' }): void {
    if (source !== this.#source) return;
    this.#forgetSource(reason);
    this.#fanOut.endSource();
    this.#replay.set(0);
    this.#setState('reconnecting');
  }

  /** A sink is playable. */
  markPlayable(): void {
    this.#isPlayable = true;
    if (this.#state === 'starting') this.#setState('live');
  }

  /** Called once a second: marks a silent source as stalled. */
  checkStall(): void {
    const hasSpoken = this.#state === 'live' || this.#state === 'starting';
    if (this.#source !== undefined && hasSpoken && this.silentMs > STALLED_AFTER_MS)
      this.#setState('stalled');
  }

  /**
   * Ends the stream. `reason` is that of the last source by default. Resolves when every sink has finished; never rejects.
   */
  end(reason: EndReason | undefined = this.#endReason): Promise<void> {
    if (this.#state === 'ended') return Promise.resolve();
    this.#forgetSource(reason);
    this.#replay.set(0);
    const finished = this.#fanOut.end();
    this.#setState('ended');
    return finished;
  }

  #forgetSource(reason: EndReason | undefined): void {
    this.#publishedMs = this.publishedMs;
    this.#lastPublisher = this.publisher;
    this.#pastMediaMs = this.mediaMs;
    this.#firstMediaAt = undefined;
    this.#source = undefined;
    this.#endReason = reason;
  }

  #setState(state: StreamState): void {
    if (state === this.#state) return;
    this.#state = state;
    if (state === 'live') this.#endReason = undefined;
    this.#stateSince = this.#clock.epochMs();
    this.#stateBeganAt = this.#clock.monotonicMs();
    this.#onStateChange(this);
  }
}

function publisherOf({ remoteAddress, encoder }: Source): Publisher {
  return { remoteAddress, ...(encoder === undefined ? {} : { encoder }) };
}
