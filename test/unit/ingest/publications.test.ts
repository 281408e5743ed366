import { describe, expect, test } from 'vitest';
import { MAX_TURN_MESSAGES } from '../../../server/rtmp/limits.ts';
import { EncoderScript } from '../../cases/rtmp-script.ts';
import { connectRaw, type RawSocket } from '../../support/rtmp-bytes.ts';
import { goLive, type OpenGateway, openGateway, tinyTags, untilState } from '../gateway-fixture.ts';
import { connectEncoder } from './raw-encoder.ts';

describe('several publications on one connection', () => {
  /** Commands and media of an encoder that publishes repeatedly, on message streams that it chooses. */
  async function openedConnection(open: OpenGateway): Promise<{ raw: RawSocket; script: EncoderScript }> {
    const raw = await connectRaw(open.rtmpPort);
    const script = new EncoderScript();
    await raw.write(script.opening());
    return { raw, script };
  }

  const closing = (script: EncoderScript, name: string, id: number): Buffer =>
    Buffer.concat([
      script.command('FCUnpublish', 0, null, [name]),
      script.command('deleteStream', 0, null, [id]),
      script.command('createStream', 9, null, []),
    ]);

  test('the same name and others are published one after the other, and each end is told once', async () => {
    const open = await openGateway();
    const { raw, script } = await openedConnection(open);
    for (const [at, name] of ['one', 'one', 'two', 'one'].entries()) {
      const id = at + 1;
      const live = untilState(open.gateway, name, 'live');
      await raw.write(script.publish(name, id));
      for (const { kind, timestamp, body } of tinyTags) {
        if (kind !== 'script') raw.socket.write(script[kind](timestamp, body, id));
      }
      await live;
      const gone = untilState(open.gateway, name, 'reconnecting');
      await raw.write(closing(script, name, id));
      await gone;
    }
    raw.end();
    await open.log.untilClosed('unpublished');
    const ends = open.log.lines.filter(({ code }) => code === 'unpublished');
    expect(ends.map(({ stream, msg }) => [stream, msg])).toEqual([
      ['one', 'publication ended'],
      ['one', 'publication ended'],
      ['two', 'publication ended'],
      ['one', 'rtmp connection closed'],
    ]);
  });

  test('a connection that publishes nothing more is closed at the deadline', async () => {
    const open = await openGateway({ rtmp: { publishDeadline: '300ms' } });
    const { raw, script } = await openedConnection(open);
    await raw.write(Buffer.concat([script.publish('once'), closing(script, 'once', 1)]));
    await raw.untilClosed(5_000);
    expect(await open.log.untilClosed('unpublished')).toMatchObject({ stream: 'once' });
  });

  test('a second publication that is refused is told by its own name', async () => {
    const open = await openGateway();
    await goLive(open, 'taken');
    const { raw, script } = await openedConnection(open);
    await raw.write(
      Buffer.concat([script.publish('mine'), closing(script, 'mine', 1), script.publish('taken', 2)]),
    );
    await raw.untilClosed(5_000);
    await open.log.untilClosed('name_taken');
  });

  test('so many publications a minute, and no more', async () => {
    const open = await openGateway({ rtmp: { maxPublishesPerMinute: 3 } });
    const { raw, script } = await openedConnection(open);
    const rounds = [1, 2, 3, 4].map((id) => [script.publish(`n${id}`, id), closing(script, `n${id}`, id)]);
    await raw.write(Buffer.concat(rounds.flat()));
    const { received } = await raw.untilClosed(5_000);
    expect(received.toString('latin1')).toContain('more than 3 publish requests');
    await open.log.untilClosed('publish_rate');
    const published = open.log.lines.filter(({ msg }) => msg === 'publishing');
    expect(published.map(({ stream }) => stream)).toEqual(['n1', 'n2', 'n3']);
  });
});

test.each([
  ['ended', (raw: RawSocket) => void raw.end()],
  ['reset', (raw: RawSocket) => void raw.socket.resetAndDestroy()],
])(
  'all of a burst that takes several turns is read, although the connection is %s meanwhile',
  async (_how, leave) => {
    const open = await openGateway();
    const { raw, session, started } = await connectEncoder(open.rtmpPort, 'burst');
    await started;
    const [config, sound] = tinyTags.filter(({ kind }) => kind === 'audio').map(({ body }) => body);
    // One read, and more messages than one turn handles.
    const count = 4 * MAX_TURN_MESSAGES;
    const bodies = Array.from({ length: count }, (_, at) => (at === 0 ? config : sound)?.subarray(0, 12));
    const messages = bodies.map((body, at) => session.audio(at * 23, body ?? Buffer.alloc(0)));
    raw.socket.write(Buffer.concat([...messages, session.end()]));
    leave(raw);
    const end = await open.log.until(({ msg }) => msg === 'rtmp connection closed');
    expect(end).toMatchObject({ code: 'unpublished', stream: 'burst' });
  },
);
