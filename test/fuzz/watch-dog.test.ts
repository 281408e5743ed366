// The fuzzer's watch-dog: which cases it must distinguish.
import { describe, expect, it } from 'vitest';
import { finishes, isEndless } from './watch-dog.ts';

const LIMITS = { timeoutMs: 50, endlessCpuMs: 10 };

describe('the watch-dog', () => {
  it('cuts off a loop without end, and calls it endless', () => {
    const loop = (): never => {
      for (;;);
    };
    expect(finishes(loop, LIMITS)).toBe(false);
    expect(isEndless(loop, LIMITS)).toBe(true);
  });

  it('runs again what the machine had no time for', () => {
    let runs = 0;
    const starved = (): void => {
      runs += 1;
      if (runs === 1) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10_000);
    };
    expect(isEndless(starved, { ...LIMITS, endlessCpuMs: 1_000 })).toBe(false);
    expect(runs).toBeGreaterThan(1);
  });

  it('passes on what the work throws', () => {
    const fault = (): never => {
      throw new RangeError('planted');
    };
    expect(() => finishes(fault)).toThrow('planted');
  });
});
