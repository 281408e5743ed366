// The geometry of the segment strip: blocks where their time is, joined, with holes where nothing was made.
import { expect, test } from 'vitest';
import type { SegmentNote } from '../../../../server/stats/operator-message.ts';
import { blockAt, stripGeometry } from '../../../../web/dashboard/segment-geometry.ts';

const NOW = 1_000_000;
const SIZE = { width: 600, height: 100 };

const segment = (msn: number, endsAgoMs: number, parts: Partial<SegmentNote> = {}): SegmentNote => ({
  msn,
  t: NOW - endsAgoMs,
  durationMs: 2_000,
  bytes: 1_000,
  parts: [
    [500, 400, 1],
    [1_500, 600, 0],
  ],
  ...parts,
});
const shape = (segments: readonly SegmentNote[]) => stripGeometry(segments, NOW, SIZE);

test('a block has the place and the width of its time, and the height of its bytes', () => {
  const { blocks, maxBytes } = shape([segment(1, 2_000, { bytes: 500 }), segment(2, 0)]);
  expect(blocks.map(({ x, width, height }) => [x, width, height])).toEqual([
    [560, 20, 50],
    [580, 20, 100],
  ]);
  expect(maxBytes).toBe(1_000);
  expect(blocks[0]?.parts).toEqual([
    { x: 560, width: 5, isKey: true },
    { x: 565, width: 15, isKey: false },
  ]);
});

test('a segment that is complete a little late joins the one before it', () => {
  const { blocks, holes } = shape([segment(1, 2_300), segment(2, 0)]);
  expect(holes).toEqual([]);
  expect((blocks[0]?.x ?? 0) + (blocks[0]?.width ?? 0)).toBeCloseTo(blocks[1]?.x ?? 0);
});

test('a time without segments is a hole', () => {
  const { holes } = shape([segment(1, 12_000), segment(2, 0)]);
  expect(holes).toEqual([{ x: 480, width: 100 }]);
});

test('gaps have the whole height, and long segments are marked', () => {
  const usual = [0, 1, 2, 3].map((msn) => segment(msn, 10_000 - msn * 2_000));
  const { blocks } = shape([
    ...usual,
    segment(4, 0, { durationMs: 4_000 }),
    segment(5, 0, { gap: true, bytes: 0 }),
  ]);
  expect(blocks.map(({ kind }) => kind)).toEqual(['media', 'media', 'media', 'media', 'long', 'gap']);
  expect(blocks.at(-1)?.height).toBe(SIZE.height);
});

test('the first segments of a stream do not make the next ones long', () => {
  const short = [segment(1, 3_400, { durationMs: 600 }), segment(2, 2_800, { durationMs: 600 })];
  expect(shape([...short, segment(3, 0)]).blocks.map(({ kind }) => kind)).toEqual([
    'media',
    'media',
    'media',
  ]);
});

test('what is older than the strip is left out, and nothing is drawn with no width', () => {
  const { blocks } = shape([segment(1, 61_000), segment(2, 59_000), segment(3, 58_999, { durationMs: 0 })]);
  expect(blocks.map((block) => block.segment.msn)).toEqual([2, 3]);
  expect(Math.min(...blocks.map(({ width }) => width))).toBeGreaterThanOrEqual(1);
  expect(shape([])).toEqual({ blocks: [], holes: [], maxBytes: 1 });
});

test('the pointer hits the block under it, or the nearest', () => {
  const { blocks } = shape([segment(1, 12_000), segment(2, 0)]);
  expect([465, 490, 570, 599, 0].map((x) => blockAt(blocks, x))).toEqual([0, 0, 1, 1, 0]);
  expect(blockAt([], 5)).toBeUndefined();
});
