import { describe, expect, it } from 'vitest';
import { freeBytes } from '../../../server/bytes/free-bytes.ts';

const MIB = 1024 * 1024;

describe('memory that is freed at once', () => {
  it('is gone from every view of it', () => {
    const bytes = Buffer.allocUnsafeSlow(4_096).fill(1);
    const view = bytes.subarray(10, 20);
    freeBytes(bytes);
    expect([bytes.length, view.length, view.buffer.byteLength]).toEqual([0, 0, 0]);
  });

  it('does not wait for a collection', () => {
    const before = process.memoryUsage().arrayBuffers;
    for (let round = 0; round < 100; round += 1) {
      freeBytes(Buffer.allocUnsafeSlow(MIB));
      expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 * MIB);
    }
  });

  it('is never memory that others share, or that cannot be given away', () => {
    const pooled = Buffer.from('p'.repeat(3_000));
    const part = Buffer.allocUnsafeSlow(8_192).fill(7).subarray(0, 4_096);
    const shared = Buffer.from(new SharedArrayBuffer(4_096));
    for (const bytes of [pooled, part, shared, Buffer.alloc(0)]) freeBytes(bytes);
    expect(pooled.buffer.byteLength).toBeGreaterThan(pooled.length);
    expect(pooled.toString()).toBe('p'.repeat(3_000));
    expect([part[4_095], shared.length]).toEqual([7, 4_096]);
  });

  it('has expired and is left to the collector if it is small', () => {
    const bytes = Buffer.allocUnsafeSlow(100).fill(7);
    freeBytes(bytes);
    expect(bytes.length).toBe(100);
    expect(bytes.every((byte) => byte === 0xdb)).toBe(true);
  });
});
