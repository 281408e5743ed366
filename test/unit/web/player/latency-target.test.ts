// The distance from the live edge: the playlist's own while parts arrive regularly, more while they do not, then the same
// again.
import { describe, expect, it } from 'vitest';
import { LatencyTarget } from '../../../../web/player/latency-target.ts';

const PART_MS = 200;
const HOLD_BACK_MS = 800;
/** The delays from a part's end to its playlist, and from its playlist to the buffer. */
const LISTED_AFTER_MS = 10;
const LOADED_AFTER_MS = 30;

/** A network that delivers parts in order, each late by the result of `lateMs`. */
class Delivery {
  readonly target = new LatencyTarget();
  nowMs = 0;
  readonly #holdBackMs: number;
  readonly #partMs: number;
  #parts = 0;

  constructor(holdBackMs = HOLD_BACK_MS, partMs = PART_MS) {
    this.#holdBackMs = holdBackMs;
    this.#partMs = partMs;
  }

  deliver(count: number, lateMs: (part: number) => number = () => 0): void {
    for (let part = 0; part < count; part += 1) {
      const endMs = (this.#parts + 1) * this.#partMs;
      this.nowMs = Math.max(this.nowMs, endMs + LISTED_AFTER_MS + lateMs(part));
      this.target.listed(this.nowMs, endMs);
      this.nowMs += LOADED_AFTER_MS;
      this.target.appended(this.nowMs, endMs - this.#partMs, true, this.#holdBackMs);
      this.#parts += 1;
    }
  }

  get targetMs(): number {
    return this.target.targetMs(this.nowMs, this.#holdBackMs);
  }
}

describe('latency target', () => {
  it('is the playlist’s own while parts come in time', () => {
    const delivery = new Delivery();
    delivery.deliver(300, (part) => (part % 7) * 20);
    expect(delivery.targetMs).toBe(HOLD_BACK_MS);
  });

  it('is far enough for loading and decoding where parts are short', () => {
    expect(new LatencyTarget().targetMs(0, 306)).toBe(430);
    expect(new LatencyTarget().targetMs(0, 440)).toBe(440);
  });

  it('takes a delay that 430 ms cover for no trouble, though the playlist’s own distance is shorter', () => {
    const keptForMs = (usualLateMs: number): number => {
      const delivery = new Delivery(306, 85);
      // With 85 ms of media and 30 ms of loading, 100 ms of delay are too much for 306 ms, but not for 430 ms.
      for (let round = 0; round < 20; round += 1) {
        delivery.deliver(100);
        delivery.deliver(1, () => usualLateMs);
      }
      delivery.deliver(1, () => 600);
      const fromMs = delivery.nowMs;
      expect(delivery.targetMs).toBeGreaterThan(800);
      while (delivery.targetMs > 430) delivery.deliver(1);
      return delivery.nowMs - fromMs;
    };
    expect(keptForMs(100)).toBe(keptForMs(0));
  });

  it('measures again after an interruption when parts are as much in time as 430 ms need', () => {
    const delivery = new Delivery(306, 100);
    delivery.deliver(50);
    delivery.deliver(1, () => 3_000);
    // Caught up: 130 ms are needed with the loading, and 200 ms to spare, which is more than the playlist's 306 ms.
    delivery.deliver(200);
    expect(delivery.targetMs).toBe(430);
    delivery.deliver(1, () => 400);
    expect(delivery.targetMs).toBeGreaterThan(430);
  });

  it('moves away before a part that is late could stop the picture', () => {
    const delivery = new Delivery();
    delivery.deliver(20);
    delivery.deliver(1, () => 500);
    // The buffer ended a part and its loading time before the edge, and 500 ms more; 200 ms are added as a reserve.
    expect(delivery.targetMs).toBeCloseTo(PART_MS + LOADED_AFTER_MS + 500 + 200, 0);
  });

  it('keeps its distance for a few seconds and is back within ten, so that playback is within twenty', () => {
    const delivery = new Delivery();
    delivery.deliver(20);
    delivery.deliver(1, () => 1_500);
    const farMs = delivery.targetMs;
    expect(farMs).toBeGreaterThan(HOLD_BACK_MS + 1_000);
    const fromMs = delivery.nowMs;
    while (delivery.nowMs - fromMs < 2_500) delivery.deliver(1);
    expect(delivery.targetMs).toBe(farMs);
    while (delivery.nowMs - fromMs < 10_000) delivery.deliver(1);
    expect(delivery.targetMs).toBe(HOLD_BACK_MS);
  });

  it('keeps it longer each time that coming back went wrong, and forgets that after a quiet minute', () => {
    const delivery = new Delivery();
    delivery.deliver(20);
    const keptForMs = (): number => {
      delivery.deliver(1, () => 900);
      const fromMs = delivery.nowMs;
      while (delivery.targetMs > HOLD_BACK_MS) delivery.deliver(1);
      return delivery.nowMs - fromMs;
    };
    const first = keptForMs();
    const second = keptForMs();
    expect(second).toBeGreaterThan(first * 1.5);
    expect(keptForMs()).toBeGreaterThan(second * 1.5);
    delivery.deliver(400);
    expect(keptForMs()).toBeLessThan(second);
  });

  it('takes a delay that stays for what is usual now', () => {
    const delivery = new Delivery();
    delivery.deliver(20);
    const fromMs = delivery.nowMs;
    while (delivery.nowMs - fromMs < 14_000) delivery.deliver(1, () => 900);
    expect(delivery.targetMs).toBe(HOLD_BACK_MS);
  });

  it('does not follow a long silence of the streamer', () => {
    const delivery = new Delivery();
    delivery.deliver(20);
    delivery.deliver(1, () => 2_900);
    expect(delivery.targetMs).toBe(HOLD_BACK_MS);
    // Delayed parts arrive in a burst, each a little less late than the previous one.
    delivery.deliver(14, (part) => 2_700 - part * 200);
    expect(delivery.targetMs).toBe(HOLD_BACK_MS);
    delivery.deliver(5);
    delivery.deliver(1, () => 700);
    expect(delivery.targetMs).toBeGreaterThan(HOLD_BACK_MS);
  });

  it('does not take the filling of an empty buffer for lateness', () => {
    const target = new LatencyTarget();
    target.listed(10_000, 10_000);
    for (const endMs of [9_200, 9_400, 9_600, 9_800])
      target.appended(10_000 + endMs / 100, endMs - PART_MS, false, HOLD_BACK_MS);
    target.appended(10_120, 9_800, true, HOLD_BACK_MS);
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
