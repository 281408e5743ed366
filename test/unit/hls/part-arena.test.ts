import { describe, expect, it } from 'vitest';
import { type ArenaSlice, BlockPool, PartArena } from '../../../server/hls/part-arena.ts';

const KIB = 1024;
const MIB = 1024 * KIB;

/** An arena that has held one key frame's part and several usual ones; all are released. */
function seasoned(pool = new BlockPool(), usualBytes = 40 * KIB): PartArena {
  const arena = new PartArena(pool);
  const slices = [
    arena.allocate(4 * usualBytes),
    ...Array.from({ length: 40 }, () => arena.allocate(usualBytes)),
  ];
  arena.close();
  for (const slice of slices) arena.release(slice);
  return arena;
}

const blocksOf = (slices: readonly ArenaSlice[]): number => new Set(slices.map((slice) => slice.block)).size;

describe('part arena', () => {
  it('puts usual parts side by side in one block', () => {
    const arena = seasoned();
    const slices = Array.from({ length: 8 }, () => arena.allocate(40 * KIB));
    expect(blocksOf(slices)).toBe(1);
    expect(arena.heldBytes).toBe(384 * KIB);
    expect(slices[1]?.bytes.byteOffset).toBe(40 * KIB);
  });

  it('gives a part with a key frame a block of its own, an eighth too large at most', () => {
    const arena = seasoned(new BlockPool(0));
    const small = [arena.allocate(40 * KIB)];
    const key = arena.allocate(300 * KIB);
    small.push(arena.allocate(40 * KIB));
    expect(blocksOf(small)).toBe(1);
    expect(key.block.memory.length).toBe(320 * KIB);
  });

  it('takes a block again once its parts are gone', () => {
    const pool = new BlockPool();
    const arena = new PartArena(pool);
    const first = arena.allocate(250 * KIB);
    const memory = first.block.memory;
    arena.release(first);
    expect([pool.pooledBytes, arena.heldBytes]).toEqual([256 * KIB, 0]);
    expect(arena.allocate(255 * KIB).block.memory).toBe(memory);
    expect(pool.pooledBytes).toBe(0);
  });

  it('keeps a block that a response still sends', () => {
    const pool = new BlockPool();
    const arena = new PartArena(pool);
    const { bytes, block } = arena.allocate(10);
    block.pin();
    arena.close();
    arena.release({ bytes, block });
    expect([pool.pooledBytes, arena.heldBytes]).toEqual([0, 64 * KIB]);
    block.unpin();
    expect([pool.pooledBytes, arena.heldBytes]).toEqual([64 * KIB, 0]);
    expect(() => block.unpin()).toThrow(RangeError);
  });

  it('follows the size of parts up and down', () => {
    const arena = seasoned();
    const blockAfter = (bytes: number): number => {
      for (let part = 0; part < 60; part += 1) arena.release(arena.allocate(bytes));
      arena.close();
      return arena.allocate(bytes).block.memory.length;
    };
    expect(blockAfter(10 * KIB)).toBeLessThanOrEqual(96 * KIB);
    expect(blockAfter(200 * KIB)).toBeGreaterThanOrEqual(8 * 180 * KIB);
  });

  it('takes a free block that is a quarter too large at most, the smallest that there is', () => {
    const pool = new BlockPool();
    const [tooLarge, larger, large, small] = [130, 125, 110, 99].map((kib) => pool.take(kib * KIB));
    for (const block of [tooLarge, larger, large, small]) if (block !== undefined) pool.give(block);
    expect([1, 2, 3].map(() => pool.take(100 * KIB).length / KIB)).toEqual([110, 125, 100]);
    expect(pool.pooledBytes).toBe((130 + 99) * KIB);
  });

  it('keeps a share of what is in use free, and less when less is used', () => {
    const pool = new BlockPool();
    const blocks = Array.from({ length: 240 }, () => pool.take(MIB));
    for (const block of blocks.splice(0, 60)) pool.give(block);
    expect(pool.pooledBytes).toBe(22 * MIB);
    for (const block of blocks.splice(0, 180)) pool.give(block);
    expect(pool.pooledBytes).toBe(8 * MIB);
  });

  it('keeps no more free memory than its cap, and drops sizes that nobody takes', () => {
    const pool = new BlockPool();
    pool.give(Buffer.alloc(3 * MIB));
    for (let block = 0; block < 40; block += 1) pool.give(Buffer.alloc(2 * MIB));
    expect(pool.pooledBytes).toBe(8 * MIB);
    pool.take(3 * MIB);
    expect(pool.pooledBytes).toBe(8 * MIB);
    pool.take(2 * MIB);
    expect(pool.pooledBytes).toBe(6 * MIB);
    pool.give(Buffer.alloc(9 * MIB));
    expect(pool.pooledBytes).toBe(6 * MIB);
  });
});
