// A bounded queue for a sink that may be slow, such as one that writes to a disk. When full it drops up to the next key frame.

import type { Sample } from '../media/sample.ts';
import { SampleQueue } from '../media/sample-queue.ts';
import type { Track } from '../media/track.ts';
import type { Sink, SourceHints } from './sink.ts';
import { SyncWait } from './sync-wait.ts';

/** The events of a stream, in order. */
export type SinkEvent =
  | { readonly kind: 'source-start'; readonly hints: SourceHints }
  | { readonly kind: 'track'; readonly track: Track }
  | { readonly kind: 'sample'; readonly sample: Sample }
  | { readonly kind: 'source-end' };

/** Takes one event at a time; the next one follows when the promise resolves. */
export interface SlowSink {
  take(event: SinkEvent): Promise<void>;
  /** Called once, after the last `take`. */
  end(): Promise<void>;
}

export type QueuedSinkOptions = {
  /** Limit of waiting samples, bytes. Above it the queue is emptied, and samples are dropped up to the next key frame. */
  readonly maxBytes: number;
  /** Called with the waiting bytes at each change; a share of the stream's memory fits. */
  readonly onHeldBytes?: (bytes: number) => void;
};

/** Limit of waiting events other than samples; a sink this far behind has stopped. */
const MAX_MARKERS = 256;

/** An event other than a sample, and the number of samples queued before it. */
type Marker = { readonly event: SinkEvent; readonly behindSamples: number };

export class QueuedSink implements Sink {
  readonly #sink: SlowSink;
  readonly #options: QueuedSinkOptions;
  readonly #samples = new SampleQueue();
  readonly #markers: Marker[] = [];
  /** Numbers of queued and removed samples, including dropped ones. */
  #queued = 0;
  #taken = 0;
  #hasVideo = false;
  /** Samples were dropped, so samples that depend on them are dropped too. */
  #wait: SyncWait | undefined;
  #droppedSamples = 0;
  #isRunning = false;
  #finished: Promise<void> = Promise.resolve();
  #fault: unknown;
  #isFaultTold = false;

  constructor(sink: SlowSink, options: QueuedSinkOptions) {
    this.#sink = sink;
    this.#options = options;
  }

  /** Dropped samples. */
  get droppedSamples(): number {
    return this.#droppedSamples;
  }

  onSourceStart(hints: SourceHints): void {
    this.#hasVideo = false;
    this.#wait = undefined;
    this.#mark({ kind: 'source-start', hints });
  }

  onTrack(track: Track): void {
    if (track.kind === 'video') this.#hasVideo = true;
    this.#mark({ kind: 'track', track });
  }

  /** Throws the error of the sink. */
  onSample(sample: Sample): void {
    if (this.#fault !== undefined) {
      this.#isFaultTold = true;
      throw this.#fault;
    }
    if (this.#wait?.passes(sample, this.#hasVideo) === false) {
      this.#droppedSamples += 1;
      return;
    }
    this.#samples.push(sample);
    this.#queued += 1;
    if (this.#samples.bytes > this.#options.maxBytes) this.#dropAll();
    this.#tellHeldBytes();
    this.#run();
  }

  onSourceEnd(): void {
    this.#mark({ kind: 'source-end' });
  }

  /** Resolves when the sink has taken everything and has ended; rejects with its error, unless that was thrown. */
  async onEnd(): Promise<void> {
    await this.#finished;
    try {
      await this.#sink.end();
    } catch (error) {
      this.#fault ??= error;
    }
    if (this.#fault !== undefined && !this.#isFaultTold) throw this.#fault;
  }

  /** Drops all waiting samples, because they depend on the dropped ones. */
  #dropAll(): void {
    this.#droppedSamples += this.#samples.length;
    this.#taken += this.#samples.length;
    this.#samples.clear();
    this.#wait = new SyncWait();
  }

  #mark(event: SinkEvent): void {
    this.#markers.push({ event, behindSamples: this.#queued });
    if (this.#markers.length > MAX_MARKERS) this.#fail(new Error(`${MAX_MARKERS} changes wait for a sink`));
    this.#run();
  }

  #fail(fault: unknown): void {
    this.#fault ??= fault;
    this.#samples.clear();
    this.#markers.length = 0;
    this.#tellHeldBytes();
  }

  #run(): void {
    if (this.#isRunning || this.#fault !== undefined) return;
    this.#isRunning = true;
    this.#finished = this.#feed();
  }

  async #feed(): Promise<void> {
    try {
      for (let event = this.#next(); event !== undefined; event = this.#next()) await this.#sink.take(event);
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#isRunning = false;
    }
  }

  #next(): SinkEvent | undefined {
    const marker = this.#markers[0];
    if (marker !== undefined && marker.behindSamples <= this.#taken) {
      this.#markers.shift();
      return marker.event;
    }
    const sample = this.#samples.shift();
    if (sample === undefined) return undefined;
    this.#taken += 1;
    this.#tellHeldBytes();
    return { kind: 'sample', sample };
  }

  #tellHeldBytes(): void {
    this.#options.onHeldBytes?.(this.#samples.bytes);
  }
}
