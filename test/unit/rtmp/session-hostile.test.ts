// Faults and attacks: what a peer may send on purpose or by mistake, and the error code that ends it.
import { describe, expect, it } from 'vitest';
import { type AmfValue, amfEcmaArray, amfObject, amfStringProperty } from '../../../server/rtmp/amf-value.ts';
import { writeAmfValues } from '../../../server/rtmp/amf0.ts';
import { DEFAULT_RTMP_LIMITS, MAX_TURN_CHUNKS } from '../../../server/rtmp/limits.ts';
import { Session, type SessionOutput } from '../../../server/rtmp/session.ts';
import { BAD_AMF_CASES, nested } from '../../cases/rtmp-amf0.ts';
import { BAD_CHUNK_CASES } from '../../cases/rtmp-chunks.ts';
import { LEAST_CONTROL_BYTES } from '../../cases/rtmp-messages.ts';
import {
  commandsIn,
  connectedSession,
  controlsIn,
  EncoderScript,
  type Heard,
  hear,
  publishingSession,
} from '../../cases/rtmp-script.ts';
import { pattern, splitsOf } from '../../cases/rtmp-splits.ts';
import { type ChunkFields, wire, wireControl } from '../../cases/rtmp-wire.ts';

const KIB = 1024;

function closeCode({ outputs }: Heard): string | undefined {
  const last = outputs.at(-1);
  return last?.kind === 'closed' ? last.code : undefined;
}

function statusCodes(sent: Buffer, isFromStart = false): (string | undefined)[] {
  return commandsIn(sent, isFromStart).map(({ args }) => amfStringProperty(args[0], 'code'));
}

function media(outputs: readonly SessionOutput[]): SessionOutput[] {
  return outputs.filter(({ kind }) => kind === 'audio' || kind === 'video' || kind === 'data');
}

describe('another protocol', () => {
  it.each(['GET / HTTP/1.1\r\n', '\x16\x03\x01\x02\x00', 'SSH-2.0-OpenSSH\r\n', '\x00', '\xff\xff'])(
    'is closed at its first byte: %j',
    (text) => {
      const session = new Session();
      const bytes = Buffer.from(text, 'latin1');
      expect(closeCode(hear(session, [bytes.subarray(0, 1)]))).toBe('not_rtmp');
      expect(session.receive(bytes.subarray(1))).toEqual([]);
      expect(session.state).toBe('closed');
    },
  );
});

describe('connect', () => {
  it.each<AmfValue>([null, undefined, 'live', 3, [], amfObject({ app: 5 }), amfObject({ app: null })])(
    'with %j for its object is answered with an error and closed',
    (object) => {
      const script = new EncoderScript();
      const heard = hear(new Session(), [script.hello(), script.command('connect', 1, object, [])]);
      expect(commandsIn(heard.sent, true).map(({ name }) => name)).toEqual(['_error']);
      expect(closeCode(heard)).toBe('bad_connect');
    },
  );

  it('must come before any other command', () => {
    const script = new EncoderScript();
    const heard = hear(new Session(), [script.hello(), script.command('createStream', 1, null, [])]);
    expect(closeCode(heard)).toBe('not_connected');
  });
});

describe('publish', () => {
  it.each<AmfValue>([false, 3.5, null, undefined, amfObject({}), [], Number.NaN])(
    'with %j for its name is refused as a bad name and closed',
    (name) => {
      const { session, script } = connectedSession();
      const heard = hear(session, [script.command('publish', 3, null, [name, 'live'], 1)]);
      expect(statusCodes(heard.sent)).toEqual(['NetStream.Publish.BadName']);
      expect(closeCode(heard)).toBe('bad_publish_name');
    },
  );

  it('without any argument is refused as a bad name and closed', () => {
    const { session, script } = connectedSession();
    const heard = hear(session, [script.command('publish', 3, null, [], 1)]);
    expect(statusCodes(heard.sent)).toEqual(['NetStream.Publish.BadName']);
    expect(closeCode(heard)).toBe('bad_publish_name');
  });

  it('is refused a second time on one connection, while the first goes on', () => {
    const { session, script } = publishingSession();
    const heard = hear(session, [script.publish('other'), script.video(0, pattern(20))]);
    expect(statusCodes(heard.sent)).toEqual(['NetStream.Publish.BadName']);
    expect(heard.outputs.map(({ kind }) => kind)).toEqual(['ignored', 'video']);
  });

  it('refused in one buffer with everything before and behind it lets no media through', () => {
    const script = new EncoderScript();
    const flight = Buffer.concat([script.opening(), script.publish(), script.video(0, pattern(900))]);
    for (const { name, parts } of splitsOf(flight)) {
      const session = new Session();
      const heard = hear(session, parts, (each) =>
        each.reject({ code: 'NetStream.Publish.BadName', description: 'The name is in use.' }),
      );
      expect(media(heard.outputs), name).toEqual([]);
      expect(closeCode(heard), name).toBe('publish_rejected');
      expect(statusCodes(heard.sent, true).at(-1), name).toBe('NetStream.Publish.BadName');
    }
  });
});

describe('media', () => {
  const kinds = ['audio', 'video', 'data', 'aggregate'] as const;

  function mediaBytes(kind: (typeof kinds)[number], script: EncoderScript, messageStreamId: number): Buffer {
    const type = { audio: 8, video: 9, data: 18, aggregate: 22 }[kind];
    return script.message({ type, messageStreamId, timestamp: 0, body: pattern(20) }, 7);
  }

  it.each(kinds)('before any publish closes: %s', (kind) => {
    const { session, script } = connectedSession();
    const heard = hear(session, [mediaBytes(kind, script, 1)]);
    expect(closeCode(heard)).toBe('media_not_publishing');
    expect(media(heard.outputs)).toEqual([]);
  });

  it.each(kinds)('behind play never comes through: %s', (kind) => {
    const { session, script } = connectedSession();
    const flight = Buffer.concat([script.command('play', 3, null, ['key'], 1), mediaBytes(kind, script, 1)]);
    const heard = hear(session, [flight]);
    expect(statusCodes(heard.sent)).toEqual(['NetStream.Play.StreamNotFound']);
    expect(heard.outputs.map(({ kind: each }) => each)).toEqual(['closed']);
    expect(closeCode(heard)).toBe('play_unsupported');
  });

  it.each(['audio', 'video', 'aggregate'] as const)(
    'on a message stream not published closes: %s',
    (kind) => {
      const { session, script } = publishingSession();
      const heard = hear(session, [mediaBytes(kind, script, 2)]);
      expect(closeCode(heard)).toBe('media_not_publishing');
      expect(media(heard.outputs)).toEqual([]);
    },
  );

  it.each(kinds)('after the end of the publication closes: %s', (kind) => {
    const { session, script } = publishingSession();
    const flight = Buffer.concat([
      script.command('FCUnpublish', 0, null, ['key']),
      mediaBytes(kind, script, 1),
    ]);
    expect(closeCode(hear(session, [flight]))).toBe('media_not_publishing');
  });
});

describe('malformed messages', () => {
  it.each(LEAST_CONTROL_BYTES)('of control type %i with less than %i bytes close', (type, leastBytes) => {
    for (let length = 0; length < leastBytes; length += 1) {
      const { session, script } = connectedSession();
      const message = { type, messageStreamId: 0, timestamp: 0, body: Buffer.alloc(length) };
      expect(closeCode(hear(session, [script.message(message, 2)]))).toBe('short_control');
    }
  });

  it.each(BAD_CHUNK_CASES)('close by their name: $name', ({ wire: bytes, code }) => {
    const { session } = publishingSession();
    expect(closeCode(hear(session, [bytes]))).toBe(code);
  });

  it('of every type and of zero to five bytes are taken, ignored, or close by a name', () => {
    for (const open of [connectedSession, publishingSession]) {
      for (let type = 0; type <= 23; type += 1) {
        for (let length = 0; length <= 5; length += 1) {
          const { session, script } = open();
          const body = pattern(length, type);
          const heard = hear(session, [script.message({ type, messageStreamId: 1, timestamp: 0, body }, 9)]);
          const code = closeCode(heard);
          if (session.state === 'closed') expect(code).toMatch(/^[a-z0-9_]+$/);
          else expect(code).toBeUndefined();
        }
      }
    }
  });

  it('that are commands cut at any byte close by a name', () => {
    const commands: readonly (readonly AmfValue[])[] = [
      ['connect', 1, amfObject({ app: 'live', tcUrl: 'rtmp://h/live', fpad: false, audioCodecs: 3191 })],
      ['releaseStream', 2, null, 'key'],
      ['FCPublish', 3, null, 'key'],
      ['createStream', 4, null],
      ['publish', 5, null, 'key', 'live'],
      ['deleteStream', 6, null, 1],
    ];
    for (const values of commands) {
      const whole = writeAmfValues(values);
      const ends = new Set(values.map((_, index) => writeAmfValues(values.slice(0, index + 1)).length));
      for (let length = 0; length < whole.length; length += 1) {
        const { session, script } = connectedSession();
        const body = whole.subarray(0, length);
        const heard = hear(session, [
          script.message({ type: 20, messageStreamId: 1, timestamp: 0, body }, 3),
        ]);
        if (!ends.has(length)) expect(closeCode(heard)).toBe(length === 0 ? 'bad_command' : 'truncated');
      }
    }
  });

  it.each(BAD_AMF_CASES)('that are commands close, and data is ignored: $name', ({ hex, code }) => {
    const bytes = Buffer.from(hex, 'hex');
    const limits = { maxDataBytes: 1024 * KIB, maxBytesBeforePublish: 1024 * KIB };
    const asCommand = Buffer.concat([writeAmfValues(['x', 1, null]), bytes]);
    const { session, script } = connectedSession(limits);
    const command = { type: 20, messageStreamId: 0, timestamp: 0, body: asCommand };
    const heard = hear(session, [script.message(command, 3)]);
    expect(heard.outputs).toHaveLength(1);
    expect(closeCode(heard)).toBe(code);

    const publisher = publishingSession(limits);
    const data = {
      type: 18,
      messageStreamId: 1,
      timestamp: 0,
      body: Buffer.concat([writeAmfValues(['x']), bytes]),
    };
    const ignored = hear(publisher.session, [publisher.script.message(data, 8)]);
    expect(ignored.outputs.map(({ kind }) => kind)).toEqual(['ignored']);
  });

  it('nested a hundred thousand deep close without touching the stack', () => {
    const { session, script } = connectedSession({ maxBytesBeforePublish: 16 * 1024 * KIB });
    const body = Buffer.concat([writeAmfValues(['x', 1]), nested(100_000, 'mixed')]);
    const bytes = script.message({ type: 20, messageStreamId: 0, timestamp: 0, body }, 3);
    expect(closeCode(hear(session, [bytes]))).toBe('amf_limit');
  });

  it.each(['constructor', '__proto__', 'toString', 'hasOwnProperty'])(
    'named %s are unknown like any other',
    (name) => {
      const { session, script } = publishingSession();
      const heard = hear(session, [
        script.command(name, 5, null, []),
        script.data(name, [amfObject(Object.fromEntries([[name, amfObject({ x: 1 })]]))]),
      ]);
      expect(heard.outputs.map(({ kind }) => kind)).toEqual(['ignored', 'data']);
      expect(statusCodes(heard.sent)).toEqual(['NetConnection.Call.Failed']);
      expect('x' in {}).toBe(false);
    },
  );

  it('leave no line breaks or lengths of their own in what people read', () => {
    const { session, script } = publishingSession();
    const heard = hear(session, [script.command(`\r\n\u001b[2J${'x'.repeat(50_000)}`, 0, null, [])]);
    const [ignored] = heard.outputs;
    expect(ignored?.kind === 'ignored' && ignored.what).toMatch(/^the command "\\r\\n[ -~]{1,80}…"$/);
  });
});

describe('floods', () => {
  it('of announced lengths on many chunk streams end at the thirty-third', () => {
    const { session } = publishingSession();
    const chunks = Array.from({ length: 300 }, (_, index): ChunkFields => {
      return { type: 0, chunkStreamId: 100 + index, length: 0xff_ffff, payload: pattern(128) };
    });
    expect(closeCode(hear(session, [wire(...chunks)]))).toBe('chunk_stream_limit');
  });

  it('of unfinished messages that are really sent end at the cap', () => {
    const { session, script } = publishingSession();
    hear(session, [script.control({ kind: 'set-chunk-size', chunkBytes: 64 * KIB })]);
    const payload = pattern(64 * KIB);
    let sent = 0;
    let code: string | undefined;
    for (let index = 0; code === undefined; index += 1) {
      const type = index < 20 ? 0 : 3;
      const bytes = wire({ type, chunkStreamId: 100 + (index % 20), length: 0xff_ffff, payload });
      code = closeCode(hear(session, [bytes]));
      sent += payload.length;
    }
    expect(code).toBe('assembling_limit');
    expect(sent).toBeLessThanOrEqual(DEFAULT_RTMP_LIMITS.maxAssemblingBytes + payload.length);
    expect(sent).toBeGreaterThan(8 * 1024 * KIB);
  });

  it('of bytes before any publish end at 64 KiB, wherever they are cut', () => {
    const script = new EncoderScript();
    const idle = Array.from({ length: 14_000 }, () =>
      script.control({ kind: 'acknowledgement', receivedBytes: 1 }),
    );
    const flight = Buffer.concat([script.hello(), script.connect(), ...idle]);
    const [whole, ...others] = splitsOf(flight).map(({ parts }) => hear(new Session(), parts));
    expect(whole && closeCode(whole)).toBe('bytes_before_publish');
    for (const heard of others) expect(heard.outputs).toEqual(whole?.outputs);
  });

  it('of bytes while a publish request is pending end at the cap', () => {
    const { session, script } = connectedSession();
    session.receive(script.publish());
    const read = pattern(64 * KIB);
    expect(session.receive(read)).toEqual([]);
    expect(session.receive(read)).toEqual([]);
    expect(closeCode(hear(session, [pattern(1)]))).toBe('held_bytes');
    expect(session.accept()).toEqual([]);
  });

  it('of acknowledgements asked for by a tiny window stay below one in 64 KiB', () => {
    const { session, script } = publishingSession();
    hear(session, [script.control({ kind: 'window-acknowledgement-size', windowBytes: 1 })]);
    const before = session.bytesReceived;
    let count = 0;
    for (let index = 0; index < 400; index += 1) {
      const { sent } = hear(session, [script.video(index, pattern(1_000))]);
      count += controlsIn(sent).filter(({ kind }) => kind === 'acknowledgement').length;
    }
    expect(count).toBeGreaterThan(3);
    expect(count).toBeLessThanOrEqual(Math.ceil((session.bytesReceived - before) / (64 * KIB)));
  });

  it('of pings in one read are answered in one write a turn, not many times the read', () => {
    const { session, script } = publishingSession();
    const pings = Buffer.concat(
      Array.from({ length: 3_000 }, (_, index) =>
        script.control({ kind: 'user-control', event: 6, value: index }),
      ),
    );
    const sends = [...session.receive(pings)];
    while (session.hasUnread) sends.push(...session.resume());
    const sizes = sends.map((send) => (send.kind === 'send' ? send.bytes.length : Number.NaN));
    expect(sizes).toHaveLength(Math.ceil(3_000 / MAX_TURN_CHUNKS));
    expect(sizes.reduce((sum, size) => sum + size)).toBeLessThanOrEqual(3 * pings.length);
  });

  it('of metadata are not decoded beyond the limits, and the stream goes on', () => {
    const { session, script } = publishingSession();
    hear(session, [script.control({ kind: 'set-chunk-size', chunkBytes: 64 * KIB })]);
    const many = amfEcmaArray(
      Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`k${index}`, index])),
    );
    const heard = hear(session, [
      script.data('onMetaData', ['x'.repeat(1024 * KIB)]),
      script.data('onMetaData', [many]),
      script.data('onMetaData', [amfEcmaArray({ list: Array.from({ length: 2_000 }, () => null) })]),
      script.video(0, pattern(20)),
    ]);
    expect(heard.outputs.map(({ kind }) => kind)).toEqual(['ignored', 'ignored', 'ignored', 'video']);
  });

  it('of messages in one aggregate end at the cap', () => {
    const { session, script } = publishingSession();
    const body = Buffer.alloc(15 * 1_025);
    const bytes = script.message({ type: 22, messageStreamId: 1, timestamp: 0, body }, 6);
    expect(closeCode(hear(session, [bytes]))).toBe('aggregate_limit');
  });
});

describe('after the close', () => {
  it('nothing of the same buffer or a later one is heard', () => {
    const { session, script } = publishingSession();
    const flight = Buffer.concat([
      wire(wireControl(1, 0)),
      script.message({ type: 9, messageStreamId: 1, timestamp: 0, body: pattern(5) }, 6),
    ]);
    expect(hear(session, [flight]).outputs.map(({ kind }) => kind)).toEqual(['closed']);
    expect(session.receive(flight)).toEqual([]);
    expect(session.end()).toEqual([]);
  });
});
