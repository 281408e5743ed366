import { describe, expect, it } from 'vitest';
import { amfObject, amfProperty, amfStringProperty } from '../../../server/rtmp/amf-value.ts';
import { Session } from '../../../server/rtmp/session.ts';
import {
  aggregateBody,
  commandsIn,
  connectedSession,
  controlsIn,
  EncoderScript,
  hear,
  messagesIn,
  publishingSession,
  wholePublication,
} from '../../cases/rtmp-script.ts';
import { comparable, pattern, splitsOf } from '../../cases/rtmp-splits.ts';
import { wire } from '../../cases/rtmp-wire.ts';

/** Names and status codes of the commands sent: encoders check these. */
function said(sent: Buffer, isFromStart = false): string[] {
  return commandsIn(sent, isFromStart).map(({ name, args: [first] }) => {
    const code = amfStringProperty(first, 'code');
    return code === undefined ? name : `${name} ${code}`;
  });
}

describe('session opening', () => {
  it('understands connect in one buffer with C2', () => {
    const session = new Session();
    const script = new EncoderScript();
    const hello = script.hello();
    hear(session, [hello.subarray(0, 1537)]);
    const { sent } = hear(session, [Buffer.concat([hello.subarray(1537), script.connect()])]);
    expect(said(sent)).toEqual(['_result NetConnection.Connect.Success']);
    expect(session.state).toBe('connected');
  });

  it('comes to the same, however a whole publication is cut', () => {
    const { flight, kinds } = wholePublication();
    const heard = splitsOf(flight).map(({ name, parts }) => {
      const session = new Session();
      const { outputs, sent } = hear(session, parts);
      expect(session.bytesReceived, name).toBe(flight.length);
      const replies = messagesIn(sent, true).filter(({ type }) => type !== 3);
      return { name, outputs, all: comparable([...outputs, ...replies]) };
    });
    const [whole, ...others] = heard;
    expect(whole?.outputs.map(({ kind }) => kind)).toEqual(kinds);
    for (const { name, all } of others) expect(all, name).toEqual(whole?.all);
  });

  it('answers connect with its terms and what encoders expect, in one write', () => {
    const session = new Session();
    const script = new EncoderScript();
    hear(session, [script.hello()]);
    const [send, ...others] = session.receive(script.connect());
    expect(others).toEqual([]);
    const sent = send?.kind === 'send' ? send.bytes : Buffer.alloc(0);
    expect(controlsIn(sent)).toEqual([
      { kind: 'window-acknowledgement-size', windowBytes: 2_500_000 },
      { kind: 'set-peer-bandwidth', windowBytes: 2_500_000, limitType: 2 },
      { kind: 'set-chunk-size', chunkBytes: 4096 },
    ]);
    const [result] = commandsIn(sent);
    expect(result).toMatchObject({ name: '_result', transactionId: 1 });
    expect(amfProperty(result?.object, 'fmsVer')).toBe('FMS/3,0,1,123');
    expect(amfProperty(result?.object, 'capabilities')).toBe(31);
    expect(amfProperty(result?.args[0], 'objectEncoding')).toBe(0);
  });

  it('mirrors an object encoding of 3 and numbers a connect that came without a number', () => {
    const script = new EncoderScript();
    const bytes = script.command('connect', 0, amfObject({ app: 'live', objectEncoding: 3 }), []);
    const { sent } = hear(new Session(), [script.hello(), bytes]);
    const [result] = commandsIn(sent, true);
    expect(result?.transactionId).toBe(1);
    expect(amfProperty(result?.args[0], 'objectEncoding')).toBe(3);
  });

  it('answers the commands that encoders send by custom', () => {
    const { session, script } = connectedSession();
    const { outputs, sent } = hear(session, [
      script.command('releaseStream', 2, null, ['key']),
      script.command('FCPublish', 3, null, ['key']),
      script.command('createStream', 4, null, []),
      script.command('_checkbw', 5, null, []),
      script.command('FCUnpublish', 6, null, ['key']),
    ]);
    expect(outputs).toEqual([]);
    expect(commandsIn(sent).map(({ name, transactionId }) => [name, transactionId])).toEqual([
      ['_result', 2],
      ['_result', 3],
      ['onFCPublish', 0],
      ['_result', 4],
      ['_result', 5],
      ['_result', 6],
    ]);
    expect(commandsIn(sent)[3]?.args).toEqual([2]);
  });

  it('answers unknown commands with an error unless they want no answer', () => {
    const { session, script } = connectedSession();
    const { outputs, sent } = hear(session, [
      script.command('getFavourites', 7, null, []),
      script.command('getFavourites', 0, null, []),
      script.command('_result', 9, null, []),
    ]);
    expect(said(sent)).toEqual(['_error NetConnection.Call.Failed']);
    expect(commandsIn(sent)[0]?.transactionId).toBe(7);
    expect(outputs).toEqual([
      { kind: 'ignored', what: 'the command "getFavourites"' },
      { kind: 'ignored', what: 'the command "getFavourites"' },
    ]);
  });

  it('refuses a second connect and goes on', () => {
    const { session, script } = connectedSession();
    const { sent } = hear(session, [script.connect()]);
    expect(said(sent)).toEqual(['_error NetConnection.Connect.Rejected']);
    expect(session.state).toBe('connected');
  });
});

describe('publish request', () => {
  it('carries what the encoder said, as it said it', () => {
    const session = new Session();
    const script = new EncoderScript();
    const object = amfObject({
      app: 'live/',
      tcUrl: 'rtmp://h/live/',
      flashVer: 'FMLE/3.0',
      type: 'nonprivate',
    });
    const { outputs } = hear(session, [
      script.hello(),
      script.connect(object),
      script.command('createStream', 2, null, []),
      script.command('publish', 3, null, ['key?a=1&a=2', 'record'], 1),
    ]);
    expect(outputs).toEqual([
      {
        kind: 'publish-requested',
        request: {
          app: 'live/',
          streamName: 'key?a=1&a=2',
          publishType: 'record',
          tcUrl: 'rtmp://h/live/',
          flashVer: 'FMLE/3.0',
        },
      },
    ]);
  });

  it('does without tcUrl, flashVer, app and publish type', () => {
    const session = new Session();
    const script = new EncoderScript();
    const { outputs } = hear(session, [
      script.hello(),
      script.connect(amfObject({ tcUrl: 7 })),
      script.command('publish', 3, null, [''], 1),
    ]);
    const request = { app: '', streamName: '', publishType: 'live' };
    expect(outputs).toEqual([{ kind: 'publish-requested', request }]);
  });

  it('comes behind the replies to what was asked before it', () => {
    const { session, script } = connectedSession();
    const bytes = Buffer.concat([script.command('releaseStream', 2, null, ['key']), script.publish()]);
    expect(session.receive(bytes).map(({ kind }) => kind)).toEqual(['send', 'publish-requested']);
  });

  it('holds back what follows, in the same buffer and in others, until it is granted', () => {
    const { session, script } = connectedSession();
    const body = pattern(700);
    const video = script.publish();
    const later = [script.video(0, body), script.audio(5, pattern(9)), script.video(40, body)];
    const first = session.receive(
      Buffer.concat([video, later[0] ?? video, (later[1] ?? video).subarray(0, 5)]),
    );
    expect(first.map(({ kind }) => kind)).toEqual(['publish-requested']);
    expect(session.state).toBe('publish-pending');
    expect(session.receive((later[1] ?? video).subarray(5))).toEqual([]);
    expect(session.receive(later[2] ?? video)).toEqual([]);
    const accepted = session.accept();
    expect(accepted.map(({ kind }) => kind)).toEqual(['send', 'video', 'audio', 'video']);
    expect(accepted).toContainEqual({ kind: 'video', timestamp: 40, body });
    expect(session.state).toBe('publishing');
  });

  it('holds back what lies beyond the budget of bytes before publish in the same buffer', () => {
    const script = new EncoderScript();
    const opening = Buffer.concat([script.opening(), script.publish()]);
    const video = Array.from({ length: 8 }, (_, index) => script.video(index * 40, pattern(10_000, index)));
    const session = new Session();
    session.receive(Buffer.concat([opening, ...video]));
    const kinds = session.accept().map(({ kind }) => kind);
    expect(kinds).toEqual(['send', ...video.map(() => 'video')]);
  });

  it('is granted with the statuses that encoders wait for', () => {
    const { session, script } = connectedSession();
    const { sent } = hear(session, [script.publish()]);
    expect(said(sent)).toEqual(['onFCPublish NetStream.Publish.Start', 'onStatus NetStream.Publish.Start']);
    expect(messagesIn(sent).map(({ messageStreamId }) => messageStreamId)).toEqual([0, 0, 1]);
    expect(controlsIn(sent)).toEqual([{ kind: 'user-control', event: 0, value: 1 }]);
  });

  it('is refused with the status given, and nothing that follows is read', () => {
    const { session, script } = connectedSession();
    const flight = Buffer.concat([script.publish(), script.video(0, pattern(500))]);
    const status = { code: 'NetStream.Publish.BadName', description: 'The name is in use.' };
    const { outputs, sent } = hear(session, [flight], (each) => each.reject(status));
    expect(outputs.slice(1)).toEqual([
      { kind: 'closed', code: 'publish_rejected', message: 'NetStream.Publish.BadName: The name is in use.' },
    ]);
    expect(commandsIn(sent)[0]?.args).toEqual([amfObject({ level: 'error', ...status })]);
    expect(session.receive(script.video(40, pattern(500)))).toEqual([]);
    expect(session.accept()).toEqual([]);
  });

  it('cannot be decided when there is none', () => {
    const { session } = connectedSession();
    expect(() => session.accept()).toThrow(expect.objectContaining({ code: 'no_publish_pending' }));
    expect(() => session.reject({ code: 'a', description: 'b' })).toThrow(
      expect.objectContaining({ code: 'no_publish_pending' }),
    );
  });
});

describe('publishing', () => {
  it('yields audio, video and data with their times', () => {
    const { session, script } = publishingSession();
    const { outputs } = hear(session, [
      script.data('onTextData', [amfObject({ text: 'hi' })]),
      script.video(0xffff_fff0, pattern(90)),
      script.audio(16, pattern(8)),
    ]);
    expect(outputs).toEqual([
      { kind: 'data', timestamp: 0, name: 'onTextData', values: [amfObject({ text: 'hi' })] },
      { kind: 'video', timestamp: 0xffff_fff0, body: pattern(90) },
      { kind: 'audio', timestamp: 16, body: pattern(8) },
    ]);
  });

  it('takes media on a chunk stream that never named its message stream', () => {
    const { session } = publishingSession();
    const bytes = wire({ type: 1, chunkStreamId: 40, time: 3, messageType: 8, payload: pattern(6) });
    expect(session.receive(bytes)).toEqual([{ kind: 'audio', timestamp: 3, body: pattern(6) }]);
  });

  it('unpacks aggregate messages', () => {
    const { session, script } = publishingSession();
    const body = aggregateBody([
      { type: 9, time: 100, body: pattern(30) },
      { type: 8, time: 103, body: pattern(4) },
      { type: 20, time: 103, body: pattern(4) },
    ]);
    const { outputs } = hear(session, [
      script.message({ type: 22, messageStreamId: 1, timestamp: 1000, body }, 6),
    ]);
    expect(outputs).toEqual([
      { kind: 'video', timestamp: 1000, body: pattern(30) },
      { kind: 'audio', timestamp: 1003, body: pattern(4) },
      { kind: 'ignored', what: 'a message of type 20 in an aggregate' },
    ]);
  });

  it('ignores shared objects, empty media, data it cannot read, and unknown types', () => {
    const { session, script } = publishingSession();
    const message = (type: number, body: Buffer) =>
      script.message({ type, messageStreamId: 1, timestamp: 0, body }, 9);
    const { outputs } = hear(session, [
      message(19, pattern(3)),
      message(16, pattern(3)),
      message(8, Buffer.alloc(0)),
      message(9, Buffer.alloc(0)),
      message(18, Buffer.from('03', 'hex')),
      message(18, Buffer.from('05', 'hex')),
      message(77, pattern(3)),
      script.data('onMetaData', [], 9),
    ]);
    expect(outputs.map(({ kind }) => kind)).toEqual(Array.from({ length: 8 }, () => 'ignored'));
    expect(session.state).toBe('publishing');
  });

  it.each([
    ['FCUnpublish', 0, ['key']],
    ['closeStream', 1, []],
    ['deleteStream', 0, [1]],
  ] as const)('ends with %s', (name, messageStreamId, args) => {
    const { session, script } = publishingSession();
    const { outputs, sent } = hear(session, [script.command(name, 0, null, args, messageStreamId)]);
    expect(outputs).toEqual([{ kind: 'publish-ended', how: name }]);
    expect(said(sent)).toContain('onStatus NetStream.Unpublish.Success');
    expect(session.state).toBe('connected');
    expect(hear(session, [script.command('deleteStream', 0, null, [1])]).outputs).toEqual([]);
  });

  it.each([7, Number.NaN, -1, 1e300, 'one', null, undefined])(
    'does not end when the stream %j is deleted',
    (id) => {
      const { session, script } = publishingSession();
      expect(hear(session, [script.command('deleteStream', 0, null, [id])]).outputs).toEqual([]);
      expect(hear(session, [script.command('closeStream', 0, null, [], 7)]).outputs).toEqual([]);
      expect(session.state).toBe('publishing');
    },
  );

  it('answers pings, and a bandwidth that differs from ours', () => {
    const { session, script } = publishingSession();
    const { outputs, sent } = hear(session, [
      script.control({ kind: 'user-control', event: 6, value: 99 }),
      script.control({ kind: 'user-control', event: 3, value: 1 }),
      script.control({ kind: 'set-peer-bandwidth', windowBytes: 2_500_000, limitType: 2 }),
      script.control({ kind: 'set-peer-bandwidth', windowBytes: 70_000, limitType: 2 }),
      script.control({ kind: 'acknowledgement', receivedBytes: 5 }),
    ]);
    expect(outputs).toEqual([]);
    expect(controlsIn(sent)).toEqual([
      { kind: 'user-control', event: 7, value: 99 },
      { kind: 'window-acknowledgement-size', windowBytes: 70_000 },
    ]);
  });
});

describe('acknowledgements', () => {
  const acknowledged = (sent: Buffer) =>
    controlsIn(sent).flatMap((control) => (control.kind === 'acknowledgement' ? control.receivedBytes : []));

  it('go out once a window, counted in all bytes received', () => {
    const { session, script } = publishingSession();
    const windowBytes = 100_000;
    hear(session, [script.control({ kind: 'window-acknowledgement-size', windowBytes })]);
    const counts: number[] = [];
    for (let sent = 0; sent < 450_000; sent += 10_000) {
      const received = acknowledged(hear(session, [script.video(sent, pattern(10_000))]).sent);
      counts.push(...received);
    }
    expect(counts).toHaveLength(4);
    const steps = counts.slice(1).map((count, index) => count - (counts[index] ?? 0));
    for (const step of steps) expect(step).toBeGreaterThanOrEqual(windowBytes);
    expect(counts.at(-1)).toBeLessThanOrEqual(session.bytesReceived);
  });

  it('go out for the window we announced when the peer names none', () => {
    const { session, script } = publishingSession();
    const counts = Array.from({ length: 26 }, (_, index) =>
      acknowledged(hear(session, [script.video(index, pattern(100_000))]).sent),
    );
    expect(counts.flat()).toHaveLength(1);
  });
});

describe('end', () => {
  it('tells a publisher that its stream and the connection are over', () => {
    const { session } = publishingSession();
    const outputs = session.end();
    const [send, closed] = outputs;
    expect(send?.kind === 'send' && said(send.bytes)).toEqual([
      'onStatus NetConnection.Connect.Closed',
      'onFCUnpublish NetStream.Unpublish.Success',
      'onStatus NetStream.Unpublish.Success',
    ]);
    expect(closed).toMatchObject({ kind: 'closed', code: 'ended_by_server' });
    expect(session.end()).toEqual([]);
  });

  it('gives the reason it is told', () => {
    const { session } = connectedSession();
    const [send, closed] = session.end({ code: 'NetConnection.Connect.Rejected', description: 'Kicked.' });
    expect(send?.kind === 'send' && said(send.bytes)).toEqual(['onStatus NetConnection.Connect.Rejected']);
    expect(closed).toMatchObject({ message: 'NetConnection.Connect.Rejected: Kicked.' });
  });

  it('says nothing to a peer that has not finished its handshake', () => {
    expect(new Session().end().map(({ kind }) => kind)).toEqual(['closed']);
  });
});
