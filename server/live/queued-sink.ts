// A sink that may be slow, such as one that writes to a disk: a bounded queue in front of it drops up to the next key frame.

import type { Sample } from '../media/sample.ts';
import { SampleQueue } from '../media/sample-queue.ts';
import type { Track } from '../media/track.ts';
import type { Sink, SourceHints } from './sink.ts';
import { SyncWait } from './sync-wait.ts';

/** What happens to a stream, in order. */
export type SinkEvent =
  | { readonly kind: 'source-start'; readonly hints: SourceHints }
  | { readonly kind: 'track'; readonly track: Track }
  | { readonly kind: 'sample'; readonly sample: Sample }
  | { readonly kind: 'source-end' };

/** Takes one event at a time, and is given the next one when the promise of the last one resolves. */
export interface SlowSink {
  take(event: SinkEvent): Promise<void>;
  /** Nothing follows; called once, behind the last `take`. */
  end(): Promise<void>;
}

export type QueuedSinkOptions = {
  /** Samples that may wait, bytes; beyond it the queue is emptied, and samples are dropped up to the next key frame. */
  readonly maxBytes: number;
  /** Told what waits, each time that it changes; a share of the stream's memory fits. */
  readonly onHeldBytes?: (bytes: number) => void;
};

/** Changes that may wait: a sink that is this far behind has stopped. */
const MAX_MARKERS = 256;

/** An event that is no sample, and how many samples were queued before it. */
type Marker = { readonly event: SinkEvent; readonly behindSamples: number };

export class QueuedSink implements Sink {
  readonly #sink: SlowSink;
  readonly #options: QueuedSinkOptions;
  readonly #samples = new SampleQueue();
  readonly #markers: Marker[] = [];
  /** Samples ever queued and ever taken out, dropped ones included. */
  #queued = 0;
  #taken = 0;
  #hasVideo = false;
  /** Samples were dropped: what cannot be decoded without them is dropped as well. */
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

  /** Samples that the sink was too slow for. */
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

  /** Throws what the sink failed by. */
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

  /** Resolves when the sink has taken everything and has ended; rejects by what it failed by, unless that has been thrown. */
  async onEnd(): Promise<void> {
    await this.#finished;
    try {
      await this.#sink.end();
    } catch (error) {
      this.#fault ??= error;
    }
    if (this.#fault !== undefined && !this.#isFaultTold) throw this.#fault;
  }

  /** What waits cannot be decoded without what is dropped: all of it goes. */
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
