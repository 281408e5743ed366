// Name → LiveStream: one publisher per name, a grace window for its return, and the end of what does not return.

import type { Clock } from '../clock.ts';
import { type FaultLog, guarded } from '../guard.ts';
import { GatewayMemory } from '../media/media-memory.ts';
import { LiveStream, type Source } from './live-stream.ts';
import type { EndReason, StreamState } from './stream-state.ts';

/** A publisher silent for this long gives way to the same name coming back: its TCP connection is half open. */
export const TAKEOVER_AFTER_MS = 2_000;
/** An ended stream stays known this long, so that players read its ENDLIST before a 404. */
export const ENDED_RETENTION_MS = 60_000;
const CHECK_INTERVAL_MS = 1_000;
/** Names that are known at once, ended ones included: as many as connections that can publish. */
export const MAX_STREAMS = 1_000;

export type StreamRegistryOptions = {
  readonly graceMs: number;
  /** When a second publisher may take a name: the first has been silent for TAKEOVER_AFTER_MS, or always. */
  readonly takeover?: 'silent' | 'newest';
  /** Media of all streams; unlimited when absent. */
  readonly memory?: GatewayMemory;
  /** Media of one stream, bytes; unlimited when absent. */
  readonly maxStreamBytes?: number;
  /** Names that are known at once; MAX_STREAMS when absent. */
  readonly maxStreams?: number;
  readonly clock: Clock;
  /** A name appears for the first time, or anew after it ended: the place to add sinks. */
  readonly onStreamCreated: (stream: LiveStream) => void;
  readonly onStateChange: (stream: LiveStream, state: StreamState) => void;
  /** Samples of each stream that are kept for sinks that join late, bytes; none by default. */
  readonly maxReplayBytes?: number;
  /** Where faults of the registry's own timer go; nowhere when absent. */
  readonly log?: FaultLog;
  /** A sink failed by a fault of its own, or at an end. */
  readonly onSinkFault: (stream: LiveStream, error: unknown) => void;
  /** An ended stream is forgotten. */
  readonly onStreamRemoved: (stream: LiveStream) => void;
};

export type PublishOutcome =
  | { readonly kind: 'accepted'; readonly stream: LiveStream }
  | { readonly kind: 'taken'; readonly silentMs: number }
  /** There is no room for one more stream; `reason` says of what. */
  | { readonly kind: 'full'; readonly reason: string };

export type StreamPage = { readonly streams: readonly LiveStream[]; readonly hasMore: boolean };

export class StreamRegistry {
  readonly #options: StreamRegistryOptions;
  /** In the order in which they came. */
  readonly #streams = new Map<string, LiveStream>();
  readonly #memory: GatewayMemory;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: StreamRegistryOptions) {
    this.#options = options;
    this.#memory = options.memory ?? new GatewayMemory();
  }

  get(name: string): LiveStream | undefined {
    return this.#streams.get(name);
  }

  list(): LiveStream[] {
    return [...this.#streams.values()];
  }

  /** At most `limit` streams in the order of their names, from the first name behind `after`, which need not exist. */
  page(after: string, limit: number): StreamPage {
    const names = [...this.#streams.keys()].filter((name) => name > after).sort();
    const streams = names.slice(0, limit).map((name) => this.#streams.get(name));
    return { streams: streams.filter((stream) => stream !== undefined), hasMore: names.length > limit };
  }

  /**
   * Gives `name` to a source, unless a publisher that still speaks has it, or there is no room for one more stream. `takeover` is
   * this source's own, where it has one.
   */
  publish(name: string, source: Source, takeover = this.#options.takeover): PublishOutcome {
    let stream = this.#streams.get(name);
    if (stream?.state === 'ended') {
      this.#remove(stream);
      stream = undefined;
    }
    const holder = stream?.source;
    if (stream !== undefined && holder !== undefined) {
      const { silentMs } = stream;
      const mayTake = silentMs >= TAKEOVER_AFTER_MS || takeover === 'newest';
      if (!mayTake) return { kind: 'taken', silentMs };
      stream.closeSource(holder, { kind: 'replaced' });
      holder.onReplaced(
        'replaced',
        `another publisher of "${name}" came, ${Math.round(silentMs)} ms after the last media`,
      );
    }
    const full = stream === undefined ? this.#makeRoom() : undefined;
    if (full !== undefined) return { kind: 'full', reason: full };
    stream ??= this.#create(name);
    stream.openSource(source);
    return { kind: 'accepted', stream };
  }

  /** The publisher of a stream is gone. A name that never carried media is forgotten at once. */
  closeSource(stream: LiveStream, source: Source, reason?: EndReason): void {
    // One that was replaced has nothing to close any more.
    if (stream.source !== source) return;
    stream.closeSource(source, reason);
    if (!stream.hasCarriedMedia) this.#forget(stream);
  }

  /** Ends every stream at once: playlists get their ENDLIST. Resolves when every sink has finished. */
  async endAll(): Promise<void> {
    await Promise.all([...this.#streams.values()].map((stream) => stream.end({ kind: 'draining' })));
  }

  close(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /**
   * Makes room for one more stream. Streams that have ended go first, the oldest first; then those that wait for their publisher
   * to come back, the longest away first: media that comes now goes before a place that is held. None of these goes in vain.
   * @returns what there is not enough of
   */
  #makeRoom(): string | undefined {
    // Most publishers find room: they do not pay for a look at all streams.
    if (this.#lack() === undefined) return undefined;
    const streams = [...this.#streams.values()];
    const ended = streams.filter(({ state }) => state === 'ended');
    for (const stream of ended) {
      if (this.#lack() === undefined) return undefined;
      this.#remove(stream);
    }
    const held = streams
      .filter(({ state }) => state === 'reconnecting')
      .sort((one, other) => other.stateAgeMs - one.stateAgeMs);
    const lack = this.#lack(held);
    if (lack !== undefined) return lack;
    for (const stream of held) {
      if (this.#lack() === undefined) break;
      this.#forget(stream);
    }
    return this.#lack();
  }

  /** What there is not enough of for one more stream, if these were gone. */
  #lack(gone: readonly LiveStream[] = []): string | undefined {
    const maxStreams = this.#options.maxStreams ?? MAX_STREAMS;
    if (this.#streams.size - gone.length >= maxStreams)
      return `${maxStreams} streams are known (stream.max-streams)`;
    if (this.#memory.hasRoomWithout(gone.map(({ memory }) => memory))) return undefined;
    return `the memory for media is in use (media.max-memory, ${this.#memory.maxBytes} bytes)`;
  }

  #create(name: string): LiveStream {
    const stream = new LiveStream({
      name,
      memory: this.#memory.open(this.#options.maxStreamBytes ?? Number.POSITIVE_INFINITY),
      clock: this.#options.clock,
      onStateChange: (changed) => this.#options.onStateChange(changed, changed.state),
      maxReplayBytes: this.#options.maxReplayBytes ?? 0,
      onSinkFault: this.#options.onSinkFault,
    });
    this.#streams.set(name, stream);
    this.#options.onStreamCreated(stream);
    const check = guarded({ log: this.#options.log ?? { error: () => {} } }, () => this.#check());
    this.#timer ??= setInterval(check, CHECK_INTERVAL_MS).unref();
    return stream;
  }

  #check(): void {
    for (const stream of this.#streams.values()) {
      stream.checkStall();
      const ageMs = stream.stateAgeMs;
      if (stream.state === 'reconnecting' && ageMs >= this.#options.graceMs) void stream.end();
      else if (stream.state === 'ended' && ageMs >= ENDED_RETENTION_MS) this.#remove(stream);
    }
    if (this.#streams.size === 0) this.close();
  }

  /** The stream's sinks hear of the end, and its name is free at once. */
  #forget(stream: LiveStream): void {
    void stream.end();
    if (this.#streams.get(stream.name) === stream) this.#remove(stream);
  }

  #remove(stream: LiveStream): void {
    this.#streams.delete(stream.name);
    stream.memory.close();
    this.#options.onStreamRemoved(stream);
  }
}
