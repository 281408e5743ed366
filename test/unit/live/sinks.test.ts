import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../../server/errors.ts';
import { LiveStream, type Source } from '../../../server/live/live-stream.ts';
import { QueuedSink, type SlowSink } from '../../../server/live/queued-sink.ts';
import type { Sink } from '../../../server/live/sink.ts';
import { noDrops } from '../../../server/media/drops.ts';
import { GatewayMemory } from '../../../server/media/media-memory.ts';
import type { Sample } from '../../../server/media/sample.ts';
import { Timeline } from '../../../server/media/timeline.ts';
import { clockOf } from '../../support/clock.ts';
import { FileRecorder } from '../../support/file-recorder.ts';
import {
  asTrack,
  audioSamples,
  interleave,
  testAudioTrack,
  testVideoTrack,
  videoSamples,
} from '../../support/samples.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const MIB = 1024 * 1024;
const folder = temporaryFolder('sinks');

const video = testVideoTrack();
/** Four seconds, a key frame in each. */
const pictures = videoSamples({ seconds: 4, stepsMs: [40], gopFrames: [25], frameBytes: 500 });
const ladder = [video, testVideoTrack({ width: 640, number: 1 }), testAudioTrack()];
/** Key frames of v1 follow those of v0 after ten pictures. */
const sentByLadder = (): Sample[] => {
  const low = asTrack(videoSamples({ seconds: 4, stepsMs: [40], gopFrames: [25], startMs: 400 }), 1);
  const sound = audioSamples({ seconds: 4, track: testAudioTrack() });
  return interleave([...pictures, ...low], sound, testAudioTrack());
};
const source: Source = {
  encoder: undefined,
  repairs: new Timeline().repairs,
  drops: noDrops(),
  remoteAddress: '192.0.2.7',
  onReplaced: () => undefined,
};

/** Records its calls, and fails where `failsAt` says. */
class NotedSink implements Sink {
  readonly told: string[] = [];
  readonly samples: Sample[] = [];
  readonly #failsAt: string;
  readonly #error: Error;

  constructor(failsAt = '', error: Error = new TypeError('planted')) {
    this.#failsAt = failsAt;
    this.#error = error;
  }

  onSourceStart(): void {
    this.#note('start');
  }
  onTrack(): void {
    this.#note('track');
  }
  onSample(sample: Sample): void {
    this.samples.push(sample);
    this.#note('sample');
  }
  onSourceEnd(): void {
    this.#note('source-end');
  }
  onEnd(): void {
    this.#note('end');
  }

  #note(what: string): void {
    if (this.told.at(-1) !== what) this.told.push(what);
    if (what === this.#failsAt) throw this.#error;
  }
}

function newStream(options: { maxReplayBytes?: number } = {}): { stream: LiveStream; faults: unknown[] } {
  const faults: unknown[] = [];
  const stream = new LiveStream({
    name: 'a',
    memory: new GatewayMemory().open(64 * MIB),
    clock: clockOf(() => 0),
    onStateChange: () => undefined,
    onSinkFault: (_stream, error) => faults.push(error),
    ...options,
  });
  return { stream, faults };
}

function open(stream: LiveStream): void {
  stream.openSource(source);
  stream.startSource(source, { hasAudio: false });
  stream.setTrack(source, video);
}

describe('the patience of a stream', () => {
  it('is that of its least patient sink, while it is live', () => {
    const { stream } = newStream();
    const sinkOf = (patienceMs: number | undefined): Sink =>
      Object.assign(new NotedSink(), patienceMs === undefined ? {} : { patienceMs });
    stream.openSource(source);
    stream.addSink(sinkOf(Number.POSITIVE_INFINITY));
    stream.addSink(sinkOf(120));
    stream.addSink(sinkOf(160));
    expect(stream.patienceMs).toBe(0);
    stream.startSource(source, {});
    stream.setTrack(source, video);
    for (const sample of pictures.slice(0, 2)) stream.push(source, sample);
    expect(stream.patienceMs).toBe(0);
    stream.markPlayable();
    expect(stream.patienceMs).toBe(120);
    stream.addSink(sinkOf(undefined));
    expect(stream.patienceMs).toBe(0);
  });
});

describe('a sink that joins late', () => {
  it('is told of the source and its tracks, and gets what came since the last key frame', () => {
    const { stream } = newStream({ maxReplayBytes: MIB });
    open(stream);
    for (const sample of pictures.slice(0, 40)) stream.push(source, sample);
    const late = new NotedSink();
    stream.addSink(late);
    expect(late.told).toEqual(['start', 'track', 'sample']);
    expect(late.samples.map(({ dts }) => dts)).toEqual(pictures.slice(25, 40).map(({ dts }) => dts));
    for (const sample of pictures.slice(40)) stream.push(source, sample);
    expect(late.samples.map(({ dts }) => dts)).toEqual(pictures.slice(25).map(({ dts }) => dts));
  });

  it('begins with the next key frame where nothing is kept for it', () => {
    const { stream } = newStream();
    open(stream);
    for (const sample of pictures.slice(0, 40)) stream.push(source, sample);
    const late = new NotedSink();
    stream.addSink(late);
    for (const sample of pictures.slice(40)) stream.push(source, sample);
    expect(late.samples[0]?.isSync).toBe(true);
    expect(late.samples.map(({ dts }) => dts)).toEqual(pictures.slice(50).map(({ dts }) => dts));
  });

  it('is given no more than may be kept, which counts against the memory of the stream', () => {
    const { stream } = newStream({ maxReplayBytes: 8 * 1024 });
    open(stream);
    const kept: number[] = [];
    for (const sample of pictures.slice(0, 40)) {
      stream.push(source, sample);
      kept.push(stream.memory.waitingBytes);
    }
    expect(Math.max(...kept)).toBeGreaterThan(5_000);
    expect(Math.max(...kept)).toBeLessThanOrEqual(8 * 1024);
    stream.closeSource(source);
    expect(stream.memory.waitingBytes).toBe(0);
  });

  it('starts anywhere where there is no video', () => {
    const { stream } = newStream();
    const audio = testAudioTrack();
    stream.openSource(source);
    stream.startSource(source, {});
    stream.setTrack(source, audio);
    const sound = audioSamples({ seconds: 1, track: audio });
    for (const sample of sound.slice(0, 20)) stream.push(source, sample);
    const late = new NotedSink();
    stream.addSink(late);
    for (const sample of sound.slice(20)) stream.push(source, sample);
    expect(late.samples).toHaveLength(sound.length - 20);
  });

  it.each([0, MIB])(
    'has each video track from a key frame of its own on, sound with pictures (%i kept)',
    (maxReplayBytes) => {
      const { stream } = newStream({ maxReplayBytes });
      open(stream);
      for (const track of ladder) stream.setTrack(source, track);
      const sent = sentByLadder();
      const half = Math.floor(sent.length / 2);
      for (const sample of sent.slice(0, half)) stream.push(source, sample);
      const late = new NotedSink();
      stream.addSink(late);
      for (const sample of sent.slice(half)) stream.push(source, sample);
      const ids = ['v0', 'v1', 'a0'] as const;
      const [high, low, sound] = ids.map((id) => late.samples.filter(({ trackId }) => trackId === id));
      expect([high?.[0]?.isSync, low?.[0]?.isSync]).toEqual([true, true]);
      expect(late.samples[0]?.kind).toBe('video');
      // From there on nothing is missing.
      for (const [at, id] of ids.entries()) {
        const all = sent.filter(({ trackId }) => trackId === id);
        const got = [high, low, sound][at] ?? [];
        expect(got).toEqual(all.slice(-got.length));
        expect(got.length).toBeGreaterThanOrEqual(25);
      }
    },
  );

  it('gets nothing of a source that has gone', () => {
    const { stream } = newStream({ maxReplayBytes: MIB });
    open(stream);
    for (const sample of pictures.slice(0, 40)) stream.push(source, sample);
    stream.closeSource(source);
    const late = new NotedSink();
    stream.addSink(late);
    expect(late.told).toEqual([]);
  });
});

describe('a sink that fails', () => {
  it.each(['start', 'track', 'sample', 'source-end', 'end'])('at %s is taken out alone', async (failsAt) => {
    const { stream, faults } = newStream();
    const [bad, good] = [new NotedSink(failsAt), new NotedSink()];
    stream.addSink(bad);
    stream.addSink(good);
    open(stream);
    for (const sample of pictures) stream.push(source, sample);
    stream.closeSource(source);
    await stream.end();
    expect(good.samples).toHaveLength(pictures.length);
    expect(good.told).toEqual(['start', 'track', 'sample', 'source-end', 'end']);
    expect(bad.told.filter((what) => what === failsAt)).toHaveLength(1);
    // A failed sink is also called once at the end.
    expect(bad.told.at(-1)).toBe('end');
    expect(faults).toHaveLength(1);
  });

  it('by an error about the media ends the publisher, once every sink has got the sample', () => {
    const { stream, faults } = newStream();
    const refusal = new GatewayError('limit', 'part_too_large', 'planted');
    const [bad, good] = [new NotedSink('sample', refusal), new NotedSink()];
    stream.addSink(bad);
    stream.addSink(good);
    open(stream);
    const [first] = pictures;
    if (first === undefined) throw new Error('a picture is wanted');
    expect(() => stream.push(source, first)).toThrow(refusal);
    expect(good.samples).toEqual([first]);
    expect(faults).toEqual([]);
  });

  it('and is essential ends the publisher, and stays for its return', () => {
    const { stream, faults } = newStream();
    const [bad, good] = [new NotedSink('sample'), new NotedSink()];
    stream.addSink(bad, { isEssential: true });
    stream.addSink(good);
    open(stream);
    const [first] = pictures;
    if (first === undefined) throw new Error('a picture is wanted');
    expect(() => stream.push(source, first)).toThrow('planted');
    stream.closeSource(source);
    expect(bad.told.at(-1)).toBe('source-end');
    expect([good.samples.length, faults]).toEqual([1, []]);
  });
});

describe('a recorder', () => {
  it('joins late, is awaited at the end, and has every sample since the last key frame', async () => {
    const { stream, faults } = newStream({ maxReplayBytes: MIB });
    open(stream);
    for (const sample of pictures.slice(0, 60)) stream.push(source, sample);
    const file = path.join(folder, 'late');
    const recorder = new FileRecorder(file);
    stream.addSink(new QueuedSink(recorder, { maxBytes: MIB }));
    for (const sample of pictures.slice(60)) stream.push(source, sample);
    await stream.end();
    expect(recorder.hasEnded).toBe(true);
    expect(readFileSync(file)).toEqual(Buffer.concat(pictures.slice(50).map(({ data }) => data)));
    expect(faults).toEqual([]);
  });

  it('leaves, and the stream goes on', async () => {
    const { stream } = newStream();
    const [recorder, other] = [new FileRecorder(path.join(folder, 'left')), new NotedSink()];
    const sink = new QueuedSink(recorder, { maxBytes: MIB });
    stream.addSink(sink);
    stream.addSink(other);
    open(stream);
    for (const sample of pictures.slice(0, 30)) stream.push(source, sample);
    await stream.removeSink(sink);
    expect(recorder.hasEnded).toBe(true);
    for (const sample of pictures.slice(30)) stream.push(source, sample);
    expect(other.samples).toHaveLength(pictures.length);
    expect(recorder.events.filter((kind) => kind === 'sample')).toHaveLength(30);
  });

  it('is killed, and the stream does not notice', async () => {
    const { stream, faults } = newStream();
    const [recorder, other] = [new FileRecorder(path.join(folder, 'killed')), new NotedSink()];
    stream.addSink(new QueuedSink(recorder, { maxBytes: MIB }));
    stream.addSink(other);
    open(stream);
    for (const sample of pictures.slice(0, 30)) stream.push(source, sample);
    await recorder.kill();
    for (const sample of pictures.slice(30)) {
      stream.push(source, sample);
      // Lets the recorder run: it writes one sample at a time.
      await new Promise((resolve) => setImmediate(resolve));
    }
    await stream.end();
    expect(other.samples).toHaveLength(pictures.length);
    expect(faults).toHaveLength(1);
  });
});

describe('a queue in front of a slow sink', () => {
  it('lets each video track go on with a key frame of its own', async () => {
    let release = (): void => {};
    const taken: Sample[] = [];
    const slow: SlowSink = {
      take: async (event) => {
        if (event.kind === 'sample') taken.push(event.sample);
        if (taken.length === 1) await new Promise<void>((resolve) => (release = resolve));
      },
      end: async () => undefined,
    };
    const queue = new QueuedSink(slow, { maxBytes: 90_000 });
    queue.onSourceStart({});
    for (const track of ladder) queue.onTrack(track);
    const sent = sentByLadder();
    for (const sample of sent) {
      queue.onSample(sample);
      await Promise.resolve();
    }
    release();
    await queue.onEnd();
    expect(taken.length + queue.droppedSamples).toBe(sent.length);
    const wasTaken = (wanted: Sample): boolean =>
      taken.some(({ trackId, dts }) => trackId === wanted.trackId && dts === wanted.dts);
    for (const id of ['v0', 'v1']) {
      const ofTrack = sent.filter(({ trackId }) => trackId === id);
      const behindHoles = ofTrack.filter((sample, at) => {
        const before = ofTrack[at - 1];
        return wasTaken(sample) && before !== undefined && !wasTaken(before);
      });
      expect(behindHoles.length).toBeGreaterThan(0);
      expect(behindHoles.every(({ isSync }) => isSync)).toBe(true);
    }
  });

  it('drops up to the next key frame when it is full, and counts what it drops', async () => {
    const taken: Sample[] = [];
    let release: (() => void) | undefined;
    const slow: SlowSink = {
      take: async (event) => {
        if (event.kind === 'sample') taken.push(event.sample);
        if (taken.length === 1) await new Promise<void>((resolve) => (release = resolve));
      },
      end: async () => undefined,
    };
    const held: number[] = [];
    const maxBytes = 10_000;
    const queue = new QueuedSink(slow, { maxBytes, onHeldBytes: (bytes) => held.push(bytes) });
    queue.onSourceStart({});
    queue.onTrack(video);
    for (const sample of pictures) {
      queue.onSample(sample);
      await Promise.resolve();
    }
    release?.();
    await queue.onEnd();
    expect(Math.max(...held)).toBeLessThanOrEqual(maxBytes);
    expect(held.at(-1)).toBe(0);
    expect(taken.length + queue.droppedSamples).toBe(pictures.length);
    expect(queue.droppedSamples).toBeGreaterThan(50);
    // Media after a gap can be decoded.
    for (const [at, sample] of taken.entries()) {
      const previous = taken[at - 1];
      if (previous !== undefined && sample.dts - previous.dts > 40 * 90) expect(sample.isSync).toBe(true);
    }
  });
});
