// HlsOrigin for the streams of this process: when they exist, how long answers stay valid, and who counts as a viewer.

import { describe, expect, test } from 'vitest';
import type { OriginAnswer } from '../../../server/hls/hls-origin.ts';
import type { HlsOutput } from '../../../server/hls/hls-output.ts';
import { HlsOutputs } from '../../../server/hls/hls-outputs.ts';
import { LocalOrigin } from '../../../server/hls/local-origin.ts';
import { LiveStream, type Source } from '../../../server/live/live-stream.ts';
import { noDrops } from '../../../server/media/drops.ts';
import { GatewayMemory } from '../../../server/media/media-memory.ts';
import type { Sample } from '../../../server/media/sample.ts';
import { Timeline } from '../../../server/media/timeline.ts';
import { clockOf } from '../../support/clock.ts';
import { testVideoTrack, videoSamples } from '../../support/samples.ts';

const source: Source = {
  encoder: undefined,
  repairs: new Timeline().repairs,
  drops: noDrops(),
  remoteAddress: '192.0.2.7',
  onReplaced: () => undefined,
};

/** A stream `a` that sends as much as a test needs. */
class Stage {
  readonly faults: unknown[] = [];
  readonly origin: LocalOrigin;
  readonly output: HlsOutput;
  readonly stream: LiveStream;
  readonly #samples: Sample[] = videoSamples({ seconds: 8, stepsMs: [40], gopFrames: [25] });

  constructor() {
    const outputs = new HlsOutputs({
      ...{ part: 0.2, segment: 1, window: 6, holdBackParts: 4 },
      ...{ clock: clockOf(() => 0) },
      onFault: (error) => this.faults.push(error),
    });
    this.stream = new LiveStream({
      name: 'a',
      memory: new GatewayMemory().open(1_000_000),
      clock: clockOf(() => 0),
      onStateChange: () => undefined,
      onSinkFault: (_stream, error) => this.faults.push(error),
    });
    outputs.attach(this.stream);
    const output = outputs.get('a');
    if (output === undefined) throw new Error('the stream has no output');
    this.output = output;
    this.origin = new LocalOrigin((name) => outputs.get(name));
    this.stream.openSource(source);
    this.stream.startSource(source, { hasAudio: false });
    this.stream.setTrack(source, testVideoTrack());
  }

  sendUntil(ms: number): void {
    const count = this.#samples.findIndex((sample) => sample.dts / 90 >= ms);
    for (const sample of this.#samples.splice(0, count)) this.stream.push(source, sample);
  }

  /** Requests a file, and collects the later answers when there is none yet. */
  ask(file: string, directives = ''): { readonly first: OriginAnswer; readonly later: OriginAnswer[] } {
    const first = this.origin.answer('a', file, directives);
    const later: OriginAnswer[] = [];
    if (first.kind === 'pending') first.wait(1_000, (answer) => later.push(answer));
    return { first, later };
  }

  /** The position after the last part. */
  get next(): string {
    const position = this.output.rendition?.nextPosition;
    return `_HLS_msn=${position?.msn}&_HLS_part=${position?.part}`;
  }
}

describe('playlists', () => {
  test('the multivariant playlist is pending until something can be played', () => {
    const stage = new Stage();
    const { first, later } = stage.ask('index.m3u8');
    expect(first).toMatchObject({ kind: 'pending', isWatched: false });
    stage.sendUntil(2_100);
    expect(later).toMatchObject([
      { kind: 'ready', content: 'playlist', caching: 'newest', isWatched: false },
    ]);
  });

  test('the first playlist with a position stays right for that position, a later one until the next cut', () => {
    const stage = new Stage();
    stage.sendUntil(2_100);
    const { next } = stage;
    const { first, later } = stage.ask('main.m3u8', next);
    expect(first).toMatchObject({ kind: 'pending', isWatched: true });
    stage.sendUntil(2_300);
    expect(later).toMatchObject([{ kind: 'ready', caching: 'position', isWatched: true }]);
    expect(stage.ask('main.m3u8', next).first).toMatchObject({ kind: 'ready', caching: 'position' });
    expect(stage.ask('main.m3u8').first).toMatchObject({ kind: 'ready', caching: 'newest' });
    stage.sendUntil(2_700);
    expect(stage.ask('main.m3u8', next).first).toMatchObject({ kind: 'ready', caching: 'newest' });
  });

  test('who sends a bad directive to a stream that plays is a viewer, and nobody is before', () => {
    const stage = new Stage();
    stage.sendUntil(300);
    expect(stage.ask('main.m3u8', '_HLS_msn=x').first).toEqual({ kind: 'absent', reason: 'not-yet' });
    stage.sendUntil(2_100);
    for (const directives of ['_HLS_msn=x', '_HLS_msn=999999']) {
      const detail = expect.stringContaining('_HLS_msn');
      expect(stage.ask('main.m3u8', directives).first).toEqual({
        ...{ kind: 'absent', reason: 'bad-directive', detail, isWatched: true },
      });
    }
  });
});

describe('media', () => {
  test('the hinted part is pending until it is whole; its bytes are those of the chunks', () => {
    const stage = new Stage();
    stage.sendUntil(2_100);
    const uri = stage.output.rendition?.nextPartUri ?? '';
    const { first, later } = stage.ask(uri);
    expect(first).toMatchObject({ kind: 'pending', isWatched: false });
    stage.sendUntil(2_500);
    const [answer] = later;
    if (answer?.kind !== 'ready' || answer.content !== 'media') throw new Error('the part did not come');
    expect(answer.byteLength).toBe(Buffer.concat(answer.chunks.map(({ bytes }) => bytes)).length);
    expect(stage.ask(uri).first).toEqual(answer);
  });

  test('a hinted part is not yet there when its publisher goes, and no file when the stream ends', () => {
    const stage = new Stage();
    stage.sendUntil(2_100);
    const rendition = stage.output.rendition;
    const { later } = stage.ask(rendition?.nextPartUri ?? '');
    rendition?.waiters.releaseAll('source-lost');
    const { later: last } = stage.ask(rendition?.nextPartUri ?? '');
    rendition?.waiters.releaseAll('ended');
    expect([...later, ...last]).toEqual([
      { kind: 'absent', reason: 'not-yet' },
      { kind: 'absent', reason: 'no-file' },
    ]);
  });

  test('of another stream, and of no playlist', () => {
    const stage = new Stage();
    stage.sendUntil(2_100);
    expect(stage.origin.answer('b', 'main.m3u8', '')).toEqual({ kind: 'absent', reason: 'no-stream' });
    expect(stage.ask('part-x-1.m4s').first).toEqual({ kind: 'absent', reason: 'no-file' });
  });
});

test('a fault while a request waits is reported, and the request is told', () => {
  const stage = new Stage();
  const { later } = stage.ask('index.m3u8');
  const fault = new Error('cannot be answered');
  Object.defineProperty(stage.output, 'multivariantPlaylist', {
    get: () => {
      throw fault;
    },
  });
  stage.output.playableWaiters.releaseAll('reached');
  expect(later).toEqual([{ kind: 'absent', reason: 'fault' }]);
  expect(stage.faults).toEqual([fault]);
});
