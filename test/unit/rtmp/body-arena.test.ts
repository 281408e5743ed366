import { describe, expect, it } from 'vitest';
import { BodyArena, emptySlot } from '../../../server/rtmp/body-arena.ts';
import { pattern } from '../../cases/rtmp-splits.ts';

const KIB = 1024;

function fill(arena: BodyArena, length: number, step: number): Buffer {
  const slot = emptySlot();
  const content = pattern(length);
  for (let at = 0; at < length; at += step) {
    const count = Math.min(step, length - at);
    if (slot.filled + count > slot.capacity) arena.reserve(slot, length, count);
    content.copy(slot.memory, slot.base + at, at, at + count);
    slot.filled += count;
  }
  return arena.complete(slot, length);
}

describe('body arena', () => {
  it.each([1, 1_000, 30_000, 65_536, 65_537, 1_000_000])('joins a body of %i bytes', (length) => {
    const arena = new BodyArena({ maxAssemblingBytes: 16 * KIB * KIB });
    for (let round = 0; round < 12; round += 1) {
      expect(fill(arena, length, 4096).equals(pattern(length))).toBe(true);
    }
    expect(arena.assemblingBytes).toBe(0);
  });

  it('keeps bodies apart that are put together at the same time', () => {
    const arena = new BodyArena({ maxAssemblingBytes: KIB * KIB });
    const slots = [1, 2, 3].map((start) => ({ slot: emptySlot(), content: pattern(200, start) }));
    for (let at = 0; at < 200; at += 50) {
      for (const { slot, content } of slots) {
        if (slot.filled + 50 > slot.capacity) arena.reserve(slot, 200, 50);
        content.copy(slot.memory, slot.base + at, at, at + 50);
        slot.filled += 50;
      }
    }
    for (const { slot, content } of slots) expect(arena.complete(slot, 200)).toEqual(content);
  });

  it('puts small bodies side by side in one slab once the connection is busy', () => {
    const arena = new BodyArena({ maxAssemblingBytes: KIB * KIB });
    const bodies = Array.from({ length: 200 }, () => fill(arena, 10_000, 4096));
    const slabs = new Set(bodies.slice(100).map((body) => body.buffer));
    expect(slabs.size).toBeLessThanOrEqual(5);
  });

  it('takes memory for a large body at once where one as large has been completed', () => {
    const arena = new BodyArena({ maxAssemblingBytes: KIB * KIB });
    fill(arena, 300_000, 4096);
    const slot = emptySlot();
    arena.reserve(slot, 250_000, 4096);
    expect(slot.capacity).toBe(250_000);
  });

  it('falls back to what is needed when the cap leaves no room for more', () => {
    const arena = new BodyArena({ maxAssemblingBytes: 320_000 });
    fill(arena, 300_000, 4096);
    const [first, second] = [emptySlot(), emptySlot()];
    arena.reserve(first, 300_000, 4096);
    arena.reserve(second, 300_000, 4096);
    expect([first.capacity, second.capacity]).toEqual([300_000, 20_000]);
    second.filled = 20_000;
    expect(() => arena.reserve(second, 300_000, 4096)).toThrow(
      expect.objectContaining({ code: 'assembling_limit', kind: 'limit' }),
    );
  });
});
