// Where the segment strip draws what: the last minute, a block for each segment, at the place and of the width of its time.
import type { SegmentNote } from '../../server/stats/operator-message.ts';

export const STRIP_MS = 60_000;

/** A part inside its block. */
export type StripPart = {
  readonly x: number;
  readonly width: number;
  readonly isKey: boolean;
};

export type StripBlock = {
  readonly segment: SegmentNote;
  readonly x: number;
  readonly width: number;
  readonly height: number;
  /** `long`: half as long again as usual, so viewers wait longer for a key frame. */
  readonly kind: 'media' | 'long' | 'gap';
  readonly parts: readonly StripPart[];
};

/** A time in which no segment was made. */
export type StripHole = { readonly x: number; readonly width: number };

export type StripSize = { readonly width: number; readonly height: number };
export type StripGeometry = {
  readonly blocks: readonly StripBlock[];
  readonly holes: readonly StripHole[];
  /** Bytes of a block that is as high as the strip. */
  readonly maxBytes: number;
};

/** A segment is complete a little earlier or later than its length says: this part of it is no hole. */
const SLACK = 0.4;
/** A segment of this many times the median length is called long. */
const LONG = 1.5;
/** Fewer segments do not show what is usual: the first ones of a stream are short. */
const LEAST_SEGMENTS = 5;
/** The lowest block that the pointer can still hit. */
const LEAST_HEIGHT = 6;

/** `nowMs` is the right end of the strip. Segments are in the order of their numbers. */
export function stripGeometry(
  segments: readonly SegmentNote[],
  nowMs: number,
  size: StripSize,
): StripGeometry {
  const startsAt = nowMs - STRIP_MS;
  const xOf = (t: number): number => ((t - startsAt) / STRIP_MS) * size.width;
  const shown = segments.filter(({ t }) => t > startsAt);
  const maxBytes = Math.max(1, ...shown.map(({ bytes }) => bytes));
  const usualMs = usualLength(shown.filter(({ gap }) => gap !== true).map(({ durationMs }) => durationMs));
  const blocks: StripBlock[] = [];
  const holes: StripHole[] = [];
  let endsAt: number | undefined;
  for (const segment of shown) {
    const { t, durationMs, bytes } = segment;
    let begin = t - durationMs;
    if (endsAt !== undefined) {
      const isJoined = begin - endsAt < durationMs * SLACK;
      if (isJoined) begin = endsAt;
      else holes.push({ x: xOf(endsAt), width: xOf(begin) - xOf(endsAt) });
    }
    endsAt = Math.max(t, begin);
    const x = xOf(begin);
    const width = Math.max(1, xOf(endsAt) - x);
    const isGap = segment.gap === true;
    const height = isGap ? size.height : Math.max(LEAST_HEIGHT, (bytes / maxBytes) * size.height);
    const isLong = usualMs > 0 && durationMs > usualMs * LONG;
    const kind = isGap ? 'gap' : isLong ? 'long' : 'media';
    blocks.push({ segment, x, width, height, kind, parts: partsOf(segment, x, width) });
  }
  return { blocks, holes, maxBytes };
}

/** The block under a horizontal position; the nearest one if there is none. */
export function blockAt(blocks: readonly StripBlock[], x: number): number | undefined {
  let best: number | undefined;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const [at, block] of blocks.entries()) {
    const distance = Math.max(block.x - x, x - (block.x + block.width), 0);
    if (distance >= bestDistance) continue;
    best = at;
    bestDistance = distance;
  }
  return best;
}

function partsOf({ parts }: SegmentNote, x: number, width: number): readonly StripPart[] {
  const totalMs = parts.reduce((sum, [durationMs]) => sum + durationMs, 0);
  if (totalMs <= 0) return [];
  let at = x;
  return parts.map(([durationMs, , isIndependent]) => {
    const part = { x: at, width: (durationMs / totalMs) * width, isKey: isIndependent === 1 };
    at += part.width;
    return part;
  });
}

/** The median length, the higher one of two; 0 if it is unknown. */
function usualLength(values: readonly number[]): number {
  if (values.length < LEAST_SEGMENTS) return 0;
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
