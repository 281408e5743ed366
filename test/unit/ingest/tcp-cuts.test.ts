// Row 26 of docs/trust.md: the segments are byte for byte the same, wherever TCP cuts a session.
import { describe, expect, test } from 'vitest';
import { cut, pseudoRandom } from '../../cases/rtmp-splits.ts';
import { WHOLE_SESSIONS } from '../../cases/whole-sessions.ts';
import { SessionPipe } from '../../support/session-pipe.ts';

/** These bytes contain the handshake, the commands, the configurations and the first frames. */
const SPLIT_BYTES = 4_096;
/** Tests one in so many, different ones each time. `npm run test:hostile:long -- splits` tests all. */
const SPLIT_STEP = 50;

function digestsOf(parts: readonly Buffer[]): string[] {
  const pipe = new SessionPipe();
  for (const part of parts) pipe.feed(part);
  pipe.end();
  expect(pipe.closedBy).toBeUndefined();
  return pipe.digests();
}

test('fifty sessions, no two alike, each with segments', () => {
  expect(new Set(WHOLE_SESSIONS.map(({ bytes }) => bytes.toString('latin1'))).size).toBe(50);
});

describe.each(WHOLE_SESSIONS.map((session, at) => ({ ...session, at })))('$name', ({ bytes, at }) => {
  const whole = digestsOf([bytes]);

  test('byte by byte, and at random', () => {
    expect(whole.length).toBeGreaterThan(1);
    expect(digestsOf(cut(bytes, () => 1))).toEqual(whole);
    for (let seed = 1; seed <= 4; seed += 1) {
      const random = pseudoRandom(seed * 100 + at);
      expect(digestsOf(cut(bytes, () => 1 + Math.floor(random() * 3_000)))).toEqual(whole);
    }
  });

  test('cut once within the first 4 KB', () => {
    for (let split = 1 + at; split < SPLIT_BYTES; split += SPLIT_STEP)
      expect(digestsOf([bytes.subarray(0, split), bytes.subarray(split)]), `at ${split}`).toEqual(whole);
  });
});
