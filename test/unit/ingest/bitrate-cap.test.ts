// A minute's worth of bytes at any speed, and after that no more than the rate.

import { expect, test } from 'vitest';
import { BitrateCap, BURST_S } from '../../../server/ingest/bitrate-cap.ts';
import { clockOf } from '../../support/clock.ts';

const MEGABYTE_PER_SECOND = 8_000_000;
/** Also true of bytes that come at once. */
const MESSAGE = expect.stringContaining('more than 8000000 bit/s came, averaged over 60 s');
const TOO_MUCH = expect.objectContaining({ code: 'bitrate', kind: 'limit', message: MESSAGE });

function capped(maxBitsPerSecond: number) {
  let now = 1_000;
  const cap = new BitrateCap(
    maxBitsPerSecond,
    clockOf(() => now),
  );
  return {
    /** So many seconds at the given rate, with a count each 100 ms. */
    send: (seconds: number, bytesPerSecond: number) => {
      for (let at = 0; at < seconds * 10; at += 1) {
        now += 100;
        cap.count(bytesPerSecond / 10);
      }
    },
    cap,
    pass: (seconds: number) => {
      now += seconds * 1_000;
    },
  };
}

test('the rate itself is taken for ever', () => {
  const { send } = capped(MEGABYTE_PER_SECOND);
  expect(() => send(86_400, 1_000_000)).not.toThrow();
});

test('a minute at once is taken, and a byte more is not', () => {
  const { cap } = capped(MEGABYTE_PER_SECOND);
  cap.count(BURST_S * 1_000_000);
  expect(() => cap.count(1)).toThrow(TOO_MUCH);
});

test('what an outage of a minute kept back is taken behind a steady stream, again and again', () => {
  const { send, cap, pass } = capped(MEGABYTE_PER_SECOND);
  for (let round = 0; round < 3; round += 1) {
    send(100, 1_000_000);
    pass(59);
    expect(() => cap.count(59_000_000)).not.toThrow();
  }
});

test('twice the rate is borne for a minute', () => {
  const { send } = capped(MEGABYTE_PER_SECOND);
  expect(() => send(59, 2_000_000)).not.toThrow();
  expect(() => send(2, 2_000_000)).toThrow(TOO_MUCH);
});

test('0 allows any rate', () => {
  const { cap } = capped(0);
  expect(() => cap.count(Number.MAX_SAFE_INTEGER)).not.toThrow();
});

test('another rate keeps what has come: publishing anew empties no bucket', () => {
  const { cap, pass } = capped(MEGABYTE_PER_SECOND);
  cap.count(BURST_S * 1_000_000);
  cap.limitTo(MEGABYTE_PER_SECOND);
  expect(() => cap.count(1)).toThrow(TOO_MUCH);
  cap.limitTo(2 * MEGABYTE_PER_SECOND);
  cap.count(BURST_S * 999_999);
  pass(BURST_S);
  cap.limitTo(MEGABYTE_PER_SECOND / 8);
  expect(() => cap.count(BURST_S * 125_000)).not.toThrow();
  cap.limitTo(0);
  expect(() => cap.count(BURST_S * 1_000_000_000)).not.toThrow();
});
