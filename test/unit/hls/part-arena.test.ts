import { describe, expect, it } from 'vitest';
import { type ArenaSlice, BLOCK_BYTES, BlockPool, PartArena } from '../../../server/hls/part-arena.ts';

const KIB = 1024;
const MIB = 1024 * KIB;

const blocksOf = (slices: readonly ArenaSlice[]): number => new Set(slices.map(({ block }) => block)).size;
const takeMany = (pool: BlockPool, bytes: number): Buffer[] =>
  Array.from({ length: bytes / BLOCK_BYTES }, () => pool.take());

describe('part arena', () => {
  it('puts parts side by side in one block', () => {
    const arena = new PartArena(new BlockPool());
    const slices = Array.from({ length: 6 }, () => arena.allocate(40 * KIB)).flat();
    expect(slices).toHaveLength(6);
    expect(blocksOf(slices)).toBe(1);
    expect(arena.heldBytes).toBe(BLOCK_BYTES);
    expect(slices[1]?.bytes.byteOffset).toBe((slices[0]?.bytes.byteOffset ?? 0) + 40 * KIB);
  });

  it('lets a part cross into the next block, so that no byte of a block is left empty', () => {
    const arena = new PartArena(new BlockPool());
    const first = arena.allocate(200 * KIB);
    const second = arena.allocate(100 * KIB);
    expect([first, second].map((slices) => slices.map(({ bytes }) => bytes.length / KIB))).toEqual([
      [200],
      [56, 44],
    ]);
    expect(arena.allocate(600 * KIB).map(({ bytes }) => bytes.length / KIB)).toEqual([212, 256, 132]);
    expect(arena.allocate(124 * KIB)).toHaveLength(1);
    expect(arena.heldBytes).toBe(4 * BLOCK_BYTES);
  });

  it('gives no memory for no bytes', () => {
    const arena = new PartArena(new BlockPool());
    expect(arena.allocate(0)).toEqual([]);
    expect(arena.heldBytes).toBe(0);
  });

  it('takes a block again once its parts are gone', () => {
    const pool = new BlockPool();
    const arena = new PartArena(pool);
    const first = arena.allocate(BLOCK_BYTES);
    const [memory] = first.map(({ block }) => block.memory);
    arena.close();
    const pooledBytes = pool.pooledBytes;
    arena.release(first);
    expect([pool.pooledBytes - pooledBytes, arena.heldBytes]).toEqual([BLOCK_BYTES, 0]);
    expect(arena.allocate(10)[0]?.block.memory).toBe(memory);
  });

  it('keeps a block that a response still sends', () => {
    const pool = new BlockPool();
    const arena = new PartArena(pool);
    const slices = arena.allocate(10);
    const { pooledBytes } = pool;
    const [block] = slices.map((slice) => slice.block);
    block?.pin();
    arena.close();
    arena.release(slices);
    expect([pool.pooledBytes, arena.heldBytes]).toEqual([pooledBytes, BLOCK_BYTES]);
    block?.unpin();
    expect([pool.pooledBytes, arena.heldBytes]).toEqual([pooledBytes + BLOCK_BYTES, 0]);
    expect(() => block?.unpin()).toThrow(RangeError);
  });
});

describe('block pool', () => {
  it('gives each block once, whatever was given back before', () => {
    const pool = new BlockPool();
    const blocks = takeMany(pool, 8 * MIB);
    for (const block of blocks.splice(5, 9)) pool.give(block);
    blocks.push(...takeMany(pool, 8 * MIB));
    const places = new Set(blocks.map(({ buffer, byteOffset }) => `${addressOf(buffer)}:${byteOffset}`));
    expect(places.size).toBe(blocks.length);
    expect(blocks.every(({ length }) => length === BLOCK_BYTES)).toBe(true);
  });

  it('allocates many blocks together when much is in use, and few when little is', () => {
    const allocations = (bytes: number): number =>
      new Set(takeMany(new BlockPool(), bytes).map(({ buffer }) => buffer)).size;
    expect(allocations(MIB)).toBe(1);
    expect(allocations(32 * MIB)).toBe(32);
    expect(allocations(528 * MIB)).toBe(33 + 15);
    expect(allocations(1056 * MIB)).toBe(33 + 15 + 4);
  });

  it('never allocates more at once than what is in use, and of much a quarter', () => {
    const pool = new BlockPool();
    for (let usedBytes = BLOCK_BYTES; usedBytes < 700 * MIB; usedBytes += BLOCK_BYTES) {
      const { byteLength } = pool.take().buffer;
      if (usedBytes > MIB) expect(byteLength).toBeLessThanOrEqual(usedBytes);
      if (byteLength > 33 * MIB) expect(byteLength).toBeLessThanOrEqual(usedBytes / 4);
    }
  });

  it('takes much memory only in pieces that the system can take back as a whole', () => {
    // glibc maps more than 32 MiB alone, and may put less into its heap.
    const sizes = new Set(takeMany(new BlockPool(), 512 * MIB).map(({ buffer }) => buffer.byteLength));
    expect([...sizes].filter((size) => size <= 32 * MIB)).toEqual([MIB]);
  });

  it('keeps a share of what is in use free, and returns the rest as whole regions', () => {
    const pool = new BlockPool();
    const blocks = takeMany(pool, 256 * MIB);
    for (const block of blocks.splice(4 * 32)) pool.give(block);
    expect(pool.pooledBytes).toBeGreaterThanOrEqual(4 * MIB);
    expect(pool.pooledBytes).toBeLessThan(4 * MIB + 33 * MIB);
    for (const block of blocks.splice(0)) pool.give(block);
    expect(pool.pooledBytes).toBeLessThanOrEqual(MIB);
  });

  // With 560 MiB there are regions of all sizes.
  it.each([
    [256, 16],
    [560, 32],
  ])(
    'moves into its oldest memory as blocks turn over, so that the rest of %i MiB can be returned',
    (mib, streams) => {
      const pool = new BlockPool();
      const blocks = takeMany(pool, mib * MIB);
      // One stream remains; its blocks lie everywhere.
      const kept: Buffer[] = [];
      for (const [at, block] of blocks.entries()) {
        if (at % streams === 0) kept.push(block);
        else pool.give(block);
      }
      expect(pool.pooledBytes).toBeGreaterThan(100 * MIB);
      for (let turn = 0; turn < kept.length; turn += 1) {
        kept.push(pool.take());
        const oldest = kept.shift();
        if (oldest !== undefined) pool.give(oldest);
      }
      // What remains in use is less than 18 MiB, in the small regions.
      expect(pool.pooledBytes).toBeLessThanOrEqual(3 * MIB);
    },
  );

  it('returns the memory of a region at once, without a collection', () => {
    const pool = new BlockPool();
    const blocks = takeMany(pool, 64 * MIB);
    for (const block of blocks) pool.give(block);
    const kept = blocks.filter(({ length }) => length > 0).length * BLOCK_BYTES;
    expect(kept).toBeLessThanOrEqual(MIB);
  });

  it('uses nothing again with a limit of 0', () => {
    const pool = new BlockPool(0);
    const block = pool.take();
    pool.give(block);
    expect(pool.pooledBytes).toBe(0);
    expect(pool.take().buffer).not.toBe(block.buffer);
  });
});

const addresses = new Map<ArrayBufferLike, number>();

/** A number for each allocation. */
function addressOf(buffer: ArrayBufferLike): number {
  const known = addresses.get(buffer) ?? addresses.size;
  addresses.set(buffer, known);
  return known;
}
