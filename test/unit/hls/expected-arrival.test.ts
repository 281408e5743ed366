// When a sample is expected: not before it can be there, whatever delays its predecessors.

import { describe, expect, it } from 'vitest';
import { ExpectedArrival } from '../../../server/hls/expected-arrival.ts';

function newArrival() {
  const clock = { nowMs: 1_000, monotonicMs: () => clock.nowMs };
  const arrival = new ExpectedArrival(clock);
  const noteAt = (nowMs: number, mediaMs: number): void => {
    clock.nowMs = nowMs;
    arrival.note(mediaMs);
  };
  return { arrival, clock, noteAt };
}

describe('the expected arrival of a sample', () => {
  it('is not known before a sample has arrived', () => {
    expect(newArrival().arrival.msUntil(5_000)).toBe(0);
  });

  it('follows the sample that arrived with the least delay', () => {
    const { arrival, noteAt } = newArrival();
    noteAt(1_000, 0);
    noteAt(1_230, 200);
    noteAt(1_410, 400);
    expect(arrival.msUntil(600)).toBe(1_600 - 1_410);
  });

  it('follows a source that becomes quicker at once, and one that becomes slower within two windows', () => {
    const { arrival, noteAt } = newArrival();
    noteAt(1_000, 0);
    noteAt(1_100, 200);
    expect(arrival.msUntil(400)).toBe(200);
    for (let mediaMs = 400; mediaMs <= 4_600; mediaMs += 200) noteAt(mediaMs + 1_300, mediaMs);
    expect(arrival.msUntil(4_800)).toBe(200);
  });

  it('is 0 for a sample that is late', () => {
    const { arrival, clock, noteAt } = newArrival();
    noteAt(1_000, 0);
    clock.nowMs = 1_300;
    expect(arrival.msUntil(200)).toBe(0);
  });
});
