import { describe, expect, it } from 'vitest';
import { HlsOutputs } from '../../../server/hls/hls-outputs.ts';
import { LiveStream, type Source } from '../../../server/live/live-stream.ts';
import { noDrops } from '../../../server/media/drops.ts';
import { GatewayMemory } from '../../../server/media/media-memory.ts';
import { Timeline } from '../../../server/media/timeline.ts';
import { clockOf } from '../../support/clock.ts';
import { PlaylistHistory } from '../../support/playlist-rules.ts';
import { rethrow } from '../../support/rethrow.ts';
import { testVideoTrack, videoSamples } from '../../support/samples.ts';

const WALL_MS = Date.UTC(2026, 0, 1);
const source: Source = {
  encoder: undefined,
  repairs: new Timeline().repairs,
  drops: noDrops(),
  remoteAddress: '192.0.2.7',
  onReplaced: () => undefined,
};

function newOutputs(): HlsOutputs {
  return new HlsOutputs({
    ...{ part: 0.2, segment: 1, window: 6, holdBackParts: 4 },
    ...{
      clock: clockOf(
        () => WALL_MS,
        () => 0,
      ),
    },
    onFault: rethrow,
  });
}

/** Publishes eight seconds under a name, then ends. */
function publish(outputs: HlsOutputs): LiveStream {
  const stream = new LiveStream({
    name: 'a',
    memory: new GatewayMemory().open(1_000_000),
    clock: clockOf(
      () => WALL_MS,
      () => 0,
    ),
    onStateChange: () => undefined,
    onSinkFault: () => undefined,
  });
  outputs.attach(stream);
  stream.openSource(source);
  stream.startSource(source, { hasAudio: false });
  stream.setTrack(source, testVideoTrack());
  for (const sample of videoSamples({ seconds: 8, stepsMs: [40], gopFrames: [25] }))
    stream.push(source, sample);
  stream.end();
  return stream;
}

describe('hls outputs', () => {
  it('makes HLS of a stream and tells it when it can be played', () => {
    const outputs = newOutputs();
    const stream = publish(outputs);
    expect(outputs.get('a')?.multivariantPlaylist?.bytes('identity').toString()).toContain('main.m3u8');
    expect(outputs.get('b')).toBeUndefined();
    outputs.detach(stream);
    expect(outputs.get('a')).toBeUndefined();
    outputs.detach(stream);
  });

  it('numbers a stream that comes back above what its name had, even in the same instant', () => {
    const outputs = newOutputs();
    const history = new PlaylistHistory();
    for (let life = 0; life < 3; life += 1) {
      const stream = publish(outputs);
      history.check(outputs.get('a')?.rendition?.playlist.bytes('identity').toString() ?? '');
      outputs.detach(stream);
    }
    expect(history.last?.hasEnded).toBe(true);
  });

  it('lets those who wait for a stream know that it is forgotten', () => {
    const outputs = newOutputs();
    const stream = publish(outputs);
    const outcomes: string[] = [];
    outputs.get('a')?.playableWaiters.wait({ msn: 0, part: 0 }, 1_000, (outcome) => outcomes.push(outcome));
    outputs.detach(stream);
    expect(outcomes).toEqual(['ended']);
  });
});
