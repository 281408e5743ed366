import { describe, expect, it } from 'vitest';
import {
  formatAudioShape,
  formatBitrate,
  formatBytes,
  formatCount,
  formatDuration,
  formatFrameRate,
  formatInterval,
  formatLatency,
  formatResolution,
  formatSeconds,
} from '../../../../web/page/format.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

describe('formatBitrate', () => {
  it.each([
    [0, '0 bit/s'],
    [640, '640 bit/s'],
    [128_400, '128 kbit/s'],
    [999_499, '999 kbit/s'],
    [999_500, '1.0 Mbit/s'],
    [4_180_000, '4.2 Mbit/s'],
    [51_000_000, '51.0 Mbit/s'],
    [undefined, '–'],
    [-1, '–'],
    [Number.NaN, '–'],
  ])('%s bits per second are %s', (bitsPerSecond, text) => {
    expect(formatBitrate(bitsPerSecond)).toBe(text);
  });
});

describe('formatDuration', () => {
  it.each([
    [0, '0 s'],
    [59_999, '59 s'],
    [MINUTE, '1 m 00 s'],
    [3 * MINUTE + 5_000, '3 m 05 s'],
    [HOUR, '1 h 00 m'],
    [HOUR + 12 * MINUTE, '1 h 12 m'],
    [52 * HOUR, '2 d 4 h'],
    [undefined, '–'],
    [Number.POSITIVE_INFINITY, '–'],
  ])('%s ms are %s', (durationMs, text) => {
    expect(formatDuration(durationMs)).toBe(text);
  });
});

describe('formatLatency', () => {
  it.each([
    [840, '0.8 s'],
    [2_149, '2.1 s'],
    [9_940, '9.9 s'],
    [9_950, '10 s'],
    [75_400, '75 s'],
    [-30, '0.0 s'],
    [undefined, '–'],
    [Number.NaN, '–'],
  ])('%s ms are %s', (latencyMs, text) => {
    expect(formatLatency(latencyMs)).toBe(text);
  });
});

describe('the other numbers', () => {
  it('shows a frame rate with two digits where they mean something', () => {
    expect([30, 29.97, 23.976, 59.9401].map(formatFrameRate)).toEqual([
      '30 fps',
      '29.97 fps',
      '23.98 fps',
      '59.94 fps',
    ]);
    expect(formatFrameRate(undefined)).toBe('–');
  });

  it('shows a resolution only when both sides are known', () => {
    expect(formatResolution(1920, 1080)).toBe('1920 × 1080');
    expect(formatResolution(1920, undefined)).toBe('–');
    expect(formatResolution(0, 0)).toBe('–');
  });

  it('shows the key-frame interval in seconds', () => {
    expect(formatInterval(2000)).toBe('2.0 s');
    expect(formatInterval(8333)).toBe('8.3 s');
    expect(formatInterval(0)).toBe('–');
  });

  it('groups thousands', () => {
    expect(formatCount(1204)).toBe('1,204');
    expect(formatCount(undefined)).toBe('–');
  });

  it('shows what is known of the audio', () => {
    expect(formatAudioShape(48_000, 2)).toBe('48 kHz stereo');
    expect(formatAudioShape(44_100, 1)).toBe('44.1 kHz mono');
    expect(formatAudioShape(undefined, 6)).toBe('5.1');
    expect(formatAudioShape(undefined, undefined)).toBe('');
  });
});

describe('formatSeconds', () => {
  it.each([
    [0, '0.00 s'],
    [834, '0.83 s'],
    [12_440, '12.4 s'],
    [undefined, '–'],
    [Number.NaN, '–'],
  ])('%s ms is %s', (ms, text) => expect(formatSeconds(ms)).toBe(text));
});

describe('formatBytes', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [48_300, '48 kB'],
    [999_500, '1.0 MB'],
    [1_234_000, '1.2 MB'],
    [9_950_000, '10 MB'],
    [182_000_000, '182 MB'],
    [999_500_000, '1.0 GB'],
    [1.44e9, '1.4 GB'],
    [undefined, '–'],
    [null, '–'],
    [Number.NaN, '–'],
    [-1, '–'],
  ])('%s is %s', (bytes, text) => expect(formatBytes(bytes)).toBe(text));
});
