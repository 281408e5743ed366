import { describe, expect, it } from 'vitest';
import { BLOCK_BYTES, BlockPool, PartArena } from '../../../server/hls/part-arena.ts';
import type { InitSegment, Segment } from '../../../server/hls/segment.ts';
import { SegmentRing, slicesOf } from '../../../server/hls/segment-ring.ts';
import { ticksOfSeconds } from '../../../server/media/ticks.ts';

const KIB = 1024;
const INIT: InitSegment = { uri: 'init-0', bytes: Buffer.from('0') };
const OTHER_INIT: InitSegment = { uri: 'init-1', bytes: Buffer.from('1') };

type Shape = {
  init?: InitSegment;
  hasDiscontinuity?: boolean;
  parts?: number[];
  duration?: number;
  isOpen?: boolean;
};

class RingUnderTest {
  readonly arena: PartArena;
  readonly ring: SegmentRing;
  #msn = 0;
  #part = 0;

  /** `windowS` and durations are seconds. */
  constructor(windowS: number, maxBytes = 1_000_000) {
    this.arena = new PartArena(new BlockPool());
    this.ring = new SegmentRing(this.arena, { window: ticksOfSeconds(windowS), maxBytes });
  }

  add(shape: Shape = {}): Segment {
    const { init = INIT, hasDiscontinuity = false, parts = [100], duration = 2, isOpen = false } = shape;
    const msn = this.#msn++;
    const segment: Segment = {
      ...{ msn, uri: `seg-${msn}`, init, hasDiscontinuity, programDateTimeMs: msn * 2_000, parts: [] },
      ...{ duration: 0, byteLength: 0, isOpen: true },
    };
    this.ring.openNext(segment);
    for (const bytes of parts) {
      const slices = this.arena.allocate(bytes);
      for (const slice of slices) slice.bytes.fill(this.#part);
      const uri = `part-${this.#part++}`;
      this.ring.addPart({
        uri,
        duration: ticksOfSeconds(duration / parts.length),
        isIndependent: true,
        slices,
        byteLength: bytes,
      });
    }
    if (!isOpen) this.ring.closeSegment();
    return segment;
  }

  get listed(): number[] {
    return this.ring.segments.map((segment) => segment.msn);
  }
}

describe('segment ring', () => {
  it('lists closed segments of at least the window, the open one not counted', () => {
    const under = new RingUnderTest(6);
    for (let segment = 0; segment < 5; segment += 1) under.add();
    expect(under.listed).toEqual([2, 3, 4]);
    under.add({ duration: 4, isOpen: true });
    expect(under.listed).toEqual([2, 3, 4, 5]);
  });

  it('keeps a segment that has left for as long as it and the playlist last', () => {
    const under = new RingUnderTest(4);
    // Each segment leaves a playlist with three segments of 2 s, including itself: 8 s later nobody can request it.
    for (let segment = 0; segment < 9; segment += 1) under.add({ parts: [50, 60] });
    expect(under.listed).toEqual([7, 8]);
    expect(['seg-2', 'seg-3', 'seg-6'].map((uri) => under.ring.find(uri)?.kind)).toEqual([
      undefined,
      'segment',
      'segment',
    ]);
    expect(['part-5', 'part-6'].map((uri) => under.ring.find(uri)?.kind)).toEqual([undefined, 'part']);
    expect(under.ring.bytes).toBe(6 * 110);
  });

  it('keeps nothing of a long playlist for longer than half a minute', () => {
    const under = new RingUnderTest(3_600);
    for (let segment = 0; segment < 1_900; segment += 1) under.add();
    const first = under.listed[0] ?? 0;
    expect(first).toBe(100);
    expect([`seg-${first - 15}`, `seg-${first - 16}`].map((uri) => under.ring.find(uri)?.kind)).toEqual([
      'segment',
      undefined,
    ]);
  });

  it('holds no more bytes than allowed, lingering segments first', () => {
    const under = new RingUnderTest(1_000, 1_000 * KIB);
    let most = 0;
    for (let segment = 0; segment < 30; segment += 1) {
      under.add({ parts: [100 * KIB, 100 * KIB] });
      most = Math.max(most, under.ring.bytes);
    }
    expect(under.listed).toEqual([25, 26, 27, 28, 29]);
    expect(most).toBeLessThanOrEqual(1_000 * KIB);
    under.add({ parts: [900 * KIB, 900 * KIB], isOpen: true });
    expect(under.listed).toEqual([30]);
    expect(under.ring.bytes).toBe(1_800 * KIB);
  });

  it('holds two blocks more than its parts fill, whatever their sizes', () => {
    const under = new RingUnderTest(1_000, 3_000 * KIB);
    for (let segment = 0; segment < 60; segment += 1) {
      under.add({ parts: Array.from({ length: 10 }, (_, part) => (27.6 + 31 * part) * KIB) });
      expect(under.arena.heldBytes - under.ring.bytes).toBeLessThanOrEqual(2 * BLOCK_BYTES);
    }
    expect(under.listed.length).toBe(1);
  });

  it('lists as much while readers keep the memory of what has left', () => {
    const under = new RingUnderTest(1_000, 1_000 * KIB);
    for (let segment = 0; segment < 4; segment += 1) under.add({ parts: [100 * KIB, 100 * KIB] });
    const pinned = under.ring.segments.flatMap(({ parts }) => parts.flatMap(({ slices }) => slices));
    for (const { block } of pinned) block.pin();
    for (let segment = 4; segment < 30; segment += 1) under.add({ parts: [99 * KIB, 99 * KIB] });
    expect(under.listed).toEqual([25, 26, 27, 28, 29]);
    const kept = new Set(pinned.map(({ block }) => block)).size * BLOCK_BYTES;
    expect(under.arena.heldBytes).toBeGreaterThanOrEqual(kept + under.ring.bytes);
  });

  it('counts the discontinuities that have left', () => {
    const under = new RingUnderTest(4);
    for (const hasDiscontinuity of [false, true, false, true, true, false, false])
      under.add({ hasDiscontinuity });
    expect(under.listed).toEqual([5, 6]);
    expect(under.ring.discontinuitySequence).toBe(3);
  });

  it('forgets an init segment with the last segment that needs it, and knows it again', () => {
    const under = new RingUnderTest(2);
    under.add();
    for (let segment = 0; segment < 3; segment += 1) under.add({ init: OTHER_INIT });
    expect(under.ring.find('init-0')?.kind).toBe('init');
    under.add({ init: OTHER_INIT });
    expect(under.ring.find('init-0')).toBeUndefined();
    expect(under.ring.find('init-1')?.kind).toBe('init');
    under.add();
    expect(under.ring.find('init-0')).toEqual({ kind: 'init', init: INIT });
  });

  it('gives a segment as the bytes of its parts, without its gaps', () => {
    const under = new RingUnderTest(10);
    under.add({ parts: [3, 0, 5] });
    const resource = under.ring.find('seg-0');
    if (resource?.kind !== 'segment') throw new Error('no segment');
    expect(slicesOf(resource).map((slice) => [...slice.bytes])).toEqual([[0, 0, 0, 2, 2, 2, 2, 2]]);
    under.add({ parts: [0] });
    expect(under.ring.find('seg-1')).toBeUndefined();
  });

  it('gives a segment as one piece of each block, the same list every time', () => {
    const under = new RingUnderTest(10);
    under.add({ parts: [100, BLOCK_BYTES, 50] });
    const resource = under.ring.find('seg-0');
    if (resource?.kind !== 'segment') throw new Error('no segment');
    const slices = slicesOf(resource);
    expect(slices.map(({ bytes }) => bytes.length)).toEqual([BLOCK_BYTES, 150]);
    const expected = Buffer.concat([Buffer.alloc(100, 0), Buffer.alloc(BLOCK_BYTES, 1), Buffer.alloc(50, 2)]);
    expect(Buffer.concat(slices.map(({ bytes }) => bytes)).equals(expected)).toBe(true);
    expect(slicesOf(resource)).toBe(slices);
  });

  it('gives all memory back', () => {
    const under = new RingUnderTest(4);
    for (let segment = 0; segment < 6; segment += 1) under.add();
    under.add({ isOpen: true });
    under.ring.clear();
    expect([under.ring.bytes, under.arena.heldBytes, under.ring.segments.length]).toEqual([0, 0, 0]);
  });

  it('measures the peak over stretches near the target duration, not over single short segments', () => {
    const under = new RingUnderTest(100);
    under.add({ parts: [1_000], duration: 2 });
    under.add({ parts: [3_000], duration: 0.1 });
    under.add({ parts: [2_000], duration: 2 });
    const { peak, average } = under.ring.bandwidth(4);
    expect(average).toBeCloseTo((6_000 * 8) / 4.1, 6);
    expect(peak).toBeCloseTo((5_000 * 8) / 2.1, 6);
    const young = new RingUnderTest(100);
    young.add({ parts: [100], duration: 0.5, isOpen: true });
    expect(young.ring.bandwidth(4)).toEqual({ peak: 1_600, average: 1_600 });
    expect(new RingUnderTest(1).ring.bandwidth(4)).toEqual({ peak: 0, average: 0 });
  });

  it('counts a segment of half a target duration made of tenths of seconds', () => {
    const under = new RingUnderTest(100);
    const parts = (bytes: number): number[] => Array.from({ length: 10 }, () => bytes);
    for (const bytes of [100, 300, 100]) under.add({ parts: parts(bytes), duration: 2 });
    // The middle segment alone is half a target duration of 4 s: 3000 bytes in 2 s.
    expect(under.ring.bandwidth(4).peak).toBeCloseTo((3_000 * 8) / 2, 6);
  });
});
