import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../../server/clock.ts';
import { PlaylistWaiters, type WaitOutcome } from '../../../server/hls/playlist-waiters.ts';
import { rethrow } from '../../support/rethrow.ts';

const NEXT = { msn: 5, part: 0 };

describe('playlist waiters', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const newWaiters = (): PlaylistWaiters => new PlaylistWaiters({ clock: systemClock, onFault: rethrow });

  it('answers those whose position is reached, once', () => {
    const waiters = newWaiters();
    const outcomes: string[] = [];
    for (const part of [0, 1, 2])
      waiters.wait({ msn: 5, part }, 1_000, (outcome) => outcomes.push(`${part} ${outcome}`));
    waiters.release(({ part }) => part !== undefined && part < 2);
    expect(outcomes).toEqual(['0 reached', '1 reached']);
    expect(waiters.size).toBe(1);
    waiters.release(() => true);
    waiters.release(() => true);
    expect(outcomes).toEqual(['0 reached', '1 reached', '2 reached']);
  });

  it('ends a wait when its time is over, soon and not before', () => {
    const waiters = newWaiters();
    const outcomes: WaitOutcome[] = [];
    waiters.wait(NEXT, 7_500, (outcome) => outcomes.push(outcome));
    vi.advanceTimersByTime(7_499);
    expect(outcomes).toEqual([]);
    vi.advanceTimersByTime(251);
    expect(outcomes).toEqual(['timed-out']);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('forgets a wait that was cancelled, and its timer with the last', () => {
    const waiters = newWaiters();
    const cancel = waiters.wait(NEXT, 1_000, () => expect.unreachable());
    cancel();
    cancel();
    expect(waiters.size).toBe(0);
    vi.advanceTimersByTime(2_000);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('answers all at the end, but not who waits anew from within', () => {
    const waiters = newWaiters();
    const outcomes: WaitOutcome[] = [];
    waiters.wait(NEXT, 1_000, (outcome) => {
      outcomes.push(outcome);
      waiters.wait(NEXT, 1_000, (again) => outcomes.push(again));
    });
    waiters.releaseAll('ended');
    expect(outcomes).toEqual(['ended']);
    vi.advanceTimersByTime(1_500);
    expect(outcomes).toEqual(['ended', 'timed-out']);
  });

  it('leaves out those that an answer cancels', () => {
    const waiters = newWaiters();
    const outcomes: string[] = [];
    const cancels: (() => void)[] = [];
    waiters.wait(NEXT, 1_000, () => {
      outcomes.push('first');
      for (const cancel of cancels) cancel();
    });
    cancels.push(waiters.wait(NEXT, 1_000, () => outcomes.push('second')));
    waiters.releaseAll('ended');
    expect(outcomes).toEqual(['first']);
  });

  it('answers the others when one answer fails, and tells', () => {
    const faults: unknown[] = [];
    const waiters = new PlaylistWaiters({
      clock: systemClock,
      onFault: (error) => faults.push(error),
    });
    const outcomes: WaitOutcome[] = [];
    const fault = new Error('a planted fault');
    const fail = (): void => {
      throw fault;
    };
    for (const finish of [
      () => waiters.release(() => true),
      () => waiters.releaseAll('source-lost'),
      () => vi.advanceTimersByTime(1_500),
    ]) {
      waiters.wait(NEXT, 1_000, fail);
      waiters.wait(NEXT, 1_000, (outcome) => outcomes.push(outcome));
      finish();
      expect(waiters.size).toBe(0);
    }
    expect(outcomes).toEqual(['reached', 'source-lost', 'timed-out']);
    expect(faults).toEqual([fault, fault, fault]);
  });

  it('answers a crowd by turns, first come first served, and leaves out who goes meanwhile', () => {
    const waiters = newWaiters();
    const answered: number[] = [];
    const cancels = Array.from({ length: 1_000 }, (_, at) =>
      waiters.wait(NEXT, 1_000, (outcome) => {
        expect(outcome).toBe('reached');
        answered.push(at);
      }),
    );
    waiters.release(() => true);
    const inTheFirstTurn = answered.length;
    expect(inTheFirstTurn).toBeGreaterThan(0);
    expect(inTheFirstTurn).toBeLessThan(500);
    cancels[999]?.();
    expect(waiters.size).toBe(999 - inTheFirstTurn);
    // A waiter that arrives between the turns waits for another position.
    waiters.wait({ msn: 6, part: 0 }, 1_000, () => expect.unreachable());
    let turns = 1;
    for (; answered.length < 999; turns += 1) vi.advanceTimersToNextTimer();
    expect(turns).toBe(Math.ceil(1_000 / inTheFirstTurn));
    expect(answered).toEqual(Array.from({ length: 999 }, (_, at) => at));
    expect(waiters.size).toBe(1);
  });

  it('lets nobody wait longer than it may', () => {
    const waiters = new PlaylistWaiters({
      clock: systemClock,
      maxWaitMs: 1_000,
      onFault: rethrow,
    });
    const outcomes: WaitOutcome[] = [];
    waiters.wait(NEXT, 7_500, (outcome) => outcomes.push(outcome));
    vi.advanceTimersByTime(999);
    expect(outcomes).toEqual([]);
    vi.advanceTimersByTime(251);
    expect(outcomes).toEqual(['timed-out']);
  });
});
