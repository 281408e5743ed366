// The window of segments in memory: bounded by time and by bytes, found by name (RFC 8216bis clause 6.2.2).

import type { MeasuredBandwidth } from './multivariant-playlist.ts';
import type { ArenaSlice, PartArena } from './part-arena.ts';
import type { InitSegment, Part, Segment } from './segment.ts';

export type RingLimits = {
  /** Seconds of closed segments that stay listed. */
  readonly window: number;
  readonly maxBytes: number;
};

/** Segments that left the playlist but can still be fetched: a player may have read its URI just before (6.2.2). */
const LINGERING_SEGMENTS = 2;

/** What a URI names. */
export type MediaResource =
  | { readonly kind: 'init'; readonly init: InitSegment }
  | { readonly kind: 'part'; readonly part: Part }
  | { readonly kind: 'segment'; readonly segment: Segment };

export class SegmentRing {
  readonly #limits: RingLimits;
  readonly #arena: PartArena;
  readonly #segments: Segment[] = [];
  readonly #lingering: Segment[] = [];
  readonly #byUri = new Map<string, MediaResource>();
  #discontinuitySequence = 0;
  #bytes = 0;
  #duration = 0;

  constructor(arena: PartArena, limits: RingLimits) {
    this.#arena = arena;
    this.#limits = limits;
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

  get openSegment(): Segment | undefined {
    const last = this.#segments.at(-1);
    return last?.isOpen ? last : undefined;
  }

  find(uri: string): MediaResource | undefined {
    return this.#byUri.get(uri);
  }

  openNext(segment: Segment): void {
    if (!this.#byUri.has(segment.init.uri))
      this.#byUri.set(segment.init.uri, { kind: 'init', init: segment.init });
    this.#segments.push(segment);
  }

  addPart(part: Part): void {
    const segment = this.openSegment;
    if (segment === undefined) throw new RangeError('a part needs an open segment');
    segment.parts.push(part);
    segment.duration += part.duration;
    this.#duration += part.duration;
    if (part.slice !== undefined) {
      segment.byteLength += part.slice.bytes.length;
      this.#bytes += part.slice.bytes.length;
      this.#byUri.set(part.uri, { kind: 'part', part });
    }
    this.#evict();
  }

  closeSegment(): void {
    const segment = this.openSegment;
    if (segment === undefined) return;
    segment.isOpen = false;
    if (segment.byteLength > 0) this.#byUri.set(segment.uri, { kind: 'segment', segment });
    this.#evict();
  }

  /** Gives all memory back; nothing can be found any more. */
  clear(): void {
    for (const segment of [...this.#lingering, ...this.#segments]) this.#forget(segment);
    this.#segments.length = 0;
    this.#lingering.length = 0;
    this.#byUri.clear();
    this.#arena.close();
  }

  /** Peak of the closed segments and average over all; the open one counts while it is alone. */
  bandwidth(): MeasuredBandwidth {
    const closed = this.#segments.filter((segment) => !segment.isOpen && segment.duration > 0);
    const measured = closed.length > 0 ? closed : this.#segments.filter((segment) => segment.duration > 0);
    let peak = 0;
    let bits = 0;
    let duration = 0;
    for (const segment of measured) {
      peak = Math.max(peak, (segment.byteLength * 8) / segment.duration);
      bits += segment.byteLength * 8;
      duration += segment.duration;
    }
    return { peak, average: duration > 0 ? bits / duration : 0 };
  }

  #evict(): void {
    for (;;) {
      const oldest = this.#segments[0];
      if (oldest === undefined || oldest.isOpen) break;
      const fits = this.#bytes <= this.#limits.maxBytes;
      if (fits && this.#duration - oldest.duration < this.#limits.window) break;
      if (!fits && this.#lingering.length > 0) {
        this.#forgetLingering();
        continue;
      }
      this.#segments.shift();
      this.#duration -= oldest.duration;
      // 6.2.2: removing a segment that carries an EXT-X-DISCONTINUITY raises the sequence.
      if (oldest.hasDiscontinuity) this.#discontinuitySequence += 1;
      this.#lingering.push(oldest);
      if (this.#lingering.length > LINGERING_SEGMENTS) this.#forgetLingering();
    }
  }

  #forgetLingering(): void {
    const segment = this.#lingering.shift();
    if (segment === undefined) return;
    this.#forget(segment);
    const { init } = segment;
    if (![...this.#lingering, ...this.#segments].some((other) => other.init === init))
      this.#byUri.delete(init.uri);
  }

  #forget(segment: Segment): void {
    this.#byUri.delete(segment.uri);
    for (const part of segment.parts) {
      this.#byUri.delete(part.uri);
      if (part.slice === undefined) continue;
      this.#bytes -= part.slice.bytes.length;
      this.#arena.release(part.slice);
    }
  }
}

/** The bytes of a resource in order, each with the block to pin while they are sent. */
export function slicesOf(resource: Exclude<MediaResource, { kind: 'init' }>): readonly ArenaSlice[] {
  const parts = resource.kind === 'part' ? [resource.part] : resource.segment.parts;
  return parts.flatMap((part) => (part.slice === undefined ? [] : [part.slice]));
}
