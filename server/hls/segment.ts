// Init segments, parts, and segments of parts (RFC 8216bis clauses 3 and 4.4.4).

import { msOf } from '../media/ticks.ts';
import type { ArenaSlice } from './part-arena.ts';

/** EXT-X-MAP: immutable, small, kept outside the arena. */
export type InitSegment = { readonly uri: string; readonly bytes: Buffer };

/** EXT-X-PART: a Partial Segment. Without bytes it is a gap without media. */
export type Part = {
  readonly uri: string;
  /** Ticks of the common scale. */
  readonly duration: number;
  /** It contains a sync sample of the leading track. */
  readonly isIndependent: boolean;
  readonly slices: readonly ArenaSlice[];
  readonly byteLength: number;
};

/** A Media Segment; open while parts are still added. */
export type Segment = {
  readonly msn: number;
  readonly uri: string;
  readonly init: InitSegment;
  readonly hasDiscontinuity: boolean;
  /** Arrival of its first sample by the gateway's clock, milliseconds since the Unix epoch. */
  readonly programDateTimeMs: number;
  readonly parts: Part[];
  /** The sum of its parts. */
  duration: number;
  byteLength: number;
  isOpen: boolean;
};

/** What a closed segment consists of, for people; lengths in milliseconds. */
export type SegmentFacts = {
  readonly msn: number;
  readonly durationMs: number;
  readonly bytes: number;
  readonly parts: readonly (readonly [durationMs: number, bytes: number, isIndependent: 0 | 1])[];
  readonly discontinuity?: true;
  readonly gap?: true;
};

export function segmentFacts({ msn, duration, byteLength, parts, hasDiscontinuity }: Segment): SegmentFacts {
  return {
    msn,
    durationMs: Math.round(msOf(duration)),
    bytes: byteLength,
    parts: parts.map((part) => [
      Math.round(msOf(part.duration)),
      part.byteLength,
      part.isIndependent ? 1 : 0,
    ]),
    ...(hasDiscontinuity ? { discontinuity: true } : {}),
    ...(byteLength === 0 ? { gap: true } : {}),
  };
}

/** A listed segment; text segments have no init segment. */
export type ListedSegment = Omit<Segment, 'init'> & { readonly init: InitSegment | undefined };
