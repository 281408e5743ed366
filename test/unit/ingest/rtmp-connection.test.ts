// The life of one encoder's connection on real sockets: each way to end has a name, reported once.
import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { amfObject } from '../../../server/rtmp/amf-value.ts';
import { EncoderScript } from '../../cases/rtmp-script.ts';
import { whenDone } from '../../support/cleanup.ts';
import { connectRaw, shakeHands } from '../../support/rtmp-bytes.ts';
import {
  goLive,
  type LogLine,
  type OpenGateway,
  openGateway,
  tinyTags,
  untilState,
} from '../gateway-fixture.ts';
import { connectEncoder } from './raw-encoder.ts';

const videoConfig =
  tinyTags.find(({ kind, body }) => kind === 'video' && body[1] === 0)?.body ?? Buffer.alloc(0);

const endings = ({ log }: OpenGateway): readonly LogLine[] =>
  log.lines.filter(({ msg }) => msg === 'rtmp connection closed' || msg === 'rtmp connection refused');

describe('publishing', () => {
  test('an encoder publishes, and the stream is live', async () => {
    const open = await openGateway();
    await goLive(open, 'first');
    expect(open.gateway.streams()).toMatchObject([{ name: 'first', state: 'live' }]);
    expect(await open.log.until(({ msg }) => msg === 'publishing')).toMatchObject({
      stream: 'first',
      remote: '127.0.0.1',
    });
  });

  test.each([
    ['live', '', 'no_stream_name'],
    ['live', 'no.dots', 'bad_stream_name'],
    ['live', 'a b', 'bad_stream_name'],
    ['live', 'x'.repeat(65), 'bad_stream_name'],
    ['live', '..', 'bad_stream_name'],
  ])('app %j and name %j are refused as BadName, and the log names %s', async (app, name, code) => {
    const open = await openGateway();
    const encoder = await connectEncoder(open.rtmpPort, name, { app });
    expect(await encoder.rejected).toContain('NetStream.Publish.BadName');
    expect(await open.log.untilClosed(code)).toMatchObject({
      remote: '127.0.0.1',
      reason: expect.any(String),
    });
    await encoder.raw.untilClosed(5_000);
    expect(open.gateway.streams()).toEqual([]);
  });

  test('FCUnpublish ends the publication at once', async () => {
    const open = await openGateway();
    const source = await goLive(open, 'polite');
    const gone = untilState(open.gateway, 'polite', 'reconnecting');
    source.publisher.close();
    await gone;
    expect(await open.log.untilClosed('unpublished')).toMatchObject({ stream: 'polite' });
    expect(endings(open)).toHaveLength(1);
  });

  test('FCUnpublish is answered before the connection ends', async () => {
    const open = await openGateway();
    const encoder = await connectEncoder(open.rtmpPort, 'polite');
    await encoder.started;
    await encoder.raw.write(encoder.session.end());
    encoder.raw.end();
    const { received } = await encoder.raw.untilClosed(5_000);
    expect(received.toString('latin1')).toContain('NetStream.Unpublish.Success');
  });

  test('an encoder that has unpublished closes the connection itself, in its own time', async () => {
    const open = await openGateway();
    const encoder = await connectEncoder(open.rtmpPort, 'polite');
    await encoder.started;
    const gone = untilState(open.gateway, 'polite', 'reconnecting');
    await encoder.raw.write(encoder.session.end());
    await gone;
    // A ping on chunk stream 2 is answered: a connection without media may still have commands to send.
    await encoder.raw.write(Buffer.from('02000000000006040000000000060000002a', 'hex'));
    const before = encoder.raw.received().length;
    const received = await encoder.raw.untilReceived(before + 1);
    expect(received.toString('hex')).toContain('00070000002a');
    encoder.raw.end();
    expect(await open.log.untilClosed('unpublished')).toMatchObject({ stream: 'polite' });
  });

  test('a stream comes back under its name within the grace window', async () => {
    const open = await openGateway();
    const source = await goLive(open, 'back');
    const gone = untilState(open.gateway, 'back', 'reconnecting');
    source.publisher.close();
    await gone;
    await goLive(open, 'back');
    const text = await (await fetch(open.url('/live/back/main.m3u8'))).text();
    expect(text.match(/#EXT-X-DISCONTINUITY\n/g)).toHaveLength(1);
  });

  test('when the grace window is over, the playlist ends', async () => {
    const open = await openGateway({ stream: { grace: '1ms' } });
    const source = await goLive(open, 'over');
    const ended = untilState(open.gateway, 'over', 'ended');
    source.publisher.close();
    await ended;
    expect(await (await fetch(open.url('/live/over/main.m3u8'))).text()).toContain('#EXT-X-ENDLIST');
  });
});

describe('turns', () => {
  test('a read full of tiny messages lets another connection in between, and loses none', async () => {
    const open = await openGateway();
    const flood = await connectEncoder(open.rtmpPort, 'flood');
    await flood.started;
    const ping = Buffer.from('0200000000000604000000000006', 'hex');
    const pings = Array.from({ length: 12_000 }, (_, at) => {
      const time = Buffer.alloc(4);
      time.writeUInt32BE(at);
      return Buffer.concat([ping.subarray(0, 12), Buffer.from('0006', 'hex'), time]);
    });
    const before = flood.raw.received().length;
    const answers = flood.raw.untilReceived(before + 12_000 * 18);
    flood.raw.socket.write(Buffer.concat(pings));
    // Connects after the flood, and is answered before the last of its 12,000 messages.
    const other = await connectEncoder(open.rtmpPort, 'other');
    await other.started;
    const received = (await answers).subarray(before).toString('hex');
    for (const at of [0, 1, 5_000, 11_999]) {
      expect(received).toContain(`0007${at.toString(16).padStart(8, '0')}`);
    }
  });

  test('media that was read before the peer closed reaches the stream', async () => {
    const open = await openGateway();
    const raw = await connectRaw(open.rtmpPort);
    const script = new EncoderScript();
    const audio = tinyTags.filter(({ kind }) => kind === 'audio');
    const live = untilState(open.gateway, 'last', 'live');
    const configuration = audio[0]?.body ?? Buffer.alloc(0);
    const frame = audio[1]?.body ?? Buffer.alloc(0);
    const frames = Array.from({ length: 2_000 }, (_, at) =>
      script.audio(Math.round((at * 1024) / 44.1), frame),
    );
    await raw.write(
      Buffer.concat([script.opening(), script.publish('last'), script.audio(0, configuration)]),
    );
    raw.socket.end(Buffer.concat(frames));
    await live;
    await open.log.untilClosed('peer_closed');
    const playlist = await (await fetch(open.url('/live/last/main.m3u8'))).text();
    const lengths = [...playlist.matchAll(/#EXTINF:([\d.]+)/g)].map(([, length]) => Number(length));
    const partial = [
      ...(playlist
        .split('#EXTINF')
        .at(-1)
        ?.matchAll(/#EXT-X-PART:DURATION=([\d.]+)/g) ?? []),
    ];
    const listed = [...lengths, ...partial.map(([, length]) => Number(length))].reduce(
      (sum, each) => sum + each,
      0,
    );
    expect(listed).toBeGreaterThan(10);
  });
});

describe('one name, one publisher', () => {
  test('a second publisher is refused while the first speaks', async () => {
    const open = await openGateway();
    const source = await goLive(open, 'mine');
    const thief = await connectEncoder(open.rtmpPort, 'mine');
    // All in one write, before any answer: media of the refused publisher must not get in.
    expect(await thief.rejected).toContain('NetStream.Publish.BadName');
    expect(await open.log.untilClosed('name_taken')).not.toHaveProperty('stream');
    source.sendUntil(3_000);
    expect(open.gateway.streams()).toMatchObject([{ name: 'mine', state: 'live' }]);
  });

  test('after two seconds of silence the name goes to whoever comes back with it', async () => {
    const open = await openGateway();
    const first = await goLive(open, 'half-open');
    const stalled = untilState(open.gateway, 'half-open', 'stalled');
    await stalled;
    const second = await goLive(open, 'half-open');
    expect(await first.publisher.closed).toMatchObject({ code: 'rejected' });
    expect(await open.log.untilClosed('replaced')).toMatchObject({ stream: 'half-open' });
    second.sendUntil(3_000);
    expect(open.gateway.streams()).toMatchObject([{ state: 'live' }]);
  }, 15_000);
});

describe('what is no encoder', () => {
  test.each([
    ['an HTTP request', Buffer.from('G')],
    ['a TLS hello', Buffer.of(0x16)],
    ['SSH', Buffer.from('S')],
    ['zero', Buffer.of(0)],
  ])('%s is closed at its first byte', async (_what, bytes) => {
    const open = await openGateway();
    const raw = await connectRaw(open.rtmpPort);
    await raw.write(bytes);
    await raw.untilClosed(5_000);
    await open.log.untilClosed('not_rtmp');
    expect(endings(open)).toHaveLength(1);
  });

  test('a port scan that says nothing is one line', async () => {
    const open = await openGateway();
    const raw = await connectRaw(open.rtmpPort);
    raw.end();
    await raw.untilClosed(5_000);
    await open.log.untilClosed('peer_closed');
    expect(endings(open)).toHaveLength(1);
  });

  test('a drip of bytes does not stretch the deadline', async () => {
    const open = await openGateway({ rtmp: { publishDeadline: '400ms' } });
    const raw = await connectRaw(open.rtmpPort);
    const drip = setInterval(() => raw.socket.write(Buffer.of(3)), 50);
    await raw.untilClosed(5_000).finally(() => clearInterval(drip));
    expect(await open.log.untilClosed('publish_deadline')).toMatchObject({
      reason: 'no publish within 400 ms of connecting',
    });
  });

  test('silence after the handshake ends at the same deadline', async () => {
    const open = await openGateway({ rtmp: { publishDeadline: '300ms' } });
    const raw = await connectRaw(open.rtmpPort);
    await shakeHands(raw);
    await raw.untilClosed(5_000);
    await open.log.untilClosed('publish_deadline');
  });

  test('a message longer than allowed is closed with its name', async () => {
    const open = await openGateway({ rtmp: { maxMessage: '64KiB' } });
    const encoder = await connectEncoder(open.rtmpPort, 'large');
    await encoder.started;
    await encoder.raw.write(encoder.session.video(0, Buffer.alloc(80_000, 0x17)));
    await encoder.raw.untilClosed(5_000);
    const line = await open.log.until(({ stream, code }) => stream === 'large' && code !== undefined);
    expect(line).toMatchObject({ code: 'message_too_large', reason: expect.stringMatching(/80000|80,?000/) });
  });
});

describe('silence', () => {
  test('a publisher that sends nothing for too long has ended', async () => {
    const open = await openGateway({ rtmp: { silence: '500ms' } });
    const gone = untilState(open.gateway, 'silent', 'reconnecting');
    await goLive(open, 'silent');
    await gone;
    expect(await open.log.untilClosed('publisher_silent')).toMatchObject({
      stream: 'silent',
      reason: 'the publisher sent nothing for 500 ms',
    });
  });

  test.each([
    [
      'nothing but pings',
      (script: EncoderScript) => script.control({ kind: 'user-control', event: 6, value: 1 }),
    ],
    ['nothing but metadata', (script: EncoderScript) => script.data('onMetaData', [amfObject({ width: 1 })])],
    ['nothing but empty audio', (script: EncoderScript) => script.audio(0, Buffer.alloc(0))],
    ['nothing but a configuration', (script: EncoderScript) => script.video(0, videoConfig)],
    [
      'acknowledgements',
      (script: EncoderScript) => script.control({ kind: 'acknowledgement', receivedBytes: 1 }),
    ],
  ] as const)('a publisher that sends %s ends, and is told why', async (_what, say) => {
    const open = await openGateway({ rtmp: { mediaWait: '500ms' } });
    const raw = await connectRaw(open.rtmpPort);
    const script = new EncoderScript();
    await raw.write(Buffer.concat([script.opening(), script.publish('mute')]));
    const drip = setInterval(() => raw.socket.write(say(script)), 50);
    const { received } = await raw.untilClosed(10_000).finally(() => clearInterval(drip));
    expect(received.toString('latin1')).toContain('no picture and no sound');
    expect(await open.log.untilClosed('no_media')).toMatchObject({ stream: 'mute' });
  });

  test('a publisher that stops its media and goes on with pings ends as well', async () => {
    const open = await openGateway({ rtmp: { mediaWait: '500ms' } });
    const encoder = await connectEncoder(open.rtmpPort, 'paused');
    await encoder.started;
    for (const { kind, timestamp, body } of tinyTags.slice(0, 20)) {
      if (kind !== 'script') encoder.raw.socket.write(encoder.session[kind](timestamp, body));
    }
    const ping = Buffer.from('02000000000006040000000000060000002a', 'hex');
    const drip = setInterval(() => encoder.raw.socket.write(ping), 50);
    await encoder.raw.untilClosed(10_000).finally(() => clearInterval(drip));
    expect(await open.log.untilClosed('no_media')).toMatchObject({ stream: 'paused' });
  });

  test('a gateway that was busy does not blame its publishers', async () => {
    const open = await openGateway({ rtmp: { silence: '1s' } });
    const source = await goLive(open, 'busy');
    for (let round = 0; round < 3; round += 1) {
      // In the kernel before the standstill, read after it; by then the timers are overdue.
      source.sendUntil(3_000 + round * 200);
      await new Promise((resolve) => setImmediate(resolve));
      source.sendUntil(3_100 + round * 200);
      const until = performance.now() + 1_200;
      while (performance.now() < until);
      await fetch(open.url('/livez'));
    }
    expect(open.gateway.streams()).toMatchObject([{ name: 'busy', state: 'live' }]);
    expect(endings(open)).toEqual([]);
  }, 15_000);
});

describe('media that cannot be played', () => {
  test.each([
    ['VP6', Buffer.from('14', 'hex'), 'unsupported_video_codec', 'VP6'],
    ['enhanced HEVC', Buffer.from('9068766331', 'hex'), 'unsupported_video_codec', 'hvc1'],
    ['HEVC in id 12', Buffer.from('1c0000000001', 'hex'), 'unsupported_video_codec', 'HEVC'],
    ['a damaged configuration', Buffer.from('1700000000ff', 'hex'), undefined, ''],
  ])('%s is named to the encoder and in the log', async (_what, body, code, words) => {
    const open = await openGateway();
    const encoder = await connectEncoder(open.rtmpPort, 'codec');
    await encoder.started;
    await encoder.raw.write(encoder.session.video(0, body));
    const { received } = await encoder.raw.untilClosed(5_000);
    expect(received.toString('latin1')).toContain(words);
    const line = await open.log.until(({ stream, code: told }) => stream === 'codec' && told !== undefined);
    expect(line).toMatchObject({ reason: expect.stringContaining(words), code: code ?? expect.any(String) });
  });

  test('unsupported audio is named as well', async () => {
    const open = await openGateway();
    const encoder = await connectEncoder(open.rtmpPort, 'mp3');
    await encoder.started;
    await encoder.raw.write(encoder.session.audio(0, Buffer.from('2fff', 'hex')));
    expect((await encoder.raw.untilClosed(5_000)).received.toString('latin1')).toContain('MP3');
  });

  test('media without its configuration is borne for a while, then closed', async () => {
    const open = await openGateway();
    const encoder = await connectEncoder(open.rtmpPort, 'naked');
    await encoder.started;
    const frame = Buffer.from('2701000000000000010c', 'hex');
    for (let at = 0; at < 500; at += 1) encoder.raw.socket.write(encoder.session.video(at * 20, frame));
    expect((await encoder.raw.untilClosed(5_000)).received.toString('latin1')).toContain('sequence header');
    await open.log.until(({ code }) => code === 'no_config');
  });
});

test('a name for itself of any shape is shown short and plain', async () => {
  const open = await openGateway();
  const evil = '<b>\u001b[31m\r\n\u0000';
  const encoder = await connectEncoder(open.rtmpPort, 'named', {
    rewrite: (bytes) => {
      const at = bytes.indexOf('FMLE/3.0');
      if (at >= 0) bytes.write(evil, at, 'latin1');
      return bytes;
    },
  });
  await encoder.started;
  const socket = new WebSocket(open.url('/ws/v1').replace('http', 'ws'));
  whenDone(() => socket.terminate());
  await once(socket, 'open');
  socket.send(JSON.stringify({ op: 'sub', topic: 'stream', name: 'named' }));
  const nextTick = async (): Promise<{ d: { encoder: string } }> => {
    for (;;) {
      const message = JSON.parse(String((await once(socket, 'message'))[0])) as {
        op: string;
        d: { encoder: string };
      };
      if (message.op === 'tick') return message;
    }
  };
  expect((await nextTick()).d.encoder).toMatch(/^<b>\?\[31m\?\?\?[ -~]+$/);
  const metadata = amfObject({ encoder: `${evil}${'x'.repeat(5_000)}` });
  encoder.raw.socket.write(encoder.session.data('@setDataFrame', ['onMetaData', metadata]));
  encoder.raw.socket.write(encoder.session.video(0, videoConfig));
  let shown = (await nextTick()).d.encoder;
  while (!shown.includes('xxx')) shown = (await nextTick()).d.encoder;
  expect(shown).toMatch(/^[ -~]{1,100}$/);
  for (const text of open.log.texts) expect(text.length).toBeLessThan(2_048);
});
