import { describe, expect, it } from 'vitest';
import { amfEcmaArray } from '../../../server/rtmp/amf-value.ts';
import { ChunkWriter } from '../../../server/rtmp/chunk-writer.ts';
import { type ClientOutput, PublishSession } from '../../../server/rtmp/client-session.ts';
import { writeCommand } from '../../../server/rtmp/command.ts';
import { Session, type SessionOutput } from '../../../server/rtmp/session.ts';
import { controlsIn, hear } from '../../cases/rtmp-script.ts';
import { comparable, cut, pattern, pseudoRandom } from '../../cases/rtmp-splits.ts';

type Talk = {
  readonly server: Session;
  readonly client: PublishSession;
  readonly clientOutputs: ClientOutput[];
  readonly serverOutputs: SessionOutput[];
};

/** Passes bytes between client and server until neither has anything to send; each transfer may be cut. */
function talk(
  client: PublishSession,
  decide: (server: Session) => readonly SessionOutput[] = (server) => server.accept(),
  split: (bytes: Buffer) => readonly Buffer[] = (bytes) => [bytes],
): Talk {
  const server = new Session();
  const clientOutputs: ClientOutput[] = [];
  const serverOutputs: SessionOutput[] = [];
  let toServer = client.start();
  while (toServer.length > 0) {
    const { outputs, sent } = hear(server, split(toServer), decide);
    serverOutputs.push(...outputs);
    const answers = split(sent).flatMap((part) => client.receive(part));
    toServer = Buffer.concat(answers.flatMap((each) => (each.kind === 'send' ? each.bytes : [])));
    clientOutputs.push(...answers.filter(({ kind }) => kind !== 'send'));
  }
  return { server, client, clientOutputs, serverOutputs };
}

const OPTIONS = { app: 'live', tcUrl: 'rtmp://host/live', streamName: 'key?token=1' };

describe('publishing client against the server session', () => {
  it.each([
    [128, 'simple'],
    [4096, 'simple'],
    [65_536, 'simple'],
    [4096, 'digest'],
  ] as const)('publishes with chunks of %i bytes and the %s handshake', (chunkSize, handshake) => {
    const { server, client, clientOutputs, serverOutputs } = talk(
      new PublishSession({ ...OPTIONS, chunkSize, handshake }),
    );
    expect(serverOutputs).toMatchObject([
      { kind: 'publish-requested', request: { app: 'live', streamName: 'key?token=1', publishType: 'live' } },
    ]);
    expect(clientOutputs.filter(({ kind }) => kind === 'publish-started')).toHaveLength(1);

    const metadata = amfEcmaArray({ width: 1280 });
    const flight = [client.data('@setDataFrame', ['onMetaData', metadata])];
    const expected: SessionOutput[] = [
      { kind: 'data', timestamp: 0, name: 'onMetaData', values: [metadata] },
    ];
    for (let frame = 0; frame < 60; frame += 1) {
      const timestamp = 0xff_fc00 + frame * 33;
      const body = pattern(frame === 0 ? 200_000 : 10_000 + frame, frame);
      flight.push(client.video(timestamp, body), client.audio(timestamp, pattern(350, frame)));
      expected.push(
        { kind: 'video', timestamp, body },
        { kind: 'audio', timestamp, body: pattern(350, frame) },
      );
    }
    const random = pseudoRandom(chunkSize);
    const parts = cut(Buffer.concat(flight), () => 1 + Math.floor(random() * 65_536));
    expect(comparable(hear(server, parts).outputs)).toEqual(comparable(expected));

    expect(hear(server, [client.end()]).outputs).toEqual([{ kind: 'publish-ended', how: 'FCUnpublish' }]);
    expect(client.end()).toHaveLength(0);
  });

  it('gets there byte by byte', () => {
    const byByte = (bytes: Buffer) => cut(bytes, () => 1);
    const { clientOutputs } = talk(new PublishSession(OPTIONS), (server) => server.accept(), byByte);
    expect(clientOutputs.at(-1)).toEqual({ kind: 'publish-started' });
  });

  it('learns why it is refused', () => {
    const status = { code: 'NetStream.Publish.BadName', description: 'The name is in use.' };
    const { client, clientOutputs } = talk(new PublishSession(OPTIONS), (server) => server.reject(status));
    expect(clientOutputs.at(-1)).toEqual({ kind: 'rejected', ...status });
    expect(() => client.audio(0, pattern(1))).toThrow(expect.objectContaining({ code: 'not_publishing' }));
    expect(client.receive(pattern(10))).toEqual([]);
  });

  it('learns that the server ends it, and why', () => {
    const { server, client } = talk(new PublishSession(OPTIONS));
    const why = { code: 'NetStream.Publish.BadName', description: 'Somebody else publishes it now.' };
    const [farewell] = server.end(why);
    const outputs = farewell?.kind === 'send' ? client.receive(farewell.bytes) : [];
    expect(outputs.find(({ kind }) => kind === 'rejected')).toEqual({ kind: 'rejected', ...why });
  });

  it('answers pings', () => {
    const { client } = talk(new PublishSession(OPTIONS));
    const writer = new ChunkWriter('full');
    const body = Buffer.from('000600000007', 'hex');
    const [send] = client.receive(writer.write({ type: 4, messageStreamId: 0, timestamp: 0, body }, 2));
    expect(send?.kind === 'send' ? controlsIn(send.bytes) : []).toEqual([
      { kind: 'user-control', event: 7, value: 7 },
    ]);
  });
});

it('a publishing client acknowledges what a talkative server sends', () => {
  const { client } = talk(new PublishSession(OPTIONS));
  const writer = new ChunkWriter('full');
  writer.setChunkBytes(4096);
  const outputs = Array.from({ length: 11 }, () => {
    const message = { type: 18, messageStreamId: 1, timestamp: 0, body: pattern(240_000) };
    return client.receive(writer.write(message, 5));
  }).flat();
  const sent = outputs.flatMap((output) => (output.kind === 'send' ? controlsIn(output.bytes) : []));
  expect(sent.map(({ kind }) => kind)).toEqual(['acknowledgement']);
});

describe('publishing client against a server that is not what it should be', () => {
  it('closes when the answer is no RTMP', () => {
    const client = new PublishSession(OPTIONS);
    client.start();
    expect(client.receive(Buffer.from('HTTP/1.1 400 Bad Request'))).toMatchObject([
      { kind: 'closed', code: 'not_rtmp' },
    ]);
  });

  /** A client whose handshake is over, and the writer of a server's side. */
  function connecting() {
    const client = new PublishSession(OPTIONS);
    client.start();
    client.receive(Buffer.concat([Buffer.of(3), Buffer.alloc(2 * 1536)]));
    const writer = new ChunkWriter('full');
    const say = (name: string, transactionId: number, ...args: Parameters<typeof writeCommand>[0]['args']) =>
      client.receive(writer.write(writeCommand({ name, transactionId, object: null, args }, 0), 3));
    return { client, say };
  }

  it('is rejected by errors that matter and ignores those that do not', () => {
    const { say } = connecting();
    expect(say('_error', 2)).toEqual([{ kind: 'ignored', what: 'an error for transaction 2' }]);
    expect(say('onBWDone', 0)).toEqual([{ kind: 'ignored', what: 'the command "onBWDone"' }]);
    expect(say('_error', 1)).toEqual([{ kind: 'rejected', code: 'unknown', description: '' }]);
  });

  it.each([undefined, 'one', Number.NaN, -1, 0, 1.5, 1e300])(
    'closes when createStream is answered with %j',
    (id) => {
      const { say } = connecting();
      expect(say('_result', 4, id)).toMatchObject([{ kind: 'closed', code: 'bad_message_stream' }]);
    },
  );

  it('sends no media before its publication has started', () => {
    const { client } = connecting();
    for (const send of [
      () => client.audio(0, pattern(1)),
      () => client.video(0, pattern(1)),
      () => client.data('a', []),
    ]) {
      expect(send).toThrow(expect.objectContaining({ code: 'not_publishing', kind: 'invalid-state' }));
    }
    expect(client.end()).toHaveLength(0);
  });
});
