// When playback starts again after a failure.
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { FreshStart } from '../../../../web/player/fresh-start.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('what breaks again soon is not tried at the same place again', () => {
  const freshStart = new FreshStart();
  expect(freshStart.keepsPlace(1_000)).toBe(true);
  expect(freshStart.keepsPlace(3_000)).toBe(false);
  expect(freshStart.keepsPlace(30_000)).toBe(false);
  expect(freshStart.keepsPlace(90_000)).toBe(true);
});

it('what was only replaced starts at once, unless it has failed just now', () => {
  const freshStart = new FreshStart();
  const start = vi.fn();
  freshStart.schedule(true, start);
  expect(freshStart.isToCome).toBe(true);
  vi.advanceTimersByTime(0);
  expect(start).toHaveBeenCalledTimes(1);
  expect(freshStart.isToCome).toBe(false);
  freshStart.schedule(true, start);
  vi.advanceTimersByTime(100);
  expect(start).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(2_000);
  expect(start).toHaveBeenCalledTimes(2);
});

it('a start that is called off does not come', () => {
  const freshStart = new FreshStart();
  const start = vi.fn();
  freshStart.schedule(false, start);
  freshStart.cancel();
  vi.advanceTimersByTime(60_000);
  expect(start).not.toHaveBeenCalled();
  expect(freshStart.isToCome).toBe(false);
});
