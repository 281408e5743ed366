// The window of segments in memory: bounded by time and by bytes, found by name (RFC 8216bis clause 6.2.2).

import { secondsOf, TICKS_PER_SECOND, ticksOfSeconds } from '../media/ticks.ts';
import type { MeasuredBandwidth } from './multivariant-playlist.ts';
import { type ArenaSlice, joinSlices, type PartArena } from './part-arena.ts';
import type { InitSegment, Part, Segment } from './segment.ts';

/** Times are ticks of the common scale. */
export type RingLimits = {
  /** Length of closed segments that stays listed. */
  readonly window: number;
  /** Limit of parts, read at each change. Init segments, and the unused rest of two blocks, come on top. */
  readonly maxBytes: number;
  /** Called for each segment that leaves the window early because of `maxBytes`. */
  readonly onFull?: (() => void) | undefined;
};

/** Parts and init segments together may exceed the limit of parts by this factor; above it parts are removed. */
const INIT_ALLOWANCE = 1.15;

/**
 * A segment that has left the playlist can be fetched for as long as it and the playlist last (6.2.2), but no longer than
 * 30 s of media, because a playlist of hours would double its memory.
 */
const MAX_LINGERING = ticksOfSeconds(30);

/**
 * Listed segments per second of the window. A publisher that disconnects often makes many short ones. Ordinary segments last a
 * second or more.
 */
const MAX_SEGMENTS_PER_SECOND = 1;
/** Least limit for short windows: segments of 100 ms in the shortest window, 12 s. */
const LEAST_MAX_SEGMENTS = 120;

/** A segment that has left the playlist, and when it is removed, in media time. */
type LingeringSegment = { readonly segment: Segment; readonly until: number };

/** The resource of a URI. */
export type MediaResource =
  | { readonly kind: 'init'; readonly init: InitSegment }
  | { readonly kind: 'part'; readonly part: Part }
  | { readonly kind: 'segment'; readonly segment: Segment; readonly slices: readonly ArenaSlice[] };

export class SegmentRing {
  readonly #limits: RingLimits;
  readonly #arena: PartArena;
  readonly #segments: Segment[] = [];
  readonly #lingering: LingeringSegment[] = [];
  readonly #byUri = new Map<string, MediaResource>();
  /** Segments by init segment; an unused init segment is removed. */
  readonly #initUses = new Map<InitSegment, number>();
  readonly #maxSegments: number;
  #discontinuitySequence = 0;
  #bytes = 0;
  #initBytes = 0;
  /** Length of the listed closed segments. */
  #closedDuration = 0;
  #media = 0;

  constructor(arena: PartArena, limits: RingLimits) {
    this.#arena = arena;
    this.#limits = limits;
    this.#maxSegments = Math.max(
      Math.ceil(secondsOf(limits.window) * MAX_SEGMENTS_PER_SECOND),
      LEAST_MAX_SEGMENTS,
    );
  }

  /** Oldest first; the last one may be open. */
  get segments(): readonly Segment[] {
    return this.#segments;
  }

  get discontinuitySequence(): number {
    return this.#discontinuitySequence;
  }

  /** Bytes of every part held, lingering ones included. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Length of all parts so far. */
  get media(): number {
    return this.#media;
  }

  /** Bytes of the init segments that held segments need. */
  get initBytes(): number {
    return this.#initBytes;
  }

  /** The open segment alone exceeds the limit, so nothing can be removed. */
  get isOverfull(): boolean {
    return this.#segments.length === 1 && this.#lingering.length === 0 && !this.#fits();
  }

  get openSegment(): Segment | undefined {
    const last = this.#segments.at(-1);
    return last?.isOpen ? last : undefined;
  }

  find(uri: string): MediaResource | undefined {
    return this.#byUri.get(uri);
  }

  openNext(segment: Segment): void {
    const { init } = segment;
    const uses = this.#initUses.get(init) ?? 0;
    if (uses === 0) {
      this.#byUri.set(init.uri, { kind: 'init', init });
      this.#initBytes += init.bytes.length;
    }
    this.#initUses.set(init, uses + 1);
    this.#segments.push(segment);
  }

  addPart(part: Part): void {
    const segment = this.openSegment;
    if (segment === undefined) throw new RangeError('a part needs an open segment');
    segment.parts.push(part);
    segment.duration += part.duration;
    this.#media += part.duration;
    if (part.byteLength > 0) {
      segment.byteLength += part.byteLength;
      this.#bytes += part.byteLength;
      this.#byUri.set(part.uri, { kind: 'part', part });
    }
    this.#evict();
  }

  closeSegment(): void {
    const segment = this.openSegment;
    if (segment === undefined) return;
    segment.isOpen = false;
    this.#closedDuration += segment.duration;
    if (segment.byteLength > 0) {
      const slices = joinSlices(segment.parts.flatMap((part) => part.slices));
      this.#byUri.set(segment.uri, { kind: 'segment', segment, slices });
    }
    this.#evict();
  }

  /** Releases all memory; nothing can be found after this. */
  clear(): void {
    for (const { segment } of this.#lingering) this.#forget(segment);
    for (const segment of this.#segments) this.#forget(segment);
    this.#segments.length = 0;
    this.#lingering.length = 0;
    this.#closedDuration = 0;
    this.#byUri.clear();
    this.#initUses.clear();
    this.#arena.close();
  }

  /**
   * Bits per second; `targetDuration` in seconds. 4.4.6.2: the peak is over neighbouring segments that last 0.5 to 1.5 target
   * durations together, the average over all. Before there are such segments, all media counts as one.
   */
  bandwidth(targetDuration: number): MeasuredBandwidth {
    let bits = 0;
    let duration = 0;
    let peak = 0;
    for (const [at, segment] of this.#segments.entries()) {
      bits += segment.byteLength * 8;
      duration += segment.duration;
      if (!segment.isOpen) peak = Math.max(peak, this.#peakFrom(at, targetDuration));
    }
    const average = duration > 0 ? bits / secondsOf(duration) : 0;
    return { peak: Math.max(peak, average), average };
  }

  #peakFrom(first: number, targetDuration: number): number {
    let bits = 0;
    let duration = 0;
    let peak = 0;
    for (let at = first; at < this.#segments.length; at += 1) {
      const segment = this.#segments[at];
      if (segment === undefined || segment.isOpen) break;
      bits += segment.byteLength * 8;
      duration += segment.duration;
      if (duration > 1.5 * targetDuration * TICKS_PER_SECOND) break;
      if (duration >= 0.5 * targetDuration * TICKS_PER_SECOND)
        peak = Math.max(peak, bits / secondsOf(duration));
    }
    return peak;
  }

  #evict(): void {
    while ((this.#lingering[0]?.until ?? Number.POSITIVE_INFINITY) <= this.#media) this.#forgetLingering();
    while (this.#lingering.length > this.#maxSegments) this.#forgetLingering();
    for (;;) {
      const fits = this.#fits();
      if (!fits && this.#lingering.length > 0) {
        this.#forgetLingering();
        continue;
      }
      const oldest = this.#segments[0];
      if (oldest === undefined || oldest.isOpen) return;
      // 6.2.2: at least the window stays listed, which is three target durations or more.
      const isInWindow = this.#closedDuration - oldest.duration < this.#limits.window;
      if (fits && isInWindow && this.#segments.length <= this.#maxSegments) return;
      if (!fits && isInWindow) this.#limits.onFull?.();
      const listed = this.#closedDuration + (this.openSegment?.duration ?? 0);
      const lingers = Math.min(oldest.duration + listed, MAX_LINGERING);
      this.#segments.shift();
      this.#closedDuration -= oldest.duration;
      // 6.2.2: removing a segment that carries an EXT-X-DISCONTINUITY raises the sequence.
      if (oldest.hasDiscontinuity) this.#discontinuitySequence += 1;
      this.#lingering.push({ segment: oldest, until: this.#media + lingers });
    }
  }

  /** Media that slow readers keep is not counted, because it would shorten the window of others. */
  #fits(): boolean {
    const { maxBytes } = this.#limits;
    return this.#bytes <= maxBytes && this.#bytes + this.#initBytes <= maxBytes * INIT_ALLOWANCE;
  }

  #forgetLingering(): void {
    const segment = this.#lingering.shift()?.segment;
    if (segment !== undefined) this.#forget(segment);
  }

  #forget(segment: Segment): void {
    this.#byUri.delete(segment.uri);
    this.#forgetInit(segment.init);
    for (const part of segment.parts) {
      this.#byUri.delete(part.uri);
      this.#bytes -= part.byteLength;
      this.#arena.release(part.slices);
    }
  }

  #forgetInit(init: InitSegment): void {
    const uses = (this.#initUses.get(init) ?? 1) - 1;
    if (uses > 0) {
      this.#initUses.set(init, uses);
      return;
    }
    this.#initUses.delete(init);
    this.#byUri.delete(init.uri);
    this.#initBytes -= init.bytes.length;
  }
}

/** The bytes of a resource in order, each with the block to pin while they are sent; the same list every time. */
export function slicesOf(resource: Exclude<MediaResource, { kind: 'init' }>): readonly ArenaSlice[] {
  return resource.kind === 'part' ? resource.part.slices : resource.slices;
}
