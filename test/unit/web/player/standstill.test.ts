// A picture that should move and does not.
import { expect, it } from 'vitest';
import { Standstill } from '../../../../web/player/standstill.ts';

it('is stuck when it has stood for long, and without a reason', () => {
  const standstill = new Standstill();
  expect(standstill.look(1_000, 1, false)).toBe('played');
  expect(standstill.look(12_000, 1, false)).toBe('still');
  expect(standstill.look(14_000, 1, false)).toBe('stuck');
  expect(standstill.look(14_250, 0.5, false)).toBe('moved');
  expect(standstill.look(30_000, 0.5, true)).toBe('still');
  expect(standstill.look(40_000, 0.5, false)).toBe('still');
  standstill.excuse(41_000);
  expect(standstill.look(52_000, 0.5, false)).toBe('still');
  expect(standstill.look(54_000, 0.5, false)).toBe('stuck');
});

it('is stuck also when it leaps after live all the while and plays nowhere', () => {
  const standstill = new Standstill();
  expect(standstill.look(250, 0.2, false)).toBe('played');
  for (let nowMs = 500; nowMs < 12_250; nowMs += 250) {
    const leapt = Math.floor(nowMs / 5_000) * 5;
    expect(standstill.look(nowMs, 0.2 + leapt, false)).toBe(nowMs % 5_000 === 0 ? 'moved' : 'still');
  }
  expect(standstill.look(12_500, 12, false)).toBe('stuck');
});

it('has its time again wherever a viewer went back', () => {
  const standstill = new Standstill();
  standstill.look(250, 60, true);
  expect(standstill.look(10_000, 20, false)).toBe('moved');
  expect(standstill.look(21_000, 20, false)).toBe('still');
  expect(standstill.look(22_250, 20, false)).toBe('stuck');
});

it('is playing also when it is asked once a minute, as in a hidden tab', () => {
  const standstill = new Standstill();
  for (let minute = 1; minute <= 5; minute += 1) {
    expect(standstill.look(minute * 60_000, minute * 60, false)).toBe('played');
  }
});
