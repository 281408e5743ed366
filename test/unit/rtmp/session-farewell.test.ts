// A session that closes because of the peer's messages says so once, in the form that fits the peer's state.
import { expect, it } from 'vitest';
import { amfObject, amfStringProperty } from '../../../server/rtmp/amf-value.ts';
import { parseCommand } from '../../../server/rtmp/command.ts';
import { DEFAULT_RTMP_LIMITS, type RtmpLimits } from '../../../server/rtmp/limits.ts';
import { Session } from '../../../server/rtmp/session.ts';
import { readChunks } from '../../cases/rtmp-readers.ts';
import {
  commandsIn,
  connectedSession,
  EncoderScript,
  hear,
  publishingSession,
} from '../../cases/rtmp-script.ts';
import { pattern } from '../../cases/rtmp-splits.ts';
import { wire, wireControl } from '../../cases/rtmp-wire.ts';

type Opened = { readonly session: Session; readonly script: EncoderScript };

/** The statuses in the sent bytes, as `level code: description`. */
function statusesIn(sent: Buffer, isFromStart = false): string[] {
  return commandsIn(sent, isFromStart)
    .filter(({ name }) => name === 'onStatus')
    .map(({ args: [information] }) => {
      const [level, code, description] = ['level', 'code', 'description'].map((name) =>
        amfStringProperty(information, name),
      );
      return `${level} ${code}: ${description}`;
    });
}

function pendingSession(limits: Partial<RtmpLimits>): Opened {
  const opened = connectedSession(limits);
  opened.session.receive(opened.script.publish());
  return opened;
}

const fault = wire(wireControl(1, 0));

it.each([
  ['connected', () => connectedSession(), fault, 'error NetConnection.Connect.Closed: '],
  ['publishing', () => publishingSession(), fault, 'error NetStream.Failed: '],
  ['pending', () => pendingSession({ maxHeldBytes: 10 }), pattern(11), 'error NetStream.Failed: '],
] as const)('in state %s a fault is told, in the words of the log', (_state, open, bytes, told) => {
  const { session } = open();
  const { outputs, sent } = hear(session, [bytes]);
  const last = outputs.at(-1);
  expect(last?.kind).toBe('closed');
  expect(statusesIn(sent)).toEqual([`${told}${last?.kind === 'closed' ? last.message : ''}`]);
});

it('after the end of the publication a fault is told as well', () => {
  const { session, script } = publishingSession();
  const { sent } = hear(session, [script.command('FCUnpublish', 0, null, ['key']), fault]);
  expect(statusesIn(sent).at(-1)).toMatch(/^error NetConnection\.Connect\.Closed: /);
});

/** The `_error` answers that a session sent after the handshake, as `transaction code: description`. */
function errorsIn(sent: Buffer): string[] {
  return readChunks([sent])
    .map((message) => parseCommand(message, DEFAULT_RTMP_LIMITS))
    .filter(({ name }) => name === '_error')
    .map(({ transactionId, args: [information] }) =>
      [transactionId, ...['code', 'description'].map((name) => amfStringProperty(information, name))].join(
        ' ',
      ),
    );
}

it.each([
  ['a chunk size of 0', () => fault, /^1 NetConnection\.Connect\.Rejected a chunk size of 0 bytes/],
  [
    'another first command',
    (script: EncoderScript) => script.command('createStream', 7, null, []),
    /^7 NetConnection\.Call\.Failed the first command is "createStream"/,
  ],
  [
    'another first command that wants no answer',
    (script: EncoderScript) => script.command('createStream', 0, null, []),
    /^1 NetConnection\.Connect\.Rejected the first command is "createStream"/,
  ],
  [
    'media',
    (script: EncoderScript) => script.video(0, pattern(9)),
    /^1 NetConnection\.Connect\.Rejected a message of type 9/,
  ],
  ['a bad connect', (script: EncoderScript) => script.connect(null), /^1 NetConnection\.Connect\.Rejected/],
] as const)('before connect, %s is answered with one _error', (_what, say, told) => {
  const script = new EncoderScript();
  const session = new Session();
  hear(session, [script.hello()]);
  const { outputs, sent } = hear(session, [say(script)]);
  expect(outputs.at(-1)?.kind).toBe('closed');
  expect(errorsIn(sent)).toEqual([expect.stringMatching(told)]);
});

it('a peer that has not connected in time is told so as the answer to connect', () => {
  const session = new Session();
  hear(session, [new EncoderScript().hello()]);
  const description = 'no publish within 5000 ms of connecting';
  const sends = session.end({ code: 'NetConnection.Connect.Closed', description });
  const sent = Buffer.concat(sends.flatMap((output) => (output.kind === 'send' ? [output.bytes] : [])));
  expect(errorsIn(sent)).toEqual([`1 NetConnection.Connect.Rejected ${description}`]);
});

it('within the handshake nothing is told', () => {
  const session = new Session();
  const { outputs, sent } = hear(session, [Buffer.of(6)]);
  expect(outputs.at(-1)?.kind).toBe('closed');
  expect(sent).toHaveLength(0);
});

it.each([
  ['publish without a name', (script: EncoderScript) => script.publish(amfObject({})), 'Publish.BadName'],
  [
    'play',
    (script: EncoderScript) => script.command('play', 3, null, ['key'], 1),
    'NetStream.Play.StreamNotFound',
  ],
] as const)('a refusal of %s is not told twice', (_what, say, code) => {
  const { session, script } = connectedSession();
  const { outputs, sent } = hear(session, [say(script)]);
  expect(outputs.at(-1)?.kind).toBe('closed');
  expect(statusesIn(sent)).toEqual([expect.stringContaining(code)]);
});

it('a second publish that was refused does not silence a later fault', () => {
  const { session, script } = publishingSession();
  const { sent } = hear(session, [script.publish('other'), fault]);
  expect(statusesIn(sent)).toEqual([
    expect.stringContaining('error NetStream.Publish.BadName'),
    expect.stringContaining('error NetStream.Failed'),
  ]);
});
