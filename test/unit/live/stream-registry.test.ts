import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../../server/clock.ts';
import type { LiveStream, Source } from '../../../server/live/live-stream.ts';
import type { Sink } from '../../../server/live/sink.ts';
import { StreamRegistry, type StreamRegistryOptions } from '../../../server/live/stream-registry.ts';
import { noDrops } from '../../../server/media/drops.ts';
import { GatewayMemory, MIN_STREAM_BYTES } from '../../../server/media/media-memory.ts';
import type { Sample } from '../../../server/media/sample.ts';
import { Timeline } from '../../../server/media/timeline.ts';
import { clockOf } from '../../support/clock.ts';
import { testVideoTrack, videoSamples } from '../../support/samples.ts';

const GRACE_MS = 15_000;
const MIB = 1024 * 1024;
const [sample] = videoSamples({ seconds: 0.04, stepsMs: [40], gopFrames: [1] }) as [Sample];

class Hub {
  readonly registry: StreamRegistry;
  readonly states: string[] = [];
  readonly created: LiveStream[] = [];
  readonly removed: LiveStream[] = [];
  readonly heard: string[] = [];

  constructor(takeover: 'silent' | 'newest' = 'silent') {
    this.registry = new StreamRegistry({
      graceMs: GRACE_MS,
      takeover,
      clock: systemClock,
      onStreamCreated: (stream) => {
        this.created.push(stream);
        stream.addSink(this.#sink());
      },
      onStateChange: (_stream, state) => this.states.push(state),
      onSinkFault: (_stream, error) => this.heard.push(String(error)),
      onStreamRemoved: (stream) => this.removed.push(stream),
    });
  }

  publish(name: string, source: Source): LiveStream {
    const outcome = this.registry.publish(name, source);
    if (outcome.kind !== 'accepted') throw new Error(`${name} is ${outcome.kind}`);
    return outcome.stream;
  }

  #sink(): Sink {
    const note = (what: string) => () => void this.heard.push(what);
    return {
      onSourceStart: note('start'),
      onTrack: note('track'),
      onSample: note('sample'),
      onSourceEnd: note('gone'),
      onEnd: note('end'),
    };
  }
}

function newSource(replaced: string[] = []): Source {
  return {
    encoder: undefined,
    repairs: new Timeline().repairs,
    drops: noDrops(),
    remoteAddress: '192.0.2.7',
    onReplaced: (code) => replaced.push(code),
  };
}

describe('stream registry', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('knows no name that nobody published', () => {
    const hub = new Hub();
    for (let name = 0; name < 1_000; name += 1) expect(hub.registry.get(`x${name}`)).toBeUndefined();
    expect(hub.registry.list()).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('lists pages by name, whether or not the name of the cursor exists', () => {
    const hub = new Hub();
    for (const name of ['c', 'a', '__proto__', 'd']) hub.publish(name, newSource());
    const page = (after: string, limit: number) => {
      const { streams, hasMore } = hub.registry.page(after, limit);
      return [...streams.map(({ name }) => name), hasMore];
    };
    expect(page('', 4)).toEqual(['__proto__', 'a', 'c', 'd', false]);
    expect(page('', 3)).toEqual(['__proto__', 'a', 'c', true]);
    expect(page('b', 1)).toEqual(['c', true]);
    expect(page('d', 1)).toEqual([false]);
  });

  it('gives a name to one publisher while it speaks', () => {
    const hub = new Hub();
    const first = newSource();
    const stream = hub.publish('a', first);
    vi.advanceTimersByTime(1_900);
    stream.push(first, sample);
    vi.advanceTimersByTime(1_999);
    expect(hub.registry.publish('a', newSource())).toEqual({ kind: 'taken', silentMs: 1_999 });
    expect(hub.registry.publish('b', newSource()).kind).toBe('accepted');
  });

  it('gives the name of a publisher that was silent for 2 s to the one that comes back', () => {
    const hub = new Hub();
    const replaced: string[] = [];
    const [first, second] = [newSource(replaced), newSource()];
    const stream = hub.publish('a', first);
    stream.push(first, sample);
    vi.advanceTimersByTime(2_000);
    expect(hub.publish('a', second)).toBe(stream);
    expect(replaced).toEqual(['replaced']);
    expect(hub.heard).toEqual(['sample', 'gone']);
    stream.push(first, sample);
    stream.setTrack(first, testVideoTrack());
    stream.startSource(first, {});
    stream.closeSource(first);
    expect(hub.heard).toEqual(['sample', 'gone']);
    expect(stream.source).toBe(second);
    stream.push(second, sample);
    expect(hub.heard).toEqual(['sample', 'gone', 'sample']);
  });

  it('gives the name to the newest publisher when it is told to', () => {
    const hub = new Hub('newest');
    const replaced: string[] = [];
    const [first, second] = [newSource(replaced), newSource()];
    const stream = hub.publish('a', first);
    stream.push(first, sample);
    expect(hub.publish('a', second)).toBe(stream);
    expect([replaced, stream.source]).toEqual([['replaced'], second]);
  });

  it('is not moved by a wall clock that is set', () => {
    const hub = new Hub();
    const [first, second] = [newSource(), newSource()];
    const stream = hub.publish('a', first);
    stream.push(first, sample);
    vi.setSystemTime(Date.now() + 3_600_000);
    expect(hub.registry.publish('a', second).kind).toBe('taken');
    stream.closeSource(first);
    vi.setSystemTime(Date.now() + 3_600_000);
    vi.advanceTimersByTime(2_000);
    expect(stream.state).toBe('reconnecting');
    vi.setSystemTime(Date.now() - 7_200_000);
    vi.advanceTimersByTime(GRACE_MS);
    expect(stream.state).toBe('ended');
  });

  it('keeps the place of a lost publisher for the grace window', () => {
    const hub = new Hub();
    const first = newSource();
    const stream = hub.publish('a', first);
    stream.closeSource(first);
    vi.advanceTimersByTime(GRACE_MS - 1_000);
    expect(hub.publish('a', newSource())).toBe(stream);
    vi.advanceTimersByTime(60_000);
    expect(stream.state).toBe('connecting');
    expect(hub.created).toHaveLength(1);
  });

  it('ends what does not return, and forgets it a minute later', () => {
    const hub = new Hub();
    const first = newSource();
    const stream = hub.publish('a', first);
    stream.closeSource(first);
    vi.advanceTimersByTime(GRACE_MS + 1_000);
    expect([stream.state, hub.heard.at(-1), hub.registry.get('a')]).toEqual(['ended', 'end', stream]);
    vi.advanceTimersByTime(61_000);
    expect([hub.registry.get('a'), hub.removed, vi.getTimerCount()]).toEqual([undefined, [stream], 0]);
  });

  it('makes a new stream of a name that has ended', () => {
    const hub = new Hub();
    const first = hub.publish('a', newSource());
    hub.registry.endAll();
    const second = hub.publish('a', newSource());
    expect(second).not.toBe(first);
    expect(hub.removed).toEqual([first]);
    expect(hub.registry.list()).toEqual([second]);
    hub.registry.close();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('calls nobody silent whose media waits to be read after a pause of the process', () => {
    let nowMs = 0;
    const states: string[] = [];
    const registry = new StreamRegistry({
      graceMs: GRACE_MS,
      clock: clockOf(() => nowMs),
      onStreamCreated: () => undefined,
      onStateChange: (_stream, state) => states.push(state),
      onSinkFault: () => undefined,
      onStreamRemoved: () => undefined,
    });
    const source = newSource();
    const outcome = registry.publish('a', source);
    if (outcome.kind !== 'accepted') throw new Error(outcome.kind);
    const { stream } = outcome;
    stream.push(source, sample);
    nowMs += 4_000;
    // The timer of the registry fires first, then what has come is read.
    setTimeout(() => stream.push(source, sample), 1_000);
    vi.advanceTimersByTime(1_000);
    expect(states).toEqual(['connecting', 'starting']);
    nowMs += 4_000;
    vi.advanceTimersByTime(1_000);
    expect(states).toEqual(['connecting', 'starting', 'stalled']);
    registry.close();
  });

  it('tells every state once', () => {
    const hub = new Hub();
    const first = newSource();
    const stream = hub.publish('a', first);
    stream.push(first, sample);
    stream.markPlayable();
    vi.advanceTimersByTime(4_000);
    stream.push(first, sample);
    stream.closeSource(first);
    const second = newSource();
    hub.publish('a', second);
    stream.push(second, sample);
    hub.registry.endAll();
    hub.registry.endAll();
    expect(hub.states).toEqual([
      'connecting',
      'starting',
      'live',
      'stalled',
      'live',
      'reconnecting',
      'connecting',
      'live',
      'ended',
    ]);
  });
});

describe('room for streams', () => {
  afterEach(() => {
    vi.useRealTimers();
  });
  const registryOf = (
    options: Pick<StreamRegistryOptions, 'memory' | 'maxStreams' | 'maxTests'>,
  ): StreamRegistry =>
    new StreamRegistry({
      graceMs: GRACE_MS,
      clock: systemClock,
      onStreamCreated: () => undefined,
      onStateChange: () => undefined,
      onSinkFault: () => undefined,
      onStreamRemoved: () => undefined,
      maxStreamBytes: 64 * MIB,
      ...options,
    });
  const publishMedia = (registry: StreamRegistry, name: string): LiveStream => {
    const source = newSource();
    const outcome = registry.publish(name, source);
    if (outcome.kind !== 'accepted') throw new Error(outcome.kind);
    outcome.stream.push(source, sample);
    return outcome.stream;
  };

  it('is refused by name when as many are known as may be, and nothing is kept of the refused', () => {
    const registry = registryOf({ maxStreams: 2 });
    publishMedia(registry, 'a');
    publishMedia(registry, 'b');
    expect(registry.publish('c', newSource())).toEqual({
      kind: 'full',
      reason: '2 streams are known (stream.max-streams)',
    });
    expect(registry.list().map(({ name }) => name)).toEqual(['a', 'b']);
    registry.close();
  });

  it('is made by ended streams, the oldest first', () => {
    const registry = registryOf({ maxStreams: 3 });
    for (const name of ['a', 'b', 'c']) publishMedia(registry, name);
    registry.get('b')?.end();
    registry.get('c')?.end();
    expect(registry.publish('d', newSource()).kind).toBe('accepted');
    expect(registry.list().map(({ name }) => name)).toEqual(['a', 'c', 'd']);
    registry.close();
  });

  it('is not given while the memory of all is in use, and is given again when it is free', () => {
    const memory = new GatewayMemory(100 * MIB);
    const registry = registryOf({ memory });
    const stored = publishMedia(registry, 'a').memory.openStored();
    stored.set(91 * MIB);
    expect(registry.publish('b', newSource()).kind).toBe('full');
    stored.set(0);
    expect(registry.publish('b', newSource()).kind).toBe('accepted');
    registry.close();
  });

  it('is not given to more streams than could each hold a window', () => {
    const registry = registryOf({ memory: new GatewayMemory(3 * MIN_STREAM_BYTES) });
    for (const name of ['a', 'b', 'c']) publishMedia(registry, name);
    expect(registry.publish('d', newSource()).kind).toBe('full');
    registry.close();
  });

  const publishAndLeave = (registry: StreamRegistry, name: string): LiveStream => {
    const source = newSource();
    const outcome = registry.publish(name, source);
    if (outcome.kind !== 'accepted') throw new Error(outcome.kind);
    outcome.stream.push(source, sample);
    registry.closeSource(outcome.stream, source);
    return outcome.stream;
  };

  it('is made by streams that wait for their publisher, the longest away first', () => {
    vi.useFakeTimers();
    const memory = new GatewayMemory(100 * MIB);
    const registry = registryOf({ memory });
    const streams = ['a', 'b', 'c'].map((name) => {
      const stream = publishAndLeave(registry, name);
      vi.advanceTimersByTime(1_000);
      return { stream, stored: stream.memory.openStored() };
    });
    for (const { stored } of streams) stored.set(40 * MIB);
    // The stored data of a stream is removed with it.
    const first = streams[0];
    first?.stream.addSink({
      onSourceStart: () => undefined,
      onTrack: () => undefined,
      onSample: () => undefined,
      onSourceEnd: () => undefined,
      onEnd: () => first.stored.set(0),
    });
    expect(registry.publish('d', newSource()).kind).toBe('accepted');
    expect(registry.list().map(({ name }) => name)).toEqual(['b', 'c', 'd']);
    expect(first?.stream.state).toBe('ended');
    registry.close();
  });

  it('is not made by streams that wait for their publisher where that would not help', () => {
    const registry = registryOf({ maxStreams: 3, memory: new GatewayMemory(100 * MIB) });
    publishAndLeave(registry, 'a');
    publishMedia(registry, 'b')
      .memory.openStored()
      .set(95 * MIB);
    expect(registry.publish('c', newSource()).kind).toBe('full');
    expect(registry.get('a')?.state).toBe('reconnecting');
    registry.close();
  });

  const publishTest = (registry: StreamRegistry, name: string, source = newSource()) => {
    const outcome = registry.publish(name, source, { testOf: 'x' });
    if (outcome.kind === 'accepted') return outcome.stream;
    return outcome.kind === 'full' ? outcome.reason : outcome.kind;
  };

  it('is not taken by tests, which have a limit of their own', () => {
    const registry = registryOf({ maxStreams: 2, maxTests: 2 });
    publishMedia(registry, 'a');
    publishTest(registry, 'test-1');
    publishMedia(registry, 'b');
    expect(registry.publish('c', newSource())).toMatchObject({ kind: 'full' });
    const source = newSource();
    const second = publishTest(registry, 'test-2', source) as LiveStream;
    expect(publishTest(registry, 'test-3')).toBe('at most 2 tests may run (stream.max-tests)');
    expect(registry.list().map(({ name }) => name)).toEqual(['a', 'test-1', 'b', 'test-2']);
    registry.closeSource(second, source);
    expect(publishTest(registry, 'test-3')).toMatchObject({ name: 'test-3' });
    registry.close();
  });

  it('is made by tests where they take the memory of a stream, the oldest first', () => {
    const registry = registryOf({ memory: new GatewayMemory(4 * MIN_STREAM_BYTES) });
    const told: string[] = [];
    const onReplaced = (code: string, message: string) => void told.push(`${code}: ${message}`);
    publishMedia(registry, 'a');
    for (const name of ['test-1', 'test-2', 'test-3'])
      publishTest(registry, name, { ...newSource(), onReplaced });
    expect(publishTest(registry, 'test-4')).toContain('media.max-memory');
    publishMedia(registry, 'b');
    expect(told).toEqual(['server_busy: a stream needs the memory that this test takes']);
    expect(registry.list().map(({ name }) => name)).toEqual(['a', 'test-2', 'test-3', 'b']);
    registry.close();
  });

  it('is not made for a test by a stream that waits for its publisher', () => {
    const registry = registryOf({ memory: new GatewayMemory(2 * MIN_STREAM_BYTES) });
    publishAndLeave(registry, 'a');
    publishMedia(registry, 'b');
    expect(publishTest(registry, 'test-1')).toContain('media.max-memory');
    expect(registry.list().map(({ name }) => name)).toEqual(['a', 'b']);
    registry.close();
  });

  it('is not taken by a name that never carried media', () => {
    const registry = registryOf({ maxStreams: 1 });
    for (let at = 0; at < 100; at += 1) {
      const source = newSource();
      const outcome = registry.publish(`n${at}`, source);
      if (outcome.kind !== 'accepted') throw new Error(outcome.kind);
      registry.closeSource(outcome.stream, source);
      expect(outcome.stream.state).toBe('ended');
    }
    expect(registry.list()).toEqual([]);
  });

  it('stays with a stream that carried media and lost its publisher', () => {
    const registry = registryOf({});
    const source = newSource();
    const outcome = registry.publish('a', source);
    if (outcome.kind !== 'accepted') throw new Error(outcome.kind);
    outcome.stream.push(source, sample);
    registry.closeSource(outcome.stream, source);
    expect(registry.get('a')?.state).toBe('reconnecting');
    registry.close();
  });
});
