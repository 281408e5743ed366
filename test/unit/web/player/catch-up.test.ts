import { describe, expect, it } from 'vitest';
import { CatchUp, type CatchUpFacts } from '../../../../web/player/catch-up.ts';

/** Far behind, enough buffered, parts of 200 ms, normal speed; each case changes some of these. */
function rateWith(facts: Partial<CatchUpFacts>): number {
  return new CatchUp().look(0, { behindMs: 1000, bufferMs: 900, partTargetMs: 200, rate: 1, ...facts });
}

describe('one look of CatchUp', () => {
  it('plays a tenth faster far behind, and half of that near the target', () => {
    expect(rateWith({ behindMs: 1000 })).toBe(1.1);
    expect(rateWith({ behindMs: 150 })).toBe(1.05);
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

/**
 * Playback on a device, call by call: its clock loses the share `slow` of the time, and `scatter` gives the error of each
 * measurement.
 */
class Playback {
  behindMs: number;
  readonly rates: number[] = [];
  readonly #conditions: { readonly slow?: number; readonly bufferMs?: number };
  readonly #catchUp = new CatchUp();
  #nowMs = 0;
  #rate = 1;

  constructor(behindMs: number, conditions: { readonly slow?: number; readonly bufferMs?: number } = {}) {
    this.behindMs = behindMs;
    this.#conditions = conditions;
  }

  run(seconds: number): void {
    for (let looks = seconds * 4; looks > 0; looks -= 1) {
      const scatterMs = looks % 2 === 0 ? 20 : -20;
      this.#rate = this.#catchUp.look(this.#nowMs, {
        behindMs: this.behindMs + scatterMs,
        bufferMs: this.#conditions.bufferMs ?? 600,
        partTargetMs: 200,
        rate: this.#rate,
      });
      this.rates.push(this.#rate);
      this.rest(250);
    }
  }

  rest(ms: number): void {
    this.#nowMs += ms;
    this.behindMs -= ms * (this.#rate * (1 - (this.#conditions.slow ?? 0)) - 1);
  }
}

describe('CatchUp, look by look', () => {
  it('makes up what no single look calls for, late or early, and is then at rest', () => {
    for (const behindMs of [50, -60]) {
      const playback = new Playback(behindMs);
      playback.run(30);
      expect(Math.abs(playback.behindMs)).toBeLessThan(10);
      expect(new Set(playback.rates)).toEqual(new Set([1, behindMs > 0 ? 1.02 : 0.98]));
      expect(playback.rates.at(-1)).toBe(1);
    }
  });

  it('leaves less than a picture alone', () => {
    const playback = new Playback(22);
    playback.run(60);
    expect(new Set(playback.rates)).toEqual(new Set([1]));
  });

  it('stays where it is for hours on a device whose clock is off by a ten-thousandth', () => {
    for (const slow of [0.0001, -0.0001]) {
      const playback = new Playback(0, { slow });
      for (let hour = 0; hour < 12; hour += 1) {
        playback.run(3600);
        expect(Math.abs(playback.behindMs)).toBeLessThan(30);
      }
    }
  });

  it('hurries for nothing while too little is in hand', () => {
    const playback = new Playback(50, { bufferMs: 400 });
    playback.run(30);
    expect(new Set(playback.rates)).toEqual(new Set([1]));
  });

  it('owes nothing after a rest', () => {
    const playback = new Playback(60);
    playback.run(10);
    expect(playback.rates.at(-1)).toBe(1.02);
    playback.rest(60_000);
    playback.behindMs = 0;
    playback.run(30);
    expect(new Set(playback.rates.slice(40))).toEqual(new Set([1]));
  });
});
