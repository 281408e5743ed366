// Hands what one stream receives to all of its sinks. A sink joins and leaves at any time, and fails alone.

import { GatewayError } from '../errors.ts';
import type { Sample } from '../media/sample.ts';
import { SampleQueue } from '../media/sample-queue.ts';
import type { Track, TrackId } from '../media/track.ts';
import type { Sink, SourceHints } from './sink.ts';
import { SyncWait } from './sync-wait.ts';

export type FanOutOptions = {
  /** A sink failed by a fault of its own and was taken out. */
  readonly onFault: (error: unknown) => void;
  /** Samples since the last key frame of the first video track that are kept for sinks that join late, bytes; 0 keeps none. */
  readonly maxReplayBytes: number;
};

type SinkPlace = {
  readonly isEssential: boolean;
  /** The sink joined late: of each track it gets no sample before one that decoding can start at. */
  readonly wait: SyncWait | undefined;
};

export class FanOut {
  readonly #options: FanOutOptions;
  readonly #sinks = new Map<Sink, SinkPlace>();
  /** In the order in which they were announced. */
  readonly #tracks = new Map<TrackId, Track>();
  #firstVideo: TrackId | undefined;
  readonly #sinceSync = new SampleQueue();
  /** Which tracks have begun among them; undefined where the samples since the last key frame are not all there. */
  #replayWait: SyncWait | undefined;
  /** Of the present source, once it has begun. */
  #hints: SourceHints | undefined;
  #hasSent = false;

  constructor(options: FanOutOptions) {
    this.#options = options;
  }

  get tracks(): readonly Track[] {
    return [...this.#tracks.values()];
  }

  /** What is kept for sinks that join late. */
  get heldBytes(): number {
    return this.#sinceSync.bytes;
  }

  /**
   * Adds a sink; in the middle of a source it is told of the source, its tracks, and what came since the last key frame. A stream
   * is of no use without a sink that is essential: where one fails, the publisher ends, and may come back.
   */
  add(sink: Sink, isEssential = false): void {
    const wait = this.#hasSent ? new SyncWait() : undefined;
    this.#sinks.set(sink, { isEssential, wait });
    this.#tell([sink], () => {
      if (this.#hints === undefined) return;
      sink.onSourceStart(this.#hints);
      for (const track of this.#tracks.values()) sink.onTrack(track);
      for (let at = 0; at < this.#sinceSync.length; at += 1) {
        const sample = this.#sinceSync.at(at);
        if (sample !== undefined && wait?.passes(sample, this.#hasVideo) !== false) sink.onSample(sample);
      }
    });
  }

  /** Takes a sink out; it is told that its stream is over. */
  async remove(sink: Sink): Promise<void> {
    if (this.#sinks.delete(sink)) await this.#end(sink);
  }

  /** A source will follow; nothing of the last one holds for it. */
  reset(): void {
    this.#hints = undefined;
    this.#forgetTracks();
    this.#hasSent = false;
    this.#forgetReplay();
  }

  /** Its tracks follow, also where it starts anew in the middle. */
  start(hints: SourceHints): void {
    this.#hints = hints;
    this.#forgetTracks();
    this.#tell(this.#sinks.keys(), (sink) => sink.onSourceStart(hints));
  }

  setTrack(track: Track): void {
    this.#tracks.set(track.id, track);
    if (track.kind === 'video') this.#firstVideo ??= track.id;
    // What was kept cannot be decoded with another configuration.
    this.#forgetReplay();
    this.#tell(this.#sinks.keys(), (sink) => sink.onTrack(track));
  }

  /** Throws what an essential sink failed by, or the GatewayError of one that refuses the media, once every sink has got it. */
  push(sample: Sample): void {
    this.#hasSent = true;
    if (this.#options.maxReplayBytes > 0) this.#keep(sample);
    const hasVideo = this.#hasVideo;
    let fault: unknown;
    // No closure for each sample: this is the hot road.
    for (const [sink, place] of this.#sinks) {
      if (place.wait?.passes(sample, hasVideo) === false) continue;
      try {
        sink.onSample(sample);
      } catch (error) {
        fault = this.#blame(sink, error) ?? fault;
      }
    }
    if (fault !== undefined) throw fault;
  }

  endSource(): void {
    this.#hints = undefined;
    this.#forgetReplay();
    try {
      this.#tell(this.#sinks.keys(), (sink) => sink.onSourceEnd());
    } catch (error) {
      // There is no publisher any more whom it could end.
      this.#options.onFault(error);
    }
  }

  /** Resolves when every sink has finished; it never rejects. */
  async end(): Promise<void> {
    this.#hints = undefined;
    this.#forgetReplay();
    const sinks = [...this.#sinks.keys()];
    this.#sinks.clear();
    await Promise.all(sinks.map((sink) => this.#end(sink)));
  }

  get #hasVideo(): boolean {
    return this.#firstVideo !== undefined;
  }

  /** Kept anew from each key frame of the first video track on; of the others from one of their own. */
  #keep(sample: Sample): void {
    const startsAnew = this.#hasVideo ? sample.trackId === this.#firstVideo && sample.isSync : true;
    if (startsAnew) {
      this.#sinceSync.clear();
      this.#replayWait = new SyncWait();
    }
    if (this.#replayWait?.passes(sample, this.#hasVideo) !== true) return;
    this.#sinceSync.push(sample);
    if (this.#sinceSync.bytes > this.#options.maxReplayBytes) this.#forgetReplay();
  }

  #forgetTracks(): void {
    this.#tracks.clear();
    this.#firstVideo = undefined;
  }

  #forgetReplay(): void {
    this.#sinceSync.clear();
    this.#replayWait = undefined;
  }

  #tell(sinks: Iterable<Sink>, tell: (sink: Sink) => void): void {
    let fault: unknown;
    for (const sink of sinks) {
      try {
        tell(sink);
      } catch (error) {
        fault = this.#blame(sink, error) ?? fault;
      }
    }
    if (fault !== undefined) throw fault;
  }

  /** @returns the error where the publisher has to end for it; else the sink is taken out */
  #blame(sink: Sink, error: unknown): unknown {
    const isPublishers = error instanceof GatewayError || this.#sinks.get(sink)?.isEssential === true;
    if (isPublishers) return error;
    void this.remove(sink);
    this.#options.onFault(error);
    return undefined;
  }

  async #end(sink: Sink): Promise<void> {
    try {
      await sink.onEnd();
    } catch (error) {
      this.#options.onFault(error);
    }
  }
}
