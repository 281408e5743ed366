// Passes the media of one stream to all of its sinks. A sink may join and leave at any time, and fails alone.

import { GatewayError } from '../errors.ts';
import type { Sample } from '../media/sample.ts';
import { SampleQueue } from '../media/sample-queue.ts';
import type { Track, TrackId } from '../media/track.ts';
import type { Sink, SourceHints } from './sink.ts';
import { SyncWait } from './sync-wait.ts';

export type FanOutOptions = {
  /** A sink failed and was removed. */
  readonly onFault: (error: unknown) => void;
  /** Samples since the last key frame of the first video track that are kept for sinks that join late, bytes; 0 keeps none. */
  readonly maxReplayBytes: number;
};

type SinkPlace = {
  readonly sink: Sink;
  readonly isEssential: boolean;
  /** The sink joined late: each track starts with a sample at which decoding can start. */
  readonly wait: SyncWait | undefined;
};

export class FanOut {
  readonly #options: FanOutOptions;
  readonly #sinks = new Map<Sink, SinkPlace>();
  /** The values of `#sinks`, for each sample. A change makes another list. */
  #places: readonly SinkPlace[] = [];
  /** In the order of announcement. */
  readonly #tracks = new Map<TrackId, Track>();
  #firstVideo: TrackId | undefined;
  readonly #sinceSync = new SampleQueue();
  /** Tracks that have started in the kept samples; undefined if these are incomplete. */
  #replayWait: SyncWait | undefined;
  /** Hints of the current source, after its start. */
  #hints: SourceHints | undefined;
  #hasSent = false;

  constructor(options: FanOutOptions) {
    this.#options = options;
  }

  get tracks(): readonly Track[] {
    return [...this.#tracks.values()];
  }

  /** For how long no sink needs the next sample, milliseconds. */
  get patienceMs(): number {
    let patienceMs = Number.POSITIVE_INFINITY;
    for (const { sink } of this.#places) patienceMs = Math.min(patienceMs, sink.patienceMs ?? 0);
    return patienceMs;
  }

  /** Samples for sinks that join late. */
  get heldBytes(): number {
    return this.#sinceSync.bytes;
  }

  /**
   * Adds a sink. In the middle of a source it gets the source, its tracks, and the samples since the last key frame. If an essential
   * sink fails, the publisher is ended and may come back.
   */
  add(sink: Sink, isEssential = false): void {
    const wait = this.#hasSent ? new SyncWait() : undefined;
    this.#sinks.set(sink, { sink, isEssential, wait });
    this.#places = [...this.#sinks.values()];
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

  /** Removes a sink, which gets the end of the stream. */
  async remove(sink: Sink): Promise<void> {
    if (!this.#sinks.delete(sink)) return;
    this.#places = [...this.#sinks.values()];
    await this.#end(sink);
  }

  /** A new source follows: resets the state of the last one. */
  reset(): void {
    this.#hints = undefined;
    this.#forgetTracks();
    this.#hasSent = false;
    this.#forgetReplay();
  }

  /** A source starts, or starts again in the middle. Its tracks follow. */
  start(hints: SourceHints): void {
    this.#hints = hints;
    this.#forgetTracks();
    this.#tell(this.#sinks.keys(), (sink) => sink.onSourceStart(hints));
  }

  setTrack(track: Track): void {
    this.#tracks.set(track.id, track);
    if (track.kind === 'video') this.#firstVideo ??= track.id;
    // Kept samples cannot be decoded with another configuration.
    this.#forgetReplay();
    this.#tell(this.#sinks.keys(), (sink) => sink.onTrack(track));
  }

  /** Throws the error of an essential sink, or the GatewayError of a sink that refuses the media, after every sink has got it. */
  push(sample: Sample): void {
    this.#hasSent = true;
    if (this.#options.maxReplayBytes > 0) this.#keep(sample);
    const hasVideo = this.#hasVideo;
    let fault: unknown;
    // Neither a closure nor an iterator of a map for each sample, for speed.
    for (const { sink, wait } of this.#places) {
      if (wait?.passes(sample, hasVideo) === false) continue;
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
      // There is no publisher to end.
      this.#options.onFault(error);
    }
  }

  /** Resolves when every sink has finished; it never rejects. */
  async end(): Promise<void> {
    this.#hints = undefined;
    this.#forgetReplay();
    const sinks = [...this.#sinks.keys()];
    this.#sinks.clear();
    this.#places = [];
    await Promise.all(sinks.map((sink) => this.#end(sink)));
  }

  get #hasVideo(): boolean {
    return this.#firstVideo !== undefined;
  }

  /** Starts again at each key frame of the first video track; other video tracks start at their own key frames. */
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

  /** @returns the error if it ends the publisher; otherwise the sink is removed */
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
