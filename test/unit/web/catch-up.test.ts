import { describe, expect, it } from 'vitest';
import { type CatchUpFacts, catchUpRate } from '../../../web/catch-up.ts';

/** Far behind, well buffered, parts of 200 ms, at normal speed; a case changes what it is about. */
function rateWith(facts: Partial<CatchUpFacts>): number {
  return catchUpRate({ behindMs: 1000, bufferMs: 900, partTargetMs: 200, rate: 1, ...facts });
}

describe('catchUpRate', () => {
  it('plays a tenth faster far behind, and half of that near the target', () => {
    expect(rateWith({ behindMs: 1000 })).toBe(1.1);
    expect(rateWith({ behindMs: 300 })).toBe(1.05);
  });

  it('leaves well alone at the target and a little ahead of it', () => {
    expect(rateWith({ behindMs: 0 })).toBe(1);
    expect(rateWith({ behindMs: -100 })).toBe(1);
  });

  it('lets a buffer grow that is far too small, until it is nearly right', () => {
    expect(rateWith({ behindMs: -400, bufferMs: 300 })).toBe(0.95);
    expect(rateWith({ behindMs: -150, bufferMs: 600 })).toBe(0.95);
    expect(rateWith({ behindMs: -100, bufferMs: 600, rate: 0.95 })).toBe(0.95);
    expect(rateWith({ behindMs: -40, bufferMs: 700, rate: 0.95 })).toBe(1);
  });

  it('begins later than it ends, so that the rate does not flicker', () => {
    expect(rateWith({ behindMs: 50, rate: 1 })).toBe(1);
    expect(rateWith({ behindMs: 50, rate: 1.05 })).toBe(1.05);
    expect(rateWith({ behindMs: 10, rate: 1.05 })).toBe(1);
  });

  it('keeps two parts in hand', () => {
    expect(rateWith({ bufferMs: 400 })).toBe(1);
    expect(rateWith({ bufferMs: 450 })).toBe(1.1);
  });

  it('keeps a second in hand where whole segments arrive', () => {
    expect(rateWith({ partTargetMs: undefined, bufferMs: 900 })).toBe(1);
    expect(rateWith({ partTargetMs: undefined, bufferMs: 1100 })).toBe(1.1);
  });
});
