// Counters become rates of the sent media, independent of the moment at which they are read.

import { describe, expect, test } from 'vitest';
import { parseAacConfig } from '../../../server/codec/aac.ts';
import { parseAvcConfig } from '../../../server/codec/avc.ts';
import { parseAudioTag } from '../../../server/flv/audio-tag.ts';
import { parseVideoTag } from '../../../server/flv/video-tag.ts';
import { LiveStream, type Source } from '../../../server/live/live-stream.ts';
import { noDrops } from '../../../server/media/drops.ts';
import { Timeline } from '../../../server/media/timeline.ts';
import { audioTrack, videoTrack } from '../../../server/media/track.ts';
import { StreamMeter } from '../../../server/stats/collect-stats.ts';
import { clockOf } from '../../support/clock.ts';
import { testVideoTrack } from '../../support/samples.ts';
import { tinyTags } from '../gateway-fixture.ts';

function metered({ encoder, isVideo = true }: { encoder?: string; isVideo?: boolean } = {}) {
  let now = 50_000;
  const stream = new LiveStream({
    name: 'a',
    clock: clockOf(() => now),
    onStateChange: () => {},
    onSinkFault: () => {},
  });
  const source: Source = {
    encoder,
    repairs: new Timeline().repairs,
    drops: noDrops(),
    remoteAddress: '192.0.2.7',
    onReplaced: () => {},
  };
  stream.openSource(source);
  if (isVideo) stream.setTrack(source, testVideoTrack());
  const meter = new StreamMeter(
    stream,
    clockOf(() => now),
  );
  return {
    stream,
    source,
    meter,
    pass: (ms: number) => {
      now += ms;
    },
  };
}

test('nothing yet: only what is known is said', () => {
  const { meter, pass } = metered({ isVideo: false });
  pass(1_000);
  expect(meter.measure(3)).toEqual({ vbps: 0, abps: 0, viewers: 3, uptimeMs: 1_000 });
});

test('a second of media, read late, gives the same frame rate and the rate of the time that passed', () => {
  const { stream, source, meter, pass } = metered({ encoder: 'test encoder', isVideo: false });
  for (const { kind, body } of tinyTags) {
    if (kind === 'video') {
      const tag = parseVideoTag(body);
      if (tag.kind === 'config') stream.setTrack(source, videoTrack(parseAvcConfig(tag.record)));
    } else if (kind === 'audio') {
      const tag = parseAudioTag(body);
      if (tag.kind === 'config') stream.setTrack(source, audioTrack(parseAacConfig(tag.record)));
    }
  }
  const send = (frames: number, from: number) => {
    for (let at = from; at < from + frames; at += 1) {
      const dts = at * 3_600;
      stream.push(source, {
        trackId: 'v0',
        kind: 'video',
        dts,
        pts: dts,
        afterJump: false,
        isSync: at % 25 === 0,
        data: Buffer.alloc(1_000),
      });
    }
  };
  send(25, 0);
  pass(1_000);
  meter.measure(0);
  send(25, 25);
  stream.push(source, {
    trackId: 'a0',
    kind: 'audio',
    dts: 0,
    pts: 0,
    afterJump: false,
    isSync: true,
    data: Buffer.alloc(500),
  });
  pass(1_250);
  expect(meter.measure(7)).toEqual({
    vbps: 160_000,
    abps: 3_200,
    tracks: [
      { id: 'v0', codec: expect.stringMatching(/^avc1\./), bps: 160_000 },
      { id: 'a0', codec: 'mp4a.40.2', bps: 3_200 },
    ],
    fps: 25,
    gopMs: 1_000,
    width: 96,
    height: 54,
    videoCodec: expect.stringMatching(/^avc1\./),
    audioCodec: 'mp4a.40.2',
    sampleRate: 44_100,
    channels: 1,
    viewers: 7,
    uptimeMs: 2_250,
    encoder: 'test encoder',
  });
});

test('several tracks are counted apart; the frame rate and the size are those of the first', () => {
  const { stream, source, meter, pass } = metered();
  stream.setTrack(source, testVideoTrack({ width: 640, number: 1 }));
  const send = (trackId: 'v0' | 'v1', everyMs: number, byteCount: number, fromMs: number) => {
    for (let ms = fromMs; ms < fromMs + 1_000; ms += everyMs) {
      const time = { dts: ms * 90, pts: ms * 90, afterJump: false };
      const data = Buffer.alloc(byteCount);
      stream.push(source, { trackId, kind: 'video', ...time, isSync: ms % 1_000 === 0, data });
    }
  };
  for (const ms of [0, 1_000]) {
    send('v0', 20, 1_000, ms);
    send('v1', 40, 400, ms);
    pass(1_000);
    if (ms === 0) meter.measure(0);
  }
  expect(meter.measure(0)).toMatchObject({
    vbps: 480_000,
    tracks: [
      { id: 'v0', bps: 400_000 },
      { id: 'v1', bps: 80_000 },
    ],
    fps: 50,
    gopMs: 1_000,
    width: 1_280,
  });
});

test('a source that starts anew gives no negative frame rate', () => {
  const { stream, source, meter, pass } = metered();
  stream.push(source, {
    trackId: 'v0',
    kind: 'video',
    dts: 900_000,
    pts: 0,
    afterJump: false,
    isSync: true,
    data: Buffer.alloc(1),
  });
  pass(1_000);
  meter.measure(0);
  stream.push(source, {
    trackId: 'v0',
    kind: 'video',
    dts: 0,
    pts: 0,
    afterJump: false,
    isSync: true,
    data: Buffer.alloc(1),
  });
  pass(1_000);
  expect(meter.measure(0).fps).toBeUndefined();
});

describe('the frame rate', () => {
  /** Sends frames second by second, each at its own millisecond, and measures after each second. */
  function measured(framesPerSecond: number, seconds: number): (number | undefined)[] {
    const { stream, source, meter, pass } = metered();
    let frame = 0;
    return Array.from({ length: seconds }, (_, second) => {
      for (; frame < (second + 1) * framesPerSecond; frame += 1) {
        const dts = Math.round((frame / framesPerSecond) * 1000) * 90;
        const data = Buffer.alloc(1);
        stream.push(source, {
          trackId: 'v0',
          kind: 'video',
          dts,
          pts: dts,
          afterJump: false,
          isSync: frame === 0,
          data,
        });
      }
      pass(1_000);
      return meter.measure(0).fps;
    });
  }

  test.each([
    [24_000 / 1001, 23.98],
    [24, 24],
    [25, 25],
    [30_000 / 1001, 29.97],
    [30, 30],
    [50, 50],
    [60_000 / 1001, 59.94],
    [60, 60],
    [12.5, 12.5],
    [7.3, 7.3],
  ])('of %d frames a second stands still at %d after some seconds', (framesPerSecond, shown) => {
    const settled = measured(framesPerSecond, 30).slice(5);
    expect([...new Set(settled)]).toEqual([shown]);
  });

  test('is gone when pictures stop, and measured anew when they come back', () => {
    const { stream, source, meter, pass } = metered();
    const send = (fromMs: number, stepMs: number, count: number) => {
      for (let at = 0; at < count; at += 1) {
        const dts = (fromMs + at * stepMs) * 90;
        const data = Buffer.alloc(1);
        stream.push(source, {
          trackId: 'v0',
          kind: 'video',
          dts,
          pts: dts,
          afterJump: false,
          isSync: true,
          data,
        });
      }
    };
    send(0, 40, 25);
    pass(1_000);
    meter.measure(0);
    send(1_000, 40, 25);
    pass(1_000);
    expect(meter.measure(0).fps).toBe(25);
    pass(1_000);
    expect(meter.measure(0).fps).toBeUndefined();
    send(60_000, 20, 50);
    pass(1_000);
    meter.measure(0);
    send(61_000, 20, 50);
    pass(1_000);
    expect(meter.measure(0).fps).toBe(50);
  });
});
