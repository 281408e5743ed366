// Which connection is closed for a new one when all places are taken.

import { describe, expect, it } from 'vitest';
import { type IdleCandidate, IdleConnections } from '../../../server/http/idle-connections.ts';

class Candidate implements IdleCandidate {
  idleSinceMs: number | undefined;
  hasServed: boolean;
  readonly socket = {
    destroyed: false,
    destroy: (): void => {
      this.socket.destroyed = true;
    },
  };

  constructor(idleSinceMs: number | undefined, hasServed: boolean) {
    this.idleSinceMs = idleSinceMs;
    this.hasServed = hasServed;
  }

  get isOpen(): boolean {
    return !this.socket.destroyed;
  }
}

function idleOf(...all: Candidate[]) {
  const clock = { nowMs: 100_000, monotonicMs: () => clock.nowMs };
  return { clock, idle: new IdleConnections(() => all, clock) };
}

describe('a connection without a request', () => {
  it('is closed for a new one, the longest idle first, and one with a request never is', () => {
    const busy = new Candidate(undefined, true);
    const later = new Candidate(80_000, true);
    const first = new Candidate(70_000, false);
    const { idle } = idleOf(busy, later, first);
    expect(idle.closeLongest()).toBe(true);
    expect([first.isOpen, later.isOpen]).toEqual([false, true]);
    expect(idle.closeLongest()).toBe(true);
    expect(idle.closeLongest()).toBe(false);
    expect(busy.isOpen).toBe(true);
  });

  it('keeps its place between two requests of a viewer, whatever number of others come', () => {
    const viewer = new Candidate(97_000, true);
    const unused = new Candidate(99_999, false);
    const { idle, clock } = idleOf(viewer, unused);
    expect(idle.closeLongest()).toBe(true);
    expect([viewer.isOpen, unused.isOpen]).toEqual([true, false]);
    expect(idle.closeLongest()).toBe(false);
    clock.nowMs += 2_500;
    expect(idle.closeLongest()).toBe(true);
    expect(viewer.isOpen).toBe(false);
  });

  it('keeps its place if it had a request after the search', () => {
    const [first, second] = [new Candidate(80_000, true), new Candidate(81_000, true)];
    const { idle } = idleOf(first, second);
    idle.closeLongest();
    second.idleSinceMs = 99_999;
    expect(idle.closeLongest()).toBe(false);
    expect(second.isOpen).toBe(true);
  });
});
