// The jump back to live: when the distance is worth it and playback does not stall, or when the distance is very large.
import { describe, expect, it } from 'vitest';
import { LiveJump, type LiveJumpFacts } from '../../../../web/player/live-jump.ts';

/** Checks four times a second; returns the times of the jumps in ms. */
function leaps(seconds: number, factsAt: (nowMs: number) => LiveJumpFacts): readonly number[] {
  const jump = new LiveJump();
  const times = Array.from({ length: seconds * 4 + 1 }, (_, look) => look * 250);
  return times.filter((nowMs) => jump.look(nowMs, factsAt(nowMs)));
}

describe('a leap to live', () => {
  it('is made once what is missed is there, and not in the middle of its coming', () => {
    expect(leaps(4, () => ({ behindMs: 2_500, isBuffered: true }))).toEqual([1_000]);
    expect(leaps(4, (nowMs) => ({ behindMs: 2_500, isBuffered: nowMs % 1_000 !== 0 }))).toEqual([]);
  });

  it('is not made for what playing faster makes up', () => {
    expect(leaps(60, () => ({ behindMs: 1_200, isBuffered: true }))).toEqual([]);
  });

  it('is not made into what is not buffered, unless it is far', () => {
    expect(leaps(60, () => ({ behindMs: 4_900, isBuffered: false }))).toEqual([]);
    expect(leaps(12, () => ({ behindMs: 6_000, isBuffered: false }))).toEqual([0, 10_000]);
  });

  it('has time to show its effect', () => {
    expect(leaps(8, () => ({ behindMs: 3_000, isBuffered: true }))).toEqual([1_000, 6_000]);
  });
});
