// The distance from the live edge: the playlist's while parts come steadily, more while they do not, and back again.
import { describe, expect, it } from 'vitest';
import { LatencyTarget } from '../../../web/latency-target.ts';

const PART_MS = 200;
const HOLD_BACK_MS = 800;
/** From a part's end to its playlist, and from its playlist to the buffer. */
const LISTED_AFTER_MS = 10;
const LOADED_AFTER_MS = 30;

/** A network that delivers each part in turn, late by what `lateMs` says, and never out of order. */
class Delivery {
  readonly target = new LatencyTarget();
  nowMs = 0;
  #parts = 0;

  deliver(count: number, lateMs: (part: number) => number = () => 0): void {
    for (let part = 0; part < count; part += 1) {
      const endMs = (this.#parts + 1) * PART_MS;
      this.nowMs = Math.max(this.nowMs, endMs + LISTED_AFTER_MS + lateMs(part));
      this.target.listed(this.nowMs, endMs);
      this.nowMs += LOADED_AFTER_MS;
      this.target.appended(this.nowMs, endMs - PART_MS, true);
      this.#parts += 1;
    }
  }

  get targetMs(): number {
    return this.target.targetMs(this.nowMs, HOLD_BACK_MS);
  }
}

describe('latency target', () => {
  it('is the playlist’s own while parts come in time', () => {
    const delivery = new Delivery();
    delivery.deliver(300, (part) => (part % 7) * 20);
    expect(delivery.targetMs).toBe(HOLD_BACK_MS);
  });

  it('moves away before a part that is late could stop the picture', () => {
    const delivery = new Delivery();
    delivery.deliver(20);
    delivery.deliver(1, () => 500);
    // The buffer ended a part and its loading behind the edge, and 500 ms more; 200 are kept to spare.
    expect(delivery.targetMs).toBeCloseTo(PART_MS + LOADED_AFTER_MS + 500 + 200, 0);
  });

  it('keeps its distance for a while and comes back slowly', () => {
    const delivery = new Delivery();
    delivery.deliver(20);
    delivery.deliver(1, () => 700);
    const farMs = delivery.targetMs;
    delivery.deliver(100);
    expect(delivery.targetMs).toBe(farMs);
    delivery.deliver(75);
    expect(delivery.targetMs).toBeLessThan(farMs);
    expect(delivery.targetMs).toBeGreaterThan(HOLD_BACK_MS);
    delivery.deliver(200);
    expect(delivery.targetMs).toBe(HOLD_BACK_MS);
  });

  it('does not follow a long silence of the streamer', () => {
    const delivery = new Delivery();
    delivery.deliver(20);
    delivery.deliver(1, () => 2_900);
    expect(delivery.targetMs).toBe(HOLD_BACK_MS + 1_200);
  });

  it('does not take the filling of an empty buffer for lateness', () => {
    const target = new LatencyTarget();
    target.listed(10_000, 10_000);
    for (const endMs of [9_200, 9_400, 9_600, 9_800])
      target.appended(10_000 + endMs / 100, endMs - PART_MS, false);
    target.appended(10_120, 9_800, true);
    expect(target.targetMs(10_120, HOLD_BACK_MS)).toBe(HOLD_BACK_MS);
  });

  it('does not take a publisher’s absence for lateness', () => {
    const delivery = new Delivery();
    delivery.deliver(20);
    delivery.target.settle();
    delivery.deliver(20, () => 5_000);
    expect(delivery.targetMs).toBe(HOLD_BACK_MS);
  });

  it('forgets when asked to', () => {
    const delivery = new Delivery();
    delivery.deliver(20);
    delivery.deliver(1, () => 700);
    delivery.target.forget();
    expect(delivery.targetMs).toBe(HOLD_BACK_MS);
  });
});
