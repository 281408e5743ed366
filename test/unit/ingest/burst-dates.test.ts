// Row 47 of docs/trust.md: media that arrives faster than real time has dates that agree with its durations.

import { describe, expect, test } from 'vitest';
import { EncoderScript } from '../../cases/rtmp-script.ts';
import { configured, framesAt, steps } from '../../hostile/media-bytes.ts';
import { clockOf } from '../../support/clock.ts';
import { SCRIPT_START_MS } from '../../support/hls-script.ts';
import { type ListedSegment, readPlaylist } from '../../support/playlist-rules.ts';
import { SessionPipe } from '../../support/session-pipe.ts';

const FRAME_MS = 40;
/** The rounding of RTMP timestamps. */
const ROUNDING_MS = 2;

/** Pictures and sound in real time for `liveMs`, nothing for `awayMs`, then all the missing media at once, then real time. */
function publication(liveMs: number, awayMs: number, afterMs: number) {
  let nowMs = SCRIPT_START_MS;
  const clock = () => nowMs;
  const pipe = new SessionPipe({ window: 300, clock: clockOf(clock) });
  const script = new EncoderScript();
  pipe.feed(Buffer.concat([script.opening(), script.publish(), configured(script)]));
  for (let ms = 0; ms < liveMs + awayMs + afterMs; ms += FRAME_MS) {
    if (ms < liveMs) nowMs = SCRIPT_START_MS + ms;
    else nowMs = SCRIPT_START_MS + Math.max(ms, liveMs + awayMs);
    pipe.feed(framesAt(script, steps(ms, 1, FRAME_MS)));
  }
  pipe.end();
  expect(pipe.closedBy).toBeUndefined();
  return readPlaylist(pipe.output.rendition?.playlist.bytes('identity').toString() ?? '').segments;
}

function datesOf(segments: readonly ListedSegment[]): { dateMs: number; durationMs: number }[] {
  return segments.map(({ dateMs, duration = Number.NaN }) => ({ dateMs, durationMs: duration * 1000 }));
}

describe('a minute that an outage kept back', () => {
  const dated = datesOf(publication(10_000, 60_000, 10_000));

  test('is dated when it was recorded, each segment where the one before ends', () => {
    expect(dated.length).toBeGreaterThan(20);
    for (const [at, { dateMs }] of dated.entries()) {
      const before = dated[at - 1];
      if (before !== undefined)
        expect(Math.abs(before.dateMs + before.durationMs - dateMs)).toBeLessThanOrEqual(ROUNDING_MS);
    }
  });

  test('ends at the present, not in the future', () => {
    const { dateMs, durationMs } = dated.at(-1) ?? { dateMs: Number.NaN, durationMs: 0 };
    expect(Math.abs(dateMs + durationMs - (SCRIPT_START_MS + 80_000))).toBeLessThanOrEqual(2 * FRAME_MS);
  });
});
