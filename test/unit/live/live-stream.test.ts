import { describe, expect, it } from 'vitest';
import { openToPrivateNetworks } from '../../../server/live/authorizer.ts';
import { LiveStream, type Source } from '../../../server/live/live-stream.ts';
import { noDrops } from '../../../server/media/drops.ts';
import { Timeline } from '../../../server/media/timeline.ts';
import { clockOf } from '../../support/clock.ts';
import { audioSamples, testAudioTrack, testVideoTrack, videoSamples } from '../../support/samples.ts';

const newSource = (): Source => ({
  encoder: undefined,
  repairs: new Timeline().repairs,
  drops: noDrops(),
  remoteAddress: '192.0.2.7',
  onReplaced: () => undefined,
});

function newStream(clock = { wall: 1_000, monotonic: 0 }, faults: unknown[] = []): LiveStream {
  return new LiveStream({
    name: 'a',
    clock: clockOf(
      () => clock.wall,
      () => clock.monotonic,
    ),
    onStateChange: () => undefined,
    onSinkFault: (_stream, error) => faults.push(error),
  });
}

describe('live stream', () => {
  it('knows the tracks of its present source only', () => {
    const stream = newStream();
    const [first, second] = [newSource(), newSource()];
    stream.openSource(first);
    stream.setTrack(first, testVideoTrack());
    stream.setTrack(first, testVideoTrack({ width: 640 }));
    stream.setTrack(second, testAudioTrack());
    expect(stream.tracks).toHaveLength(1);
    stream.closeSource(first);
    stream.openSource(second);
    expect(stream.tracks).toEqual([]);
  });

  it('measures silence and ages on the clock that never goes back', () => {
    const clock = { wall: 1_000, monotonic: 500 };
    const stream = newStream(clock);
    stream.openSource(newSource());
    clock.monotonic += 700;
    clock.wall -= 900;
    expect([stream.silentMs, stream.stateAgeMs, stream.stateSince]).toEqual([700, 700, 1_000]);
  });

  it('stays ended', () => {
    const stream = newStream();
    const source = newSource();
    stream.openSource(source);
    stream.end();
    for (const sample of videoSamples({ seconds: 0.04, stepsMs: [40], gopFrames: [1] }))
      stream.push(source, sample);
    stream.closeSource(source);
    stream.markPlayable();
    expect(stream.state).toBe('ended');
    expect(stream.counters.videoBytes).toBe(0);
  });

  it('tells every sink of an end, also behind one that fails', async () => {
    const faults: unknown[] = [];
    const heard: string[] = [];
    const stream = newStream({ wall: 1_000, monotonic: 0 }, faults);
    const fail = (): never => {
      throw new TypeError('a full disk');
    };
    const quiet = { onSourceStart: () => {}, onTrack: () => {}, onSample: () => {} };
    stream.addSink({ ...quiet, onSourceEnd: fail, onEnd: fail }, { isEssential: true });
    stream.addSink({
      ...quiet,
      onSourceEnd: () => void heard.push('gone'),
      onEnd: () => void heard.push('end'),
    });
    const source = newSource();
    stream.openSource(source);
    stream.closeSource(source);
    expect(stream.state).toBe('reconnecting');
    await stream.end();
    expect(stream.state).toBe('ended');
    expect(heard).toEqual(['gone', 'end']);
    expect(faults).toHaveLength(2);
  });

  it('is stalled when its source falls silent before anything can be played, and goes on when it speaks', () => {
    const clocks = { wall: 1_000, monotonic: 0 };
    const stream = newStream(clocks);
    const source = newSource();
    stream.openSource(source);
    const [first, second] = videoSamples({ seconds: 0.08, stepsMs: [40], gopFrames: [50] });
    if (first === undefined || second === undefined) throw new Error('two frames are wanted');
    stream.push(source, first);
    expect(stream.state).toBe('starting');
    clocks.monotonic += 3_001;
    stream.checkStall();
    expect(stream.state).toBe('stalled');
    stream.push(source, second);
    expect(stream.state).toBe('starting');
  });

  it('counts what came in', () => {
    const stream = newStream();
    const source = newSource();
    stream.openSource(source);
    const track = testAudioTrack();
    for (const sample of videoSamples({
      seconds: 4,
      stepsMs: [40],
      gopFrames: [50],
      frameBytes: 10,
      keyFrameBytes: 30,
    }))
      stream.push(source, sample);
    for (const sample of audioSamples({ seconds: 1, track, frameBytes: 5 })) stream.push(source, sample);
    expect(stream.counters).toMatchObject({ videoBytes: 98 * 10 + 2 * 30, audioBytes: 47 * 5 });
    expect(stream.counters.track('v0')).toMatchObject({ samples: 100, keyFrameIntervalMs: 2_000 });
    expect(stream.counters.track('a0')).toMatchObject({ samples: 47, bytes: 47 * 5 });
  });

  it('measures the distance of key frames within one source, because each has a clock of its own', () => {
    const stream = newStream();
    const [first, second] = [newSource(), newSource()];
    const keyAt = (seconds: number) =>
      videoSamples({ seconds: 0.04, stepsMs: [40], gopFrames: [1] }).map((key) => ({
        ...key,
        dts: seconds * 90_000,
      }));
    stream.openSource(first);
    for (const key of [...keyAt(0), ...keyAt(2)]) stream.push(first, key);
    expect(stream.counters.track('v0')).toMatchObject({ samples: 2, keyFrameIntervalMs: 2_000 });
    stream.closeSource(first);
    stream.openSource(second);
    for (const key of keyAt(3)) stream.push(second, key);
    expect(stream.counters.track('v0')).toMatchObject({ samples: 3, keyFrameIntervalMs: undefined });
    for (const key of keyAt(4)) stream.push(second, key);
    expect(stream.counters.track('v0')).toMatchObject({ samples: 4, keyFrameIntervalMs: 1_000 });
  });
});

describe('open to private networks', () => {
  it.each([
    [true, 'allowed'],
    [false, 'denied'],
  ])('private address %s: %s', async (isPrivateAddress, kind) => {
    const attempt = { name: 'a', query: '', remoteAddress: '203.0.113.9', isPrivateAddress };
    const verdict = await openToPrivateNetworks.authorizePublish(attempt);
    expect(verdict.kind).toBe(kind);
    if (verdict.kind === 'denied') expect(verdict).toMatchObject({ code: 'public_address' });
  });
});
