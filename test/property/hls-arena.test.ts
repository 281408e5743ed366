// No byte of a part is overwritten while a reader may still read it, and all memory is released.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ArenaSlice, BlockPool, PartArena } from '../../server/hls/part-arena.ts';

type Held = {
  readonly arena: PartArena;
  readonly slices: readonly ArenaSlice[];
  readonly mark: number;
  listed: boolean;
  pins: number;
};

const steps = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant('allocate'),
        arena: fc.nat(1),
        size: fc.integer({ min: 1, max: 90_000 }),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('allocate'),
        arena: fc.nat(1),
        size: fc.integer({ min: 90_000, max: 5_000_000 }),
      }),
    },
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('release'), pick: fc.nat() }) },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('pin'), pick: fc.nat() }) },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('unpin'), pick: fc.nat() }) },
  ),
  { maxLength: 150 },
);

/** Compares bytes with each other: a part has the same byte value throughout. */
function isIntact(held: Held): boolean {
  return held.slices.every(
    ({ bytes }) => bytes[0] === held.mark && bytes.subarray(1).equals(bytes.subarray(0, -1)),
  );
}

describe('part arena', () => {
  it('keeps what is listed or pinned, whatever is taken and given back around it', () => {
    fc.assert(
      fc.property(steps, (drawn) => {
        const pool = new BlockPool();
        const arenas = [new PartArena(pool), new PartArena(pool)];
        let held: Held[] = [];
        for (const [at, step] of drawn.entries()) {
          const [pick] = 'pick' in step ? [held[step.pick % Math.max(held.length, 1)]] : [];
          if ('size' in step) {
            const arena = arenas[step.arena];
            if (arena === undefined) continue;
            const slices = arena.allocate(step.size);
            for (const { bytes } of slices) bytes.fill(at & 0xff);
            expect(slices.reduce((sum, { bytes }) => sum + bytes.length, 0)).toBe(step.size);
            held.push({ arena, slices, mark: at & 0xff, listed: true, pins: 0 });
          } else if (step.kind === 'release' && pick?.listed) {
            pick.listed = false;
            pick.arena.release(pick.slices);
          } else if (step.kind === 'pin' && pick !== undefined) {
            pick.pins += 1;
            for (const { block } of pick.slices) block.pin();
          } else if (step.kind === 'unpin' && pick !== undefined && pick.pins > 0) {
            pick.pins -= 1;
            for (const { block } of pick.slices) block.unpin();
          }
          held = held.filter((one) => one.listed || one.pins > 0);
          if (at % 10 === 9) expect(held.every(isIntact)).toBe(true);
        }
        expect(held.every(isIntact)).toBe(true);
        for (const arena of arenas) {
          const ofArena = held.filter((one) => one.arena === arena).flatMap((one) => one.slices);
          const blocks = new Set(ofArena.map(({ block }) => block));
          const needed = [...blocks].reduce((bytes, block) => bytes + block.memory.length, 0);
          expect(arena.heldBytes).toBeGreaterThanOrEqual(needed);
          arena.close();
          expect(arena.heldBytes).toBe(needed);
        }
        for (const one of held) {
          if (one.listed) one.arena.release(one.slices);
          for (; one.pins > 0; one.pins -= 1) for (const { block } of one.slices) block.unpin();
        }
        expect(arenas.map((arena) => arena.heldBytes)).toEqual([0, 0]);
        expect(pool.pooledBytes).toBeLessThanOrEqual(64 * 1024 * 1024);
      }),
      { numRuns: 60 },
    );
  });
});
