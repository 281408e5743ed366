// A clip in an endless loop: timestamps only increase, and memory holds no more than the network takes.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { FlvTag } from '../../../server/flv/flv-file.ts';
import { clipFrom, playInLoop } from '../../../server/relay/clip-loop.ts';
import { tinyClip, tinyTags } from '../gateway-fixture.ts';

type Sent = { readonly kind: 'audio' | 'video'; readonly time: number };

/** The parts of a publisher that playInLoop uses: accepts everything, and reports how much is unsent. */
class Listener {
  readonly sent: Sent[] = [];
  unsentBytes = 0;

  audio(time: number): void {
    this.sent.push({ kind: 'audio', time });
  }

  video(time: number): void {
    this.sent.push({ kind: 'video', time });
  }

  times(kind: Sent['kind']): number[] {
    return this.sent.filter((sent) => sent.kind === kind).map(({ time }) => time);
  }
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const tag = (kind: FlvTag['kind'], timestamp: number, packet = 1): FlvTag => ({
  kind,
  timestamp,
  body: Buffer.of(0x17, packet, 0, 0, 0, 9),
});

test('a clip is as long as its frames, the last one included', () => {
  expect(tinyClip.durationMs).toBeGreaterThanOrEqual(4_000);
  expect(tinyClip.durationMs).toBeLessThan(4_100);
  expect(tinyClip.tags.some(({ kind }) => kind === 'script')).toBe(false);
  expect(clipFrom([tag('video', 0, 0), tag('video', 0), tag('video', 40), tag('video', 80)]).durationMs).toBe(
    120,
  );
  expect(clipFrom([tag('audio', 0), tag('audio', 20), tag('audio', 40)]).durationMs).toBe(60);
  expect(clipFrom([])).toEqual({ tags: [], durationMs: 0 });
});

test('a clip that does not begin at zero is moved there', () => {
  const clip = clipFrom([tag('video', 5_000), tag('video', 5_040), tag('video', 5_080)]);
  expect(clip.tags.map(({ timestamp }) => timestamp)).toEqual([0, 40, 80]);
  expect(clip.durationMs).toBe(120);
});

test('audio that lasts longer than the picture is not cut into by the next round', () => {
  const clip = clipFrom([
    tag('video', 0),
    tag('audio', 0),
    tag('video', 40),
    tag('audio', 60),
    tag('audio', 120),
  ]);
  expect(clip.durationMs).toBe(180);
});

test('no clip to play, no work without end', () => {
  const listener = new Listener();
  for (const tags of [[], [tag('video', 0)]]) {
    const stop = playInLoop(clipFrom(tags), listener);
    vi.advanceTimersByTime(1_000);
    stop();
  }
  expect(listener.sent.length).toBeLessThan(2_000);
});

test('timestamps rise over the rounds, each track for itself, at the pace of the clock', () => {
  const listener = new Listener();
  const stop = playInLoop(tinyClip, listener);
  vi.advanceTimersByTime(60_000);
  stop();
  const counts = { audio: 0, video: 0 };
  for (const kind of ['audio', 'video'] as const) {
    const times = listener.times(kind);
    counts[kind] = times.length;
    for (const [at, time] of times.entries()) {
      if (at > 0) expect(time).toBeGreaterThanOrEqual(times[at - 1] ?? 0);
    }
    expect(times.at(-1)).toBeLessThanOrEqual(60_000);
    expect(times.at(-1)).toBeGreaterThan(59_900);
  }
  const perRound = tinyTags.filter(({ kind }) => kind === 'video').length;
  expect(counts.video).toBeGreaterThanOrEqual(14 * perRound);
  const before = listener.sent.length;
  vi.advanceTimersByTime(1_000);
  expect(listener.sent.length).toBe(before);
});

test('a network that takes nothing gets nothing more, and the clip goes on where it was', () => {
  const listener = new Listener();
  const stop = playInLoop(tinyClip, listener);
  vi.advanceTimersByTime(1_000);
  const before = listener.sent.at(-1)?.time ?? 0;
  listener.unsentBytes = 8_000_000;
  vi.advanceTimersByTime(60_000);
  expect(listener.sent.at(-1)?.time).toBe(before);
  listener.unsentBytes = 0;
  vi.advanceTimersByTime(100);
  const after = listener.sent.at(-1)?.time ?? 0;
  expect(after - before).toBeGreaterThan(0);
  expect(after - before).toBeLessThan(1_200);
  stop();
});
