// Range requests (RFC 9110 clause 14) on media in several chunks, without a copy.

import type { PinnedBytes } from '../hls/hls-origin.ts';

/** Positions of the first and the last byte, as Content-Range counts them. */
export type ByteRange = { readonly first: number; readonly last: number };

const SINGLE_RANGE = /^bytes=[ \t]*(?:(\d+)-(\d*)|-(\d+))[ \t]*$/i;

/**
 * The range of a Range header in `length` bytes. Several ranges, other units and malformed ones are ignored, as clause 14.2
 * allows: undefined means the whole. Numbers may have any size.
 */
export function parseByteRange(
  header: string | undefined,
  length: number,
): ByteRange | 'unsatisfiable' | undefined {
  const match = header === undefined ? null : SINGLE_RANGE.exec(header);
  if (match === null) return undefined;
  const [, first, last, suffix] = match;
  if (suffix !== undefined) {
    const wanted = Math.min(Number(suffix), length);
    return wanted === 0 ? 'unsatisfiable' : { first: length - wanted, last: length - 1 };
  }
  const range = { first: Number(first), last: last === '' ? length - 1 : Number(last) };
  // Clause 14.1.1: a range that ends before it begins is invalid, not unsatisfiable.
  if (last !== '' && isBefore(last ?? '', first ?? '')) return undefined;
  if (range.first >= length) return 'unsatisfiable';
  return { first: range.first, last: Math.min(range.last, length - 1) };
}

/** Compares decimal numbers of any length; above 2^53 Number is not exact. */
function isBefore(left: string, right: string): boolean {
  return BigInt(left) < BigInt(right);
}

/** The chunks of the range, with the outer ones cut; they share the memory of `chunks`. */
export function sliceRange(chunks: readonly PinnedBytes[], range: ByteRange): PinnedBytes[] {
  const found: PinnedBytes[] = [];
  let start = 0;
  for (const { bytes, block } of chunks) {
    const from = Math.max(range.first - start, 0);
    const until = Math.min(range.last + 1 - start, bytes.length);
    if (from < until) found.push({ bytes: bytes.subarray(from, until), block });
    start += bytes.length;
  }
  return found;
}
