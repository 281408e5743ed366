// Name → LiveStream: one publisher per name, a grace window for its return, and the end of streams without one.

import type { Clock } from '../clock.ts';
import { type ErrorValues, GatewayError } from '../errors.ts';
import { type FaultLog, guarded } from '../guard.ts';
import { GatewayMemory } from '../media/media-memory.ts';
import type { PublishTerms } from './authorizer.ts';
import { ClosedNames } from './closed-names.ts';
import { LiveStream, type Source } from './live-stream.ts';
import type { EndReason, StreamState } from './stream-state.ts';

/** A publisher that was silent for this long can be replaced: its TCP connection is probably half open. */
const TAKEOVER_AFTER_MS = 2_000;
/** An ended stream is kept this long, so that players read its ENDLIST before a 404. */
const ENDED_RETENTION_MS = 60_000;
const CHECK_INTERVAL_MS = 1_000;
/** Default limit of streams, including ended ones: the number of RTMP connections. */
export const MAX_STREAMS = 1_000;
/** A test lasts a minute; each costs as much processor time as receiving a stream. */
const MAX_TESTS = 20;

export type StreamRegistryOptions = {
  readonly graceMs: number;
  /** When a second publisher may take a name: the first has been silent for TAKEOVER_AFTER_MS, or always. */
  readonly takeover?: 'silent' | 'newest';
  /** Memory limit of all streams; unlimited by default. */
  readonly memory?: GatewayMemory;
  /** Memory limit of one stream, bytes; unlimited by default. */
  readonly maxStreamBytes?: number;
  /** Limit of streams; MAX_STREAMS by default. */
  readonly maxStreams?: number;
  /** Limit of publishes with `?test=1`, which do not count as streams; MAX_TESTS by default. */
  readonly maxTests?: number;
  readonly clock: Clock;
  /** A new stream; add sinks here. */
  readonly onStreamCreated: (stream: LiveStream) => void;
  readonly onStateChange: (stream: LiveStream, state: StreamState) => void;
  /** Samples of each stream that are kept for sinks that join late, bytes; none by default. */
  readonly maxReplayBytes?: number;
  /** Receives faults of the registry's timer. */
  readonly log?: FaultLog;
  /** A sink failed. */
  readonly onSinkFault: (stream: LiveStream, error: unknown) => void;
  /** An ended stream is forgotten. */
  readonly onStreamRemoved: (stream: LiveStream) => void;
};

/** How a source publishes; `testOf` is the public name whose key it tests. */
export type PublishPlan = PublishTerms & { readonly testOf?: string | undefined };

export type PublishOutcome =
  | { readonly kind: 'accepted'; readonly stream: LiveStream }
  | { readonly kind: 'taken'; readonly silentMs: number }
  /** An operator closed the name. */
  | { readonly kind: 'closed'; readonly remainingMs: number }
  /** There is no room for another stream; `reason` says why. */
  | { readonly kind: 'full'; readonly reason: string };

export type StreamPage = { readonly streams: readonly LiveStream[]; readonly hasMore: boolean };

export class StreamRegistry {
  readonly #options: StreamRegistryOptions;
  /** In the order of creation. */
  readonly #streams = new Map<string, LiveStream>();
  /** Those of them that are tests. */
  readonly #tests = new Set<LiveStream>();
  readonly #memory: GatewayMemory;
  /** Names that an operator closed when ending their streams. */
  readonly closedNames: ClosedNames;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: StreamRegistryOptions) {
    this.#options = options;
    this.#memory = options.memory ?? new GatewayMemory();
    this.closedNames = new ClosedNames(options.clock);
  }

  get(name: string): LiveStream | undefined {
    return this.#streams.get(name);
  }

  list(): LiveStream[] {
    return [...this.#streams.values()];
  }

  /** At most `limit` streams sorted by name, from the first name after `after`, which need not exist. */
  page(after: string, limit: number, isListed: (name: string) => boolean = () => true): StreamPage {
    const names = [...this.#streams.keys()].filter((name) => name > after && isListed(name)).sort();
    const streams = names.slice(0, limit).map((name) => this.#streams.get(name));
    return { streams: streams.filter((stream) => stream !== undefined), hasMore: names.length > limit };
  }

  /**
   * Gives `name` to a source, unless an active publisher has it or there is no room for another stream. `terms` are the
   * options of this source, in place of those for all.
   */
  publish(name: string, source: Source, terms: PublishPlan = {}): PublishOutcome {
    const { takeover = this.#options.takeover, maxViewers, testOf } = terms;
    const remainingMs = this.closedNames.remainingMs(name);
    if (remainingMs > 0) return { kind: 'closed', remainingMs };
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
    const full = stream === undefined ? this.#makeRoomFor(testOf !== undefined) : undefined;
    if (full !== undefined) return { kind: 'full', reason: full };
    stream ??= this.#create(name, testOf);
    stream.openSource(source, maxViewers);
    return { kind: 'accepted', stream };
  }

  /** The publisher of a stream has left. A name without media, and a test, are forgotten at once. */
  closeSource(stream: LiveStream, source: Source, reason?: EndReason): void {
    // A replaced publisher has nothing to close.
    if (stream.source !== source) return;
    stream.closeSource(source, reason);
    if (!stream.hasCarriedMedia || stream.testOf !== undefined) this.#forget(stream);
  }

  /**
   * An operator disconnects the publisher, which is told `message` with `values` in it. Its name stays reserved, as after a lost connection. Throws
   * GatewayError `no_such_stream` or `no_publisher`.
   */
  kick(name: string, message: string, values?: ErrorValues): void {
    const { source } = this.known(name);
    if (source === undefined)
      throw new GatewayError('invalid-state', 'no_publisher', `nobody publishes "${name}" now`);
    source.onReplaced('kicked', message, values);
  }

  /**
   * An operator ends a stream: its playlists get their ENDLIST, and the publisher is told `message`. Nobody may publish the name for
   * `closedForMs`. Throws GatewayError `no_such_stream`.
   */
  endByOperator(name: string, message: string, closedForMs: number, values?: ErrorValues): void {
    const stream = this.known(name);
    const { source } = stream;
    this.closedNames.close(name, closedForMs);
    const told = { code: 'stream_ended', detail: message, ...(values === undefined ? {} : { values }) };
    void stream.end({ kind: 'refused', ...told });
    source?.onReplaced('stream_ended', message, values);
  }

  /** The stream of a name. Throws GatewayError `no_such_stream`. */
  known(name: string): LiveStream {
    const stream = this.#streams.get(name);
    if (stream !== undefined) return stream;
    throw new GatewayError('invalid-state', 'no_such_stream', 'nobody is publishing this name');
  }

  /** Ends every stream at once: playlists get their ENDLIST. Resolves when every sink has finished. */
  async endAll(): Promise<void> {
    await Promise.all([...this.#streams.values()].map((stream) => stream.end({ kind: 'draining' })));
  }

  close(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** @returns the reason if there is no room for another stream, or for another test */
  #makeRoomFor(isTest: boolean): string | undefined {
    if (!isTest) return this.#makeRoom();
    const maxTests = this.#options.maxTests ?? MAX_TESTS;
    if (this.#tests.size >= maxTests) return `at most ${maxTests} tests may run (stream.max-tests)`;
    return this.#lackOfMemory();
  }

  /**
   * Makes room for another stream. Removes ended streams, the oldest first, then tests, the oldest first, where they take its memory, then
   * streams that wait for their publisher, the longest waiting first, but only if that makes enough room.
   * @returns the reason if there is no room
   */
  #makeRoom(): string | undefined {
    // Usually there is room; do not look at all streams then.
    if (this.#lack() === undefined) return undefined;
    const streams = [...this.#streams.values()];
    const ended = streams.filter(({ state }) => state === 'ended');
    for (const stream of ended) {
      if (this.#lack() === undefined) return undefined;
      this.#remove(stream);
    }
    for (const test of [...this.#tests]) {
      if (this.#lackOfMemory() === undefined) break;
      test.source?.onReplaced('server_busy', 'a stream needs the memory that this test takes');
      this.#forget(test);
    }
    if (this.#lack() === undefined) return undefined;
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

  /** The reason why there would be no room for another stream without these. */
  #lack(gone: readonly LiveStream[] = []): string | undefined {
    const maxStreams = this.#options.maxStreams ?? MAX_STREAMS;
    const known = this.#streams.size - this.#tests.size;
    if (known - gone.length >= maxStreams) return `${maxStreams} streams are known (stream.max-streams)`;
    return this.#lackOfMemory(gone);
  }

  #lackOfMemory(gone: readonly LiveStream[] = []): string | undefined {
    if (this.#memory.hasRoomWithout(gone.map(({ memory }) => memory))) return undefined;
    return `the memory for media is in use (media.max-memory, ${this.#memory.maxBytes} bytes)`;
  }

  #create(name: string, testOf: string | undefined): LiveStream {
    const stream = new LiveStream({
      name,
      testOf,
      memory: this.#memory.open(this.#options.maxStreamBytes ?? Number.POSITIVE_INFINITY),
      clock: this.#options.clock,
      onStateChange: (changed) => this.#options.onStateChange(changed, changed.state),
      maxReplayBytes: this.#options.maxReplayBytes ?? 0,
      onSinkFault: this.#options.onSinkFault,
    });
    this.#streams.set(name, stream);
    if (testOf !== undefined) this.#tests.add(stream);
    this.#options.onStreamCreated(stream);
    const guard = { log: this.#options.log ?? { error: () => {} } };
    const check = guarded(guard, () => this.#check());
    // After a pause of the process timers fire before reads: media that has come meanwhile is read first.
    this.#timer ??= setInterval(
      guarded(guard, () => void setImmediate(check)),
      CHECK_INTERVAL_MS,
    ).unref();
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

  /** Ends the stream's sinks and frees its name at once. */
  #forget(stream: LiveStream): void {
    void stream.end();
    if (this.#streams.get(stream.name) === stream) this.#remove(stream);
  }

  #remove(stream: LiveStream): void {
    this.#streams.delete(stream.name);
    this.#tests.delete(stream);
    stream.memory.close();
    this.#options.onStreamRemoved(stream);
  }
}
