// One connection publishes as often as it wants, one publication at a time, under any name.
import { describe, expect, it } from 'vitest';
import type { Session } from '../../../server/rtmp/session.ts';
import { commandsIn, type EncoderScript, hear, publishingSession } from '../../cases/rtmp-script.ts';
import { pattern } from '../../cases/rtmp-splits.ts';

const KIB = 1024;

type Ending = (script: EncoderScript, messageStreamId: number) => Buffer[];

const ENDINGS: readonly (readonly [string, Ending])[] = [
  [
    'FCUnpublish and deleteStream',
    (script, id) => [
      script.command('FCUnpublish', 6, null, ['key']),
      script.command('deleteStream', 0, null, [id]),
    ],
  ],
  ['deleteStream', (script, id) => [script.command('deleteStream', 0, null, [id])]],
  ['closeStream', (script, id) => [script.command('closeStream', 0, null, [], id)]],
  ['publish of false', (script, id) => [script.publish(false, id)]],
];

const kindsOf = (session: Session, bytes: readonly Buffer[]): string[] =>
  hear(session, bytes).outputs.map(({ kind }) => kind);

describe('publishing again', () => {
  it.each(ENDINGS)('works after %s, with and without a new message stream', (_name, ending) => {
    const { session, script } = publishingSession();
    let id = 1;
    for (let round = 0; round < 20; round += 1) {
      const end = ending(script, id);
      expect(kindsOf(session, [Buffer.concat([script.video(round, pattern(9), id), ...end])])).toEqual([
        'video',
        'publish-ended',
      ]);
      if (round % 2 === 0) {
        hear(session, [script.command('createStream', 7, null, [])]);
        id += 1;
      }
      const { outputs } = hear(session, [script.publish(round % 3 === 0 ? 'key' : `name${round}`, id)]);
      expect(outputs).toMatchObject([
        { kind: 'publish-requested', request: { streamName: round % 3 === 0 ? 'key' : `name${round}` } },
      ]);
      expect(session.state).toBe('publishing');
    }
  });

  it('is announced with onFCPublish each time', () => {
    const { session, script } = publishingSession();
    hear(session, [script.command('deleteStream', 0, null, [1])]);
    const { sent } = hear(session, [script.publish('other')]);
    expect(commandsIn(sent).map(({ name }) => name)).toEqual(['onFCPublish', 'onStatus']);
  });

  it('does not end by a late goodbye to the publication before', () => {
    const { session, script } = publishingSession();
    hear(session, [script.command('deleteStream', 0, null, [1])]);
    hear(session, [script.command('createStream', 7, null, []), script.publish('other', 2)]);
    const late = [
      script.command('FCUnpublish', 8, null, ['key']),
      script.command('deleteStream', 0, null, [1]),
      script.command('closeStream', 0, null, [], 1),
    ];
    expect(kindsOf(session, late)).toEqual([]);
    expect(kindsOf(session, [script.command('FCUnpublish', 9, null, ['other'])])).toEqual(['publish-ended']);
  });

  it('ends by FCUnpublish without a name', () => {
    const { session, script } = publishingSession();
    expect(kindsOf(session, [script.command('FCUnpublish', 9, null, [])])).toEqual(['publish-ended']);
  });
});

describe('between publications', () => {
  it.each([
    ['audio', (script: EncoderScript) => script.audio(0, pattern(9))],
    ['video', (script: EncoderScript) => script.video(0, pattern(9))],
    ['data', (script: EncoderScript) => script.data('onMetaData', [])],
  ] as const)('%s is refused', (_kind, say) => {
    const { session, script } = publishingSession();
    hear(session, [script.command('deleteStream', 0, null, [1])]);
    expect(hear(session, [say(script)]).outputs).toMatchObject([
      { kind: 'closed', code: 'media_not_publishing' },
    ]);
  });

  it('media of the message stream before is refused while the next one publishes', () => {
    const { session, script } = publishingSession();
    hear(session, [script.command('deleteStream', 0, null, [1]), script.publish('other', 2)]);
    expect(hear(session, [script.video(0, pattern(9), 1)]).outputs).toMatchObject([
      { kind: 'closed', code: 'media_not_publishing' },
    ]);
  });

  it.each([1, 2, 3])('bytes are limited anew, also when one read brings them all: round %i', (rounds) => {
    const { session, script } = publishingSession();
    const idle = script.control({ kind: 'acknowledgement', receivedBytes: 1 });
    const some = Buffer.concat(Array.from({ length: Math.floor((60 * KIB) / 16) }, () => idle));
    for (let round = 1; round < rounds; round += 1) {
      const read = [script.command('deleteStream', 0, null, [1]), some, script.publish(`name${round}`)];
      expect(kindsOf(session, [Buffer.concat(read)])).toEqual(['publish-ended', 'publish-requested']);
    }
    const much = [script.command('deleteStream', 0, null, [1]), some, some, script.publish('late')];
    expect(
      hear(session, [Buffer.concat(much)]).outputs.map((output) => ('code' in output ? output.code : '')),
    ).toEqual(['', 'bytes_before_publish']);
  });
});
