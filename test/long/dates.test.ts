// PROGRAM-DATE-TIME (RFC 8216bis 4.4.4.6) of twelve hours; test/unit/hls/dates.test.ts has the same of one hour.
import { expect, it } from 'vitest';
import { audioOfHours, sumError, videoOfHours, worstStep } from '../support/date-reader.ts';

const HOUR_MS = 3_600_000;

it('dates of twelve hours at 29.97 fps with RTMP’s milliseconds are exact to the millisecond', () => {
  const segments = videoOfHours(12);
  expect(segments.length).toBeGreaterThan(21_000);
  expect(worstStep(segments)).toBeLessThan(0.001);
  const [first, last] = [segments[0]?.dateMs ?? 0, segments.at(-1)?.dateMs ?? 0];
  expect(last - first).toBeGreaterThan(11.9 * HOUR_MS);
});

it('dates of twelve hours of audio alone are exact to the millisecond that the text has', () => {
  const segments = audioOfHours(12);
  expect(segments.length).toBeGreaterThan(20_000);
  expect(worstStep(segments)).toBeLessThanOrEqual(1);
  // The sum of the durations is equally exact: rounding errors do not add up.
  expect(sumError(segments)).toBeLessThan(120);
});
