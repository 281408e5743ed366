// Pauses end in their order, those of one moment together, and never if they were cancelled.

import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../server/clock.ts';
import { HoldClock } from '../../../server/ingest/hold-clock.ts';
import { silentLogger } from '../../../server/log.ts';

describe('the end of pauses', () => {
  it('comes in the order in which they are due, also for one that was added last', async () => {
    const holds = new HoldClock(systemClock, silentLogger);
    const ended: number[] = [];
    await new Promise<void>((resolve) => {
      for (const ms of [90, 60, 120, 30]) {
        holds.endIn(ms, () => {
          ended.push(ms);
          if (ms === 30) holds.endIn(10, () => ended.push(10));
          if (ms === 120) resolve();
        });
      }
    });
    expect(ended).toEqual([30, 10, 60, 90, 120]);
  });

  it('does not come after it was cancelled', async () => {
    const holds = new HoldClock(systemClock, silentLogger);
    const ended: string[] = [];
    const cancel = holds.endIn(20, () => ended.push('cancelled'));
    const other = new Promise<void>((resolve) => {
      holds.endIn(40, () => {
        ended.push('other');
        resolve();
      });
    });
    cancel();
    await other;
    expect(ended).toEqual(['other']);
  });
});
