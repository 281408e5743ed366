import { describe, expect, it } from 'vitest';
import { BodyArena, type BodySlot, emptySlot } from '../../../server/rtmp/body-arena.ts';
import { pattern } from '../../cases/rtmp-splits.ts';

const KIB = 1024;

function add(arena: BodyArena, slot: BodySlot, content: Buffer, count: number, isWhole = false): void {
  const end = Math.min(slot.filled + count, content.length);
  if (end > slot.capacity) arena.reserve(slot, content.length, end - slot.filled, isWhole);
  content.copy(slot.memory, slot.base + slot.filled, slot.filled, end);
  slot.filled = end;
}

function fill(arena: BodyArena, length: number, step: number, isWhole = false): Buffer {
  const slot = emptySlot();
  const content = pattern(length);
  while (slot.filled < length) add(arena, slot, content, step, isWhole);
  return arena.complete(slot, length);
}

describe('body arena', () => {
  it.each([1, 1_000, 30_000, 65_536, 65_537, 1_000_000])('joins a body of %i bytes', (length) => {
    const arena = new BodyArena({ maxAssemblingBytes: 16 * KIB * KIB });
    for (let round = 0; round < 12; round += 1) {
      arena.startTurn();
      for (const isWhole of [true, false])
        expect(fill(arena, length, 4096, isWhole).equals(pattern(length))).toBe(true);
    }
    expect(arena.assemblingBytes).toBe(0);
  });

  it.each([true, false])('keeps bodies apart that are put together at the same time', (isWhole) => {
    const arena = new BodyArena({ maxAssemblingBytes: KIB * KIB });
    const bodies = [1, 2, 3].map((start) => ({ slot: emptySlot(), content: pattern(200, start) }));
    for (let at = 0; at < 200; at += 50)
      for (const { slot, content } of bodies) add(arena, slot, content, 50, isWhole);
    for (const { slot, content } of bodies) expect(arena.complete(slot, 200)).toEqual(content);
  });

  it('uses the memory of whole bodies again in the next turn', () => {
    const arena = new BodyArena({ maxAssemblingBytes: KIB * KIB });
    const slabs = Array.from({ length: 100 }, () => {
      arena.startTurn();
      return [1, 2, 3].map(() => fill(arena, 10_000, 4096, true)).at(0)?.buffer;
    });
    expect(new Set(slabs.slice(10)).size).toBe(1);
  });

  it('uses the memory of a body that reads cut off again for the next one', () => {
    const arena = new BodyArena({ maxAssemblingBytes: KIB * KIB });
    const memories = [30_000, 20_000, 30_000, 5_000].map((length) => {
      arena.startTurn();
      return fill(arena, length, 4096).buffer;
    });
    expect(new Set(memories.slice(1)).size).toBe(1);
    expect(arena.assemblingBytes).toBe(0);
  });

  it('overwrites that memory first, because the body has expired', () => {
    const arena = new BodyArena({ maxAssemblingBytes: KIB * KIB });
    const body = fill(arena, 20_000, 4096);
    arena.startTurn();
    expect(body.every((byte) => byte === 0xdb)).toBe(true);
  });

  it('frees the memory of larger bodies in the next turn, without a collection', () => {
    const arena = new BodyArena({ maxAssemblingBytes: KIB * KIB });
    const body = fill(arena, 300_000, 4096);
    arena.startTurn();
    expect(body).toHaveLength(0);
  });

  it('keeps what has arrived of a body that was expected whole in one turn, and is not', () => {
    const arena = new BodyArena({ maxAssemblingBytes: KIB * KIB });
    const content = pattern(1_000);
    const slot = emptySlot();
    fill(arena, 500, 500, true);
    add(arena, slot, content, 400, true);
    for (let round = 0; round < 3; round += 1) {
      arena.startTurn();
      fill(arena, 3_000, 3_000, true);
    }
    expect(arena.assemblingBytes).toBe(1_000);
    add(arena, slot, content, 600);
    expect(arena.complete(slot, 1_000)).toEqual(content);
    expect(arena.assemblingBytes).toBe(0);
  });

  it('takes memory for a large body at once where one as large has been completed', () => {
    const arena = new BodyArena({ maxAssemblingBytes: KIB * KIB });
    fill(arena, 300_000, 4096);
    const slot = emptySlot();
    arena.reserve(slot, 250_000, 4096, false);
    expect(slot.capacity).toBe(250_000);
  });

  it('falls back to what is needed when the cap leaves no room for more', () => {
    const arena = new BodyArena({ maxAssemblingBytes: 320_000 });
    fill(arena, 300_000, 4096);
    const [first, second] = [emptySlot(), emptySlot()];
    arena.reserve(first, 300_000, 4096, false);
    arena.reserve(second, 300_000, 4096, false);
    expect([first.capacity, second.capacity]).toEqual([300_000, 20_000]);
    second.filled = 20_000;
    expect(() => arena.reserve(second, 300_000, 4096, false)).toThrow(
      expect.objectContaining({ code: 'assembling_limit', kind: 'limit' }),
    );
  });
});
