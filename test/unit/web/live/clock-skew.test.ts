import { describe, expect, it } from 'vitest';
import { ClockSkew } from '../../../../web/live/clock-skew.ts';

/** An exchange with a server whose clock is `aheadMs` ahead; it takes `outMs` to the server and `backMs` back. */
function exchange(aheadMs: number, outMs: number, backMs: number, t0 = 1_000_000) {
  const t1 = t0 + outMs + aheadMs;
  const t2 = t1 + 1;
  return { t0, t1, t2, t3: t2 - aheadMs + backMs };
}

describe('ClockSkew', () => {
  it('knows nothing before the first exchange', () => {
    expect(new ClockSkew().skewMs).toBeUndefined();
  });

  it.each([0, 4200, -86_400_000])('finds a server %d ms ahead over a symmetric way', (aheadMs) => {
    const skew = new ClockSkew();
    skew.add(exchange(aheadMs, 30, 30));
    expect(skew.skewMs).toBe(aheadMs);
  });

  it('trusts the exchange with the shortest way, whenever it came', () => {
    const skew = new ClockSkew();
    skew.add(exchange(1000, 400, 20));
    skew.add(exchange(1000, 6, 4));
    skew.add(exchange(1000, 20, 300));
    expect(skew.skewMs).toBe(1001);
  });

  it('prefers the newer of two equally good ones: clocks drift', () => {
    const skew = new ClockSkew();
    skew.add(exchange(1000, 5, 5));
    skew.add(exchange(1007, 5, 5));
    expect(skew.skewMs).toBe(1007);
  });

  it('lets an old lucky exchange go after eight newer ones', () => {
    const skew = new ClockSkew();
    skew.add(exchange(0, 1, 1));
    for (let count = 0; count < 7; count += 1) skew.add(exchange(50, 10, 10));
    expect(skew.skewMs).toBe(0);
    skew.add(exchange(50, 10, 10));
    expect(skew.skewMs).toBe(50);
  });

  it('believes the newest exchange when a clock was set, and no slow one that might still be right', () => {
    const skew = new ClockSkew();
    for (let count = 0; count < 8; count += 1) skew.add(exchange(1000, 5, 5));
    skew.add(exchange(1000, 900, 20));
    expect(skew.skewMs).toBe(1000);
    skew.add(exchange(3_601_000, 40, 40));
    expect(skew.skewMs).toBe(3_601_000);
    skew.add(exchange(3_601_000, 5, 5));
    skew.add(exchange(700, 5, 5));
    expect(skew.skewMs).toBe(700);
  });

  it('drops exchanges that cannot be', () => {
    const skew = new ClockSkew();
    skew.add({ t0: 100, t1: 100, t2: 100, t3: 50 }); // our clock was set back in between
    skew.add({ t0: 100, t1: 200, t2: 150, t3: 400 }); // answered before it arrived
    skew.add({ t0: 100, t1: Number.NaN, t2: 150, t3: 400 });
    expect(skew.skewMs).toBeUndefined();
  });

  it('forgets everything on reset', () => {
    const skew = new ClockSkew();
    skew.add(exchange(70, 5, 5));
    skew.reset();
    expect(skew.skewMs).toBeUndefined();
  });
});
