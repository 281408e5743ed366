// Name → LiveStream: one publisher per name, a grace window for its return, and the end of what does not return.

import type { StreamState } from '../stats/stats-message.ts';
import { LiveStream, type Source } from './live-stream.ts';

/** A publisher silent for this long gives way to the same name coming back: its TCP connection is half open. */
export const TAKEOVER_AFTER_MS = 2_000;
/** An ended stream stays known this long, so that players read its ENDLIST before a 404. */
export const ENDED_RETENTION_MS = 60_000;
const CHECK_INTERVAL_MS = 1_000;

export type StreamRegistryOptions = {
  readonly graceMs: number;
  /** When a second publisher may take a name: the first has been silent for TAKEOVER_AFTER_MS, or always. */
  readonly takeover?: 'silent' | 'newest';
  /** Milliseconds since the Unix epoch, for what is shown. */
  readonly now: () => number;
  /** Monotonic milliseconds, for silence, grace and retention: a clock that is set ends no stream. */
  readonly monotonicNow?: () => number;
  /** A name appears for the first time, or anew after it ended: the place to add sinks. */
  readonly onStreamCreated: (stream: LiveStream) => void;
  readonly onStateChange: (stream: LiveStream, state: StreamState) => void;
  /** A sink failed at an end of which it was told. */
  readonly onSinkFault: (stream: LiveStream, error: unknown) => void;
  /** An ended stream is forgotten. */
  readonly onStreamRemoved: (stream: LiveStream) => void;
};

export type PublishOutcome =
  | { readonly kind: 'accepted'; readonly stream: LiveStream }
  | { readonly kind: 'taken'; readonly silentMs: number };

export class StreamRegistry {
  readonly #options: StreamRegistryOptions;
  readonly #streams = new Map<string, LiveStream>();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: StreamRegistryOptions) {
    this.#options = options;
  }

  get(name: string): LiveStream | undefined {
    return this.#streams.get(name);
  }

  list(): LiveStream[] {
    return [...this.#streams.values()];
  }

  /** Gives `name` to a source, unless a publisher that still speaks has it. */
  publish(name: string, source: Source): PublishOutcome {
    let stream = this.#streams.get(name);
    if (stream?.state === 'ended') {
      this.#remove(stream);
      stream = undefined;
    }
    const holder = stream?.source;
    if (stream !== undefined && holder !== undefined) {
      const { silentMs } = stream;
      const mayTake = silentMs >= TAKEOVER_AFTER_MS || this.#options.takeover === 'newest';
      if (!mayTake) return { kind: 'taken', silentMs };
      stream.closeSource(holder);
      holder.onReplaced(
        'replaced',
        `another publisher of "${name}" came, ${Math.round(silentMs)} ms after the last media`,
      );
    }
    stream ??= this.#create(name);
    stream.openSource(source);
    return { kind: 'accepted', stream };
  }

  /** Ends every stream at once: playlists get their ENDLIST. */
  endAll(): void {
    for (const stream of this.#streams.values()) stream.end();
  }

  close(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #create(name: string): LiveStream {
    const stream = new LiveStream({
      name,
      now: this.#options.now,
      monotonicNow: this.#options.monotonicNow ?? (() => performance.now()),
      onStateChange: (changed) => this.#options.onStateChange(changed, changed.state),
      onSinkFault: this.#options.onSinkFault,
    });
    this.#streams.set(name, stream);
    this.#options.onStreamCreated(stream);
    this.#timer ??= setInterval(() => this.#check(), CHECK_INTERVAL_MS).unref();
    return stream;
  }

  #check(): void {
    for (const stream of this.#streams.values()) {
      stream.checkStall();
      const ageMs = stream.stateAgeMs;
      if (stream.state === 'reconnecting' && ageMs >= this.#options.graceMs) stream.end();
      else if (stream.state === 'ended' && ageMs >= ENDED_RETENTION_MS) this.#remove(stream);
    }
    if (this.#streams.size === 0) this.close();
  }

  #remove(stream: LiveStream): void {
    this.#streams.delete(stream.name);
    this.#options.onStreamRemoved(stream);
  }
}
