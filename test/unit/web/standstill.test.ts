// A picture that should move and does not.
import { expect, it } from 'vitest';
import { Standstill } from '../../../web/standstill.ts';

it('is stuck when it has stood for long, and without a reason', () => {
  const standstill = new Standstill();
  expect(standstill.look(1_000, 5, false)).toBe('forward');
  expect(standstill.look(12_000, 5, false)).toBe('still');
  expect(standstill.look(14_000, 5, false)).toBe('stuck');
  expect(standstill.look(14_250, 3, false)).toBe('moved');
  expect(standstill.look(30_000, 3, true)).toBe('still');
  expect(standstill.look(40_000, 3, false)).toBe('still');
  standstill.excuse(41_000);
  expect(standstill.look(52_000, 3, false)).toBe('still');
  expect(standstill.look(54_000, 3, false)).toBe('stuck');
});
