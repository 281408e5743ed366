// Several tracks of one kind: each keeps its id from the message to the sinks, and a bad one does not end the others.

import { readFileSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';
import { systemClock } from '../../../server/clock.ts';
import { parseFlvFile } from '../../../server/flv/flv-file.ts';
import { DEFAULT_INGEST_LIMITS } from '../../../server/ingest/limits.ts';
import { RtmpServer } from '../../../server/ingest/rtmp-server.ts';
import { MAX_TRACKS, TrackAssembler } from '../../../server/ingest/track-assembler.ts';
import { openToPrivateNetworks } from '../../../server/live/authorizer.ts';
import type { LiveStream } from '../../../server/live/live-stream.ts';
import { QueuedSink } from '../../../server/live/queued-sink.ts';
import { StreamRegistry } from '../../../server/live/stream-registry.ts';
import type { Sample } from '../../../server/media/sample.ts';
import type { Track, TrackId } from '../../../server/media/track.ts';
import { boxesOf, inspectMp4 } from '../../cases/inspected-boxes.ts';
import { asMultitrack, type MultitrackForm, multitrackBody } from '../../cases/multitrack.ts';
import { whenDone } from '../../support/cleanup.ts';
import { clockOf } from '../../support/clock.ts';
import { fetchFresh } from '../../support/hls-client.ts';
import { TrackRecorder } from '../../support/track-recorder.ts';
import { CollectedLog, openGateway, tinyTags, untilState } from '../gateway-fixture.ts';
import { connectEncoder } from './raw-encoder.ts';

const TAGS = tinyTags.filter(({ kind }) => kind !== 'script');
const VIDEO = TAGS.filter(({ kind }) => kind === 'video');
const PICTURES = VIDEO.filter(({ body }) => body[1] === 1);
const FRAMES = TAGS.filter(({ kind, body }) => kind === 'audio' && body[1] === 1);
/** Three slices in a picture: a picture may wait for its other slices. */
const SLICED = parseFlvFile(readFileSync(new URL('../../cases/sliced.flv', import.meta.url)));

const text = async (url: string): Promise<string> => (await fetchFresh(url)).text();
const initUri = (playlist: string): string => /EXT-X-MAP:URI="([^"]+)"/.exec(playlist)?.[1] ?? '';

function assembling() {
  const samples: Sample[] = [];
  const tracks: Track[] = [];
  const leftOut: string[] = [];
  const starts: unknown[] = [];
  const assembler = new TrackAssembler({
    onStart: (hints) => starts.push(hints),
    onTrack: (track) => tracks.push(track),
    onSample: (sample) => samples.push(sample),
    onLeftOut: (what, { code }) => leftOut.push(`${what}: ${code}`),
  });
  const of = (id: TrackId) => samples.filter(({ trackId }) => trackId === id);
  return { assembler, samples, tracks, leftOut, starts, of };
}

/** Every message of the clip, in the form that `send` gives it. */
function sendAll(send: (assembler: TrackAssembler, tag: (typeof TAGS)[number]) => void) {
  const all = assembling();
  for (const tag of TAGS) send(all.assembler, tag);
  all.assembler.finish();
  return all;
}

describe('tracks beside track 0', () => {
  it('of one message each are v1 and a1, with the pictures and frames of the first', () => {
    const { tracks, of, leftOut } = sendAll((to, { kind, timestamp, body }) => {
      if (kind === 'script') return;
      to[kind](timestamp, body);
      to[kind](timestamp, asMultitrack(kind, body, 'one-track', [1]));
    });
    expect(tracks.map(({ id }) => id).sort()).toEqual(['a0', 'a1', 'v0', 'v1']);
    expect(leftOut).toEqual([]);
    for (const [first, second, count] of [
      ['v0', 'v1', PICTURES.length],
      ['a0', 'a1', FRAMES.length],
    ] as const) {
      expect(of(second)).toHaveLength(count);
      expect(of(second).map(({ data }) => data.toString('hex'))).toEqual(
        of(first).map(({ data }) => data.toString('hex')),
      );
      expect(of(second).map(({ dts }) => dts)).toEqual(of(first).map(({ dts }) => dts));
    }
  });

  it.each<MultitrackForm>(['many-tracks', 'many-codecs'])(
    'all in one message (%s) are as many tracks',
    (form) => {
      const { tracks, of } = sendAll((to, { kind, timestamp, body }) => {
        if (kind !== 'script') to[kind](timestamp, asMultitrack(kind, body, form, [2, 0, 1]));
      });
      expect(tracks.filter(({ kind }) => kind === 'video').map(({ id }) => id)).toEqual(['v0', 'v1', 'v2']);
      for (const id of ['v0', 'v1', 'v2'] as const) expect(of(id)).toHaveLength(PICTURES.length);
      for (const id of ['a0', 'a1', 'a2'] as const) expect(of(id)).toHaveLength(FRAMES.length);
    },
  );

  it('have what waits of their pictures charged each', () => {
    const { assembler } = assembling();
    const pictures = SLICED.filter(({ kind }) => kind === 'video').slice(0, 2);
    const one = (number: number): number => {
      for (const { timestamp, body } of pictures) {
        const sliceEnd = 9 + body.readUInt32BE(5);
        const message = body[1] === 0 ? body : body.subarray(0, sliceEnd);
        assembler.video(timestamp, asMultitrack('video', message, 'one-track', [number]));
      }
      return assembler.heldBytes;
    };
    const alone = one(0);
    expect(alone).toBeGreaterThan(0);
    expect(one(1)).toBe(2 * alone);
  });
});

describe('a bad track', () => {
  it('in a codec that cannot be carried is left out by name, and the others play', () => {
    const { tracks, of, leftOut } = sendAll((to, { kind, timestamp, body }) => {
      if (kind === 'script') return;
      to[kind](timestamp, body);
      const [fourCc, data] = kind === 'video' ? ['hvc1', Buffer.alloc(40, 1)] : ['Opus', Buffer.alloc(20, 1)];
      to[kind](timestamp, multitrackBody(kind, 'one-track', 1, [{ number: 1, fourCc, data }]));
    });
    expect(tracks.map(({ id }) => id).sort()).toEqual(['a0', 'v0']);
    expect([of('v0').length, of('a0').length]).toEqual([PICTURES.length, FRAMES.length]);
    expect(leftOut.sort()).toEqual([
      'audio track a1: unsupported_audio_codec',
      'video track v1: unsupported_video_codec',
    ]);
  });

  it('0 leaves the others: a source of HEVC in v0 and H.264 in v1 plays v1', () => {
    const { tracks, of, leftOut } = sendAll((to, { kind, timestamp, body }) => {
      if (kind === 'audio') to.audio(timestamp, body);
      if (kind !== 'video') return;
      const isConfig = body[1] === 0;
      const other = { number: 0, fourCc: 'hvc1', data: Buffer.alloc(30, 7) };
      const picture = { number: 1, fourCc: 'avc1', data: body.subarray(5) };
      to.video(timestamp, multitrackBody('video', 'many-codecs', isConfig ? 0 : 3, [other, picture]));
    });
    expect(tracks.map(({ id }) => id).sort()).toEqual(['a0', 'v1']);
    expect(of('v1')).toHaveLength(PICTURES.length);
    expect(leftOut).toEqual(['video track v0: unsupported_video_codec']);
  });

  it('that never brings a key frame ends, and gives way to the one that does', () => {
    let now = 0;
    const samples: TrackId[] = [];
    const told: string[] = [];
    const assembler = new TrackAssembler(
      {
        onStart: ({ hasVideo }) => told.push(`start ${hasVideo}`),
        onTrack: ({ id }) => told.push(id),
        onSample: ({ trackId }) => samples.push(trackId),
        onLeftOut: (what, { code }) => told.push(`${what}: ${code}`),
      },
      DEFAULT_INGEST_LIMITS,
      clockOf(() => now),
    );
    const inter = PICTURES.find(({ body }) => body[0] === 0x27)?.body ?? Buffer.alloc(0);
    for (let round = 0; round < 12; round += 1)
      for (const { timestamp, body } of VIDEO) {
        now = timestamp + round * 4_000;
        const isPicture = body[1] === 1;
        assembler.video(now, isPicture ? inter : body);
        assembler.video(now, asMultitrack('video', body, 'one-track', [1]));
      }
    expect(told).toEqual([
      'start undefined',
      'v0',
      'v1',
      'video track v0: no_keyframe',
      // Sinks that play one video track take the first one announced.
      'start undefined',
      'v1',
      'v0',
    ]);
    expect(samples.filter((id) => id === 'v1')).toHaveLength(12 * PICTURES.length);
  });

  it('with a wild clock disturbs no other', () => {
    const wild = sendAll((to, { kind, timestamp, body }) => {
      if (kind === 'script') return;
      to[kind](timestamp, body);
      // A third of the clock's period at a time: a reader that followed it would count a wrap at each message.
      for (const wildAt of [timestamp + 0x5000_0000, timestamp + 0xa000_0000])
        to[kind](wildAt >>> 0, asMultitrack(kind, body, 'one-track', [1]));
    });
    const plain = sendAll((to, { kind, timestamp, body }) => {
      if (kind !== 'script') to[kind](timestamp, body);
    });
    for (const id of ['v0', 'a0'] as const)
      expect(wild.of(id).map(({ dts, pts, afterJump }) => ({ dts, pts, afterJump }))).toEqual(
        plain.of(id).map(({ dts, pts, afterJump }) => ({ dts, pts, afterJump })),
      );
    const times = wild.of('v1').map(({ dts }) => dts);
    expect(times.every((dts, at) => at === 0 || dts > (times[at - 1] ?? 0))).toBe(true);
  });

  it('at the end of a message costs those before it nothing', () => {
    const { of, leftOut, assembler } = sendAll((to, { kind, timestamp, body }) => {
      if (kind === 'audio') to.audio(timestamp, body);
      if (kind !== 'video') return;
      const message = asMultitrack('video', body, 'many-tracks', [0, 1]);
      to.video(timestamp, Buffer.concat([message, Buffer.of(2, 0xff)]));
    });
    expect([of('v0').length, of('v1').length]).toEqual([PICTURES.length, PICTURES.length]);
    expect(leftOut).toEqual(['the end of a video message: bad_ex_header']);
    expect(assembler.drops.damagedAccessUnits).toBe(VIDEO.length);
  });

  it('too many are left out, one is named, and tracks 0 always find their place', () => {
    const { tracks, leftOut } = sendAll((to, { kind, timestamp, body }) => {
      if (kind === 'video')
        for (let number = 255; number >= 0; number -= 1)
          to.video(timestamp, asMultitrack('video', body, 'one-track', [number]));
      else if (kind === 'audio') to.audio(timestamp, body);
    });
    expect(tracks).toHaveLength(MAX_TRACKS);
    expect(tracks.map(({ id }) => id)).toEqual(expect.arrayContaining(['v0', 'a0']));
    expect(leftOut).toEqual([`video track v${255 - MAX_TRACKS + 2}: too_many_tracks`]);
  });

  test('and nothing else ends the source, with its reason', () => {
    const hevc = { fourCc: 'hvc1', data: Buffer.alloc(9) };
    const { assembler } = assembling();
    const send = (ms: number) =>
      assembler.video(
        ms,
        multitrackBody('video', 'many-tracks', 1, [
          { number: 0, ...hevc },
          { number: 1, ...hevc },
        ]),
      );
    send(0);
    expect(() => send(3_000)).toThrow(expect.objectContaining({ code: 'unsupported_video_codec' }));
  });
});

test('a gateway plays the first track of each kind, and names the others and their rates', async () => {
  const open = await openGateway();
  const { started, raw, session } = await connectEncoder(open.rtmpPort, 'ladder');
  await started;
  const live = untilState(open.gateway, 'ladder', 'live');
  for (const { kind, timestamp, body } of TAGS) {
    if (kind === 'script') continue;
    await raw.write(session[kind](timestamp, body));
    await raw.write(session[kind](timestamp, asMultitrack(kind, body, 'one-track', [1])));
  }
  await live;
  const told = ['v1', 'a1'].map((track) =>
    open.log.until((line) => line['code'] === 'track_not_played' && line['track'] === track),
  );
  expect(await Promise.all(told)).toMatchObject([{ stream: 'ladder' }, { stream: 'ladder' }]);
  const init = await fetchFresh(
    open.url(`/live/ladder/${initUri(await text(open.url('/live/ladder/main.m3u8')))}`),
  );
  const boxes = inspectMp4(Buffer.from(await init.arrayBuffer()));
  expect(boxesOf(boxes, 'tkhd').map(({ trackId }) => trackId)).toEqual([1, 2]);
});

describe('a publisher with a second video track', () => {
  async function publishing(onStream: (stream: LiveStream) => void) {
    const log = new CollectedLog();
    const registry = new StreamRegistry({
      graceMs: 1_000,
      maxReplayBytes: 1024 * 1024,
      clock: systemClock,
      onStreamCreated: onStream,
      onStateChange: () => {},
      onSinkFault: (_stream, err) => log.logger.error({ err }, 'an output failed'),
      onStreamRemoved: () => {},
    });
    const server = new RtmpServer({
      registry,
      authorizer: openToPrivateNetworks,
      rtmpLimits: {},
      limits: DEFAULT_INGEST_LIMITS,
      log: log.logger,
    });
    whenDone(() => registry.close());
    whenDone(() => server.close());
    const { started, raw, session } = await connectEncoder(await server.listen(0, '127.0.0.1'), 'ladder');
    await started;
    const send = async (tags: readonly (typeof TAGS)[number][]): Promise<void> => {
      for (const { kind, timestamp, body } of tags) {
        if (kind === 'script') continue;
        await raw.write(session[kind](timestamp, body));
        await raw.write(session[kind](timestamp, asMultitrack(kind, body, 'one-track', [1])));
      }
    };
    return { log, send };
  }

  test('is a source of v0, v1, a0 and a1 at a sink', async () => {
    const recorder = new TrackRecorder();
    const { send } = await publishing((stream) => stream.addSink(recorder));
    await send(TAGS);
    await recorder.until('v1', PICTURES.length);
    expect([...recorder.samples.keys()].sort()).toEqual(['a0', 'a1', 'v0', 'v1']);
    for (const id of ['v0', 'v1'] as const)
      expect(recorder.samples.get(id)?.map(({ data }) => data.toString('hex'))).toEqual(
        PICTURES.map(({ body }) => body.subarray(5).toString('hex')),
      );
  });

  test('has a recorder that joins late, gets all tracks, is killed, and is not missed', async () => {
    let live: LiveStream | undefined;
    const witness = new TrackRecorder();
    const { log, send } = await publishing((stream) => {
      live = stream;
      stream.addSink(witness);
    });
    const half = Math.floor(TAGS.length / 2);
    await send(TAGS.slice(0, half));
    await witness.until('v1', Math.floor(PICTURES.length / 2) - 10);
    const late = new TrackRecorder();
    live?.addSink(new QueuedSink(late, { maxBytes: 1024 * 1024 }));
    await send(TAGS.slice(half, half + 60));
    await late.until('v1', 20);
    expect([...late.tracks].sort()).toEqual(['a0', 'a1', 'v0', 'v1']);
    for (const id of ['v0', 'v1'] as const) expect(late.samples.get(id)?.[0]?.isSync).toBe(true);
    late.kill();
    await send(TAGS.slice(half + 60));
    await witness.until('v1', PICTURES.length);
    await witness.until('a1', FRAMES.length);
    expect(log.lines.filter(({ msg }) => msg === 'an output failed')).toHaveLength(1);
  });
});
