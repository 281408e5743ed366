import { describe, expect, it } from 'vitest';
import { BLOCK_BYTES, BlockPool } from '../../../server/hls/part-arena.ts';
import { SampleMemory } from '../../../server/hls/sample-memory.ts';
import { pattern } from '../../cases/rtmp-splits.ts';

const KIB = 1024;
const SIZES = [1, 300, 17 * KIB, 32 * KIB, 33 * KIB, 200 * KIB, 3_000 * KIB];

describe('sample memory', () => {
  it('copies samples of every size', () => {
    const memory = new SampleMemory(new BlockPool());
    const sources = SIZES.flatMap((size) => [pattern(size), pattern(size, 9)]);
    const copies = sources.map((source) => memory.keep(source));
    for (const source of sources) source.fill(0);
    expect(copies.map((copy) => copy.length)).toEqual(sources.map(({ length }) => length));
    expect(copies.every((copy, at) => copy.equals(pattern(copy.length, at % 2 === 0 ? undefined : 9)))).toBe(
      true,
    );
  });

  it('keeps through a renewal what is copied again, and gives the rest back', () => {
    const pool = new BlockPool();
    const memory = new SampleMemory(pool);
    const copies = SIZES.map((size) => memory.keep(pattern(size)));
    const rest: Buffer[] = [];
    memory.renew(() => rest.push(...copies.slice(0, 4).map((copy) => memory.keep(copy))));
    expect(memory.keptBytes).toBe(SIZES.slice(0, 4).reduce((sum, size) => sum + size, 0));
    expect(pool.pooledBytes).toBeGreaterThanOrEqual(2 * BLOCK_BYTES);
    expect(rest.every((copy) => copy.equals(pattern(copy.length)))).toBe(true);
    expect(copies.some((copy) => copy.length > 0 && copy.equals(pattern(copy.length)))).toBe(false);
  });

  it('needs no new memory for one part after another', () => {
    const pool = new BlockPool();
    const memory = new SampleMemory(pool);
    let pooledBytes = 0;
    for (let part = 0; part < 50; part += 1) {
      for (const size of [100 * KIB, ...Array(5).fill(17 * KIB), ...Array(9).fill(300)])
        memory.keep(pattern(size));
      memory.release();
      if (part === 9) ({ pooledBytes } = pool);
    }
    expect(pool.pooledBytes).toBe(pooledBytes);
  });
});
