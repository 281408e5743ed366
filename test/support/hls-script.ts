// Feeds an HlsOutput with a scripted publisher on its own clock, and keeps every playlist and part.

import type { EncodedText } from '../../server/hls/encoded-text.ts';
import { HlsOutput, type HlsOutputOptions } from '../../server/hls/hls-output.ts';
import { NO_OPENING } from '../../server/hls/opening-segments.ts';
import { BlockPool } from '../../server/hls/part-arena.ts';
import { slicesOf } from '../../server/hls/segment-ring.ts';
import type { SourceHints } from '../../server/live/sink.ts';
import type { Sample } from '../../server/media/sample.ts';
import type { Track } from '../../server/media/track.ts';
import { clockOf } from './clock.ts';
import { type ReadSample, readFragment } from './fragment-samples.ts';
import { checkDelta, PlaylistHistory, type ReadPlaylist } from './playlist-rules.ts';
import { rethrow } from './rethrow.ts';

/** 2026-01-01T00:00:00Z: media sequence numbers start at 63072000. */
export const SCRIPT_START_MS = Date.UTC(2026, 0, 1);

export type WrittenPart = {
  readonly uri: string;
  readonly discontinuity: number;
  readonly bytes: Buffer;
  readonly samples: readonly ReadSample[];
};

export class HlsScript {
  readonly output: HlsOutput;
  readonly history = new PlaylistHistory();
  readonly parts = new Map<string, WrittenPart>();
  nowMs = SCRIPT_START_MS;
  playableCount = 0;
  /** The date of the first segment. */
  firstDateMs: number | undefined;
  /** Parts without media. */
  gapCount = 0;
  #text = '';
  #deltaCount = 0;
  #cut: EncodedText | undefined;
  #originMs = SCRIPT_START_MS;
  readonly #seen = new Set<string>();
  readonly #timescales = new Map<string, number>();

  constructor(options: Partial<HlsOutputOptions> = {}) {
    let epochs = 0;
    this.output = new HlsOutput({
      pool: new BlockPool(),
      part: 0.2,
      segment: 2,
      window: 12,
      maxBytes: 64 * 1024 * 1024,
      holdBackParts: 4,
      // Scripts use segments of full length; the short first segment has its own tests.
      opening: NO_OPENING,
      clock: clockOf(() => this.nowMs),
      onFault: rethrow,
      onPlayable: () => {
        this.playableCount += 1;
      },
      newEpoch: () => `e${epochs++}`,
      ...options,
    });
  }

  /** The current playlist's text; empty before there is one. */
  get text(): string {
    return this.output.rendition?.playlist.bytes('identity').toString() ?? '';
  }

  get multivariant(): string {
    return this.output.multivariantPlaylist?.bytes('identity').toString() ?? '';
  }

  /** A publisher connects `afterMs` later with these hints. */
  start(tracks: readonly Track[], hints: SourceHints = {}, afterMs = 0): void {
    this.nowMs += afterMs;
    this.#originMs = this.nowMs;
    this.output.onSourceStart(hints);
    for (const track of tracks) this.track(track);
  }

  track(track: Track): void {
    this.#timescales.set(track.id, track.timescale);
    this.output.onTrack(track);
  }

  /** Samples arrive in the given order, each at its time, or at once if that has passed. */
  send(samples: readonly Sample[]): void {
    for (const sample of samples) {
      const timeMs = (sample.dts / (this.#timescales.get(sample.trackId) ?? 1)) * 1000;
      this.nowMs = Math.max(this.nowMs, Math.round(this.#originMs + timeMs));
      this.output.onSample(sample);
      this.look();
    }
  }

  stop(): void {
    this.output.onSourceEnd();
    this.look();
  }

  end(): void {
    this.output.onEnd();
    this.look();
  }

  /** Throws if a track's decode times overlap within a run. */
  checkDecodeTimes(): void {
    const ends = new Map<string, number>();
    for (const part of this.parts.values()) {
      for (const sample of part.samples) {
        const track = `${part.discontinuity}/${sample.trackId}`;
        const end = ends.get(track) ?? 0;
        if (sample.dts < end)
          throw new Error(`${part.uri}: track ${sample.trackId} at ${sample.dts}, before ${end}`);
        ends.set(track, sample.dts + sample.duration);
      }
    }
  }

  /** Checks and keeps new parts and segments. */
  look(): ReadPlaylist | undefined {
    const cut = this.output.rendition?.playlist;
    if (cut === undefined || cut === this.#cut) return this.history.last;
    this.#cut = cut;
    const { text } = this;
    if (text === this.#text) return this.history.last;
    this.#text = text;
    this.#checkDelta(text);
    const playlist = this.history.check(text);
    this.firstDateMs ??= playlist.segments[0]?.dateMs;
    const listed = new Map(playlist.segments.map((segment) => [segment.msn, segment]));
    // Segments that were closed at the same time are listed without their parts.
    for (const { msn, parts } of this.output.rendition?.ring.segments ?? []) {
      const segment = listed.get(msn);
      if (segment === undefined) continue;
      for (const part of segment.parts) this.#keep(part.uri, part.isGap, segment.discontinuity);
      for (const { uri, byteLength } of parts) this.#keep(uri, byteLength === 0, segment.discontinuity);
    }
    return playlist;
  }

  /** Number of delta updates. */
  get deltaCount(): number {
    return this.#deltaCount;
  }

  #checkDelta(text: string): void {
    const { rendition } = this.output;
    if (rendition === undefined || rendition.deltaUpdate === rendition.playlist) return;
    checkDelta(text, rendition.deltaUpdate.bytes('identity').toString());
    this.#deltaCount += 1;
  }

  /** Data of every written sample of a track, in the order of parts. */
  written(trackId: number): ReadSample[] {
    return [...this.parts.values()].flatMap((part) =>
      part.samples.filter((sample) => sample.trackId === trackId),
    );
  }

  #keep(uri: string, isGap: boolean, discontinuity: number): void {
    if (this.#seen.has(uri)) return;
    this.#seen.add(uri);
    if (isGap) this.gapCount += 1;
    const resource = this.output.rendition?.find(uri);
    if (isGap !== (resource === undefined)) throw new Error(`${uri} is a gap and there, or neither`);
    if (resource === undefined || resource.kind === 'init') return;
    const bytes = Buffer.concat(slicesOf(resource).map((slice) => slice.bytes));
    this.parts.set(uri, { uri, discontinuity, bytes, samples: readFragment(bytes) });
  }
}
