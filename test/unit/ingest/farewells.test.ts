// When the gateway ends a connection, it first tells the encoder why, by status and in words.

import { describe, expect, test } from 'vitest';
import { AVC_720P } from '../../cases/avc-configs.ts';
import { EncoderScript } from '../../cases/rtmp-script.ts';
import { videoFrame } from '../../hostile/media-bytes.ts';
import { connectRaw } from '../../support/rtmp-bytes.ts';
import { type OpenGateway, openGateway, tinyClip, tinyTags } from '../gateway-fixture.ts';
import { connectEncoder } from './raw-encoder.ts';

const videoConfig = tinyTags.find(({ kind, body }) => kind === 'video' && body[1] === 0)?.body;
const audioTags = tinyTags.filter(({ kind }) => kind === 'audio');
const pictures = tinyTags.filter(({ kind, body }) => kind === 'video' && body[1] === 1);
const delta = pictures.find(({ body }) => body.readUInt8(0) >> 4 === 2)?.body ?? Buffer.alloc(0);

describe('the publisher is told', () => {
  test('a fault in its bytes', async () => {
    const open = await openGateway();
    const encoder = await connectEncoder(open.rtmpPort, 'told');
    await encoder.started;
    // A chunk size of 0 (RTMP 1.0, clause 5.4.1: at least 1).
    await encoder.raw.write(Buffer.from('02000000000004010000000000000000', 'hex'));
    expect(await encoder.rejected).toMatch(/^NetStream\.Failed: .*chunk size/i);
    const line = await open.log.untilClosed('bad_chunk_size');
    expect(await encoder.rejected).toContain(line['reason']);
    await encoder.raw.untilClosed(5_000);
  });

  test('silence', async () => {
    const open = await openGateway({ rtmp: { silence: '300ms' } });
    const encoder = await connectEncoder(open.rtmpPort, 'told');
    await encoder.started;
    expect(await encoder.rejected).toBe(
      'NetConnection.Connect.Closed: the publisher sent nothing for 300 ms',
    );
    await open.log.untilClosed('publisher_silent');
  });

  test('that another one has taken its name', async () => {
    const open = await openGateway({ stream: { takeover: 'newest' } });
    const first = await connectEncoder(open.rtmpPort, 'told');
    await first.started;
    const second = await connectEncoder(open.rtmpPort, 'told');
    await second.started;
    expect(await first.rejected).toMatch(/^NetStream\.Publish\.BadName: another publisher of "told" came/);
    await open.log.untilClosed('replaced');
  });

  test('that it sends more than it may', async () => {
    const open = await openGateway({ rtmp: { maxBitrate: '1kbit' } });
    const encoder = await connectEncoder(open.rtmpPort, 'told');
    await encoder.started;
    await encoder.raw.write(encoder.session.video(0, Buffer.alloc(10_000, 0x17)));
    expect(await encoder.rejected).toMatch(/^NetStream\.Failed: more than 1000 bit\/s/);
    await open.log.untilClosed('bitrate');
  });
});

test('who connects and then does not publish is told of the deadline', async () => {
  const open = await openGateway({ rtmp: { publishDeadline: '300ms' } });
  const raw = await connectRaw(open.rtmpPort);
  await raw.write(new EncoderScript().opening());
  const { received } = await raw.untilClosed(5_000);
  expect(received.toString('latin1')).toContain('no publish within 300 ms of connecting');
  await open.log.untilClosed('publish_deadline');
});

describe('video without a key frame', () => {
  const sendKeyless = async (open: OpenGateway, hasSound: boolean) => {
    const encoder = await connectEncoder(open.rtmpPort, 'keyless');
    await encoder.started;
    const { session, raw } = encoder;
    raw.socket.write(session.video(0, videoConfig ?? Buffer.alloc(0)));
    if (hasSound)
      for (const { timestamp, body } of audioTags) raw.socket.write(session.audio(timestamp, body));
    const count = Math.ceil((64 * 1024) / delta.length) + 1;
    for (let at = 0; at < count; at += 1) raw.socket.write(session.video(at * 40, delta));
    return encoder;
  };

  test('alone ends its publisher, who is told what to set', async () => {
    const open = await openGateway({ rtmp: { maxBeforeKeyFrame: '64KiB' } });
    const encoder = await sendKeyless(open, false);
    expect(await encoder.rejected).toMatch(
      /^NetStream\.Failed: no key frame in .* keyframe interval to 2 s$/,
    );
    expect(await open.log.untilClosed('no_keyframe')).toMatchObject({
      stream: 'keyless',
      reason: expect.stringContaining('keyframe interval'),
    });
  });

  test('beside sound that is well is left out and named, and the sound plays', async () => {
    const open = await openGateway({ rtmp: { maxBeforeKeyFrame: '64KiB' } });
    const encoder = await sendKeyless(open, true);
    expect(await open.log.untilMessage('media is not played')).toMatchObject({
      stream: 'keyless',
      code: 'no_keyframe',
      reason: expect.stringContaining('video track v0 is not played'),
    });
    const live = open.log.until(({ stream, state }) => stream === 'keyless' && state === 'live');
    for (const { timestamp, body } of audioTags)
      encoder.raw.socket.write(encoder.session.audio(timestamp + 4_000, body));
    await live;
  });

  test('ends by time as well', async () => {
    const open = await openGateway({ rtmp: { keyFrameWait: '200ms' } });
    const encoder = await connectEncoder(open.rtmpPort, 'keyless');
    await encoder.started;
    encoder.raw.socket.write(encoder.session.video(0, videoConfig ?? Buffer.alloc(0)));
    let at = 0;
    const timer = setInterval(() => {
      at += 40;
      encoder.raw.socket.write(encoder.session.video(at, delta));
    }, 40);
    await open.log.untilClosed('no_keyframe').finally(() => clearInterval(timer));
  });
});

test('sound alone plays, however many bytes of it come', async () => {
  const open = await openGateway({ rtmp: { maxBeforeKeyFrame: '64KiB', keyFrameWait: '100ms' } });
  const encoder = await connectEncoder(open.rtmpPort, 'radio');
  await encoder.started;
  const live = open.log.until(({ stream, state }) => stream === 'radio' && state === 'live');
  for (const { timestamp, body } of audioTags) {
    encoder.raw.socket.write(encoder.session.audio(timestamp, body));
  }
  await live;
  const pong = encoder.raw.received().length + 1;
  await encoder.raw.write(Buffer.from('02000000000006040000000000060000002a', 'hex'));
  await encoder.raw.untilReceived(pong);
  expect(open.gateway.streams()).toMatchObject([{ name: 'radio', state: 'live' }]);
});

test('a stream that changes its configuration too often is ended, and told so: that is no bad track', async () => {
  const open = await openGateway();
  const encoder = await connectEncoder(open.rtmpPort, 'changing');
  await encoder.started;
  const { record, spsNal } = AVC_720P;
  const ppsNal = Buffer.from('68ee3c80', 'hex');
  const head = record.subarray(0, 6 + 2 + spsNal.length);
  for (let at = 0; at < 40; at += 1) {
    // A second picture parameter set, different each time.
    const pps = Buffer.concat([ppsNal.subarray(0, 1), Buffer.of(0x50 + at), ppsNal.subarray(2)]);
    const sets = [ppsNal, pps].flatMap((set) => [Buffer.of(0, set.length), set]);
    const config = Buffer.concat([Buffer.from('1700000000', 'hex'), head, Buffer.of(2), ...sets]);
    encoder.raw.socket.write(encoder.session.video(at * 1_000, config));
    encoder.raw.socket.write(encoder.session.video(at * 1_000, videoFrame(200, true)));
  }
  expect(await encoder.rejected).toContain('changed its codec configuration');
  await open.log.untilClosed('too_many_changes');
});

test('a file that is sent as fast as the network takes it is ended, and told what to do', async () => {
  const open = await openGateway({ stream: { maxAhead: '12s' } });
  const encoder = await connectEncoder(open.rtmpPort, 'file');
  await encoder.started;
  for (let round = 0; round < 10; round += 1)
    for (const { kind, timestamp, body } of tinyClip.tags)
      encoder.raw.socket.write(
        encoder.session[kind === 'video' ? kind : 'audio'](round * tinyClip.durationMs + timestamp, body),
      );
  expect(await encoder.rejected).toContain('more than 12 s ahead (stream.max-ahead); send in real time');
  expect(await open.log.untilClosed('too_fast')).toMatchObject({ stream: 'file' });
});
