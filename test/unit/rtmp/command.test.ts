import { describe, expect, it } from 'vitest';
import { amfEcmaArray, amfObject } from '../../../server/rtmp/amf-value.ts';
import { writeAmfValues } from '../../../server/rtmp/amf0.ts';
import {
  type Command,
  describeAmf,
  parseCommand,
  parseData,
  quote,
  writeCommand,
  writeData,
  writeStatus,
} from '../../../server/rtmp/command.ts';
import { DEFAULT_RTMP_LIMITS } from '../../../server/rtmp/limits.ts';

const LIMITS = DEFAULT_RTMP_LIMITS;

function wrapped(type: number, values: Parameters<typeof writeAmfValues>[0], prefix = '00') {
  const body = Buffer.concat([Buffer.from(prefix, 'hex'), writeAmfValues(values)]);
  return { type, messageStreamId: 1, timestamp: 0, body };
}

describe('commands', () => {
  it.each<Command>([
    { name: 'connect', transactionId: 1, object: amfObject({ app: 'live' }), args: [] },
    { name: 'createStream', transactionId: 4, object: null, args: [] },
    { name: 'publish', transactionId: 5, object: null, args: ['key', 'live'] },
    { name: '_result', transactionId: 4, object: null, args: [1] },
  ])('come back as they were written: $name', (command) => {
    expect(parseCommand(writeCommand(command, 1), LIMITS)).toEqual(command);
  });

  it('may lack all but their name', () => {
    const message = { ...wrapped(20, ['ping'], ''), timestamp: 3 };
    expect(parseCommand(message, LIMITS)).toEqual({
      name: 'ping',
      transactionId: 0,
      object: undefined,
      args: [],
    });
  });

  it.each([[[]], [[3]], [[null, 'connect']]])('begin with a name, unlike %j', (values) => {
    expect(() => parseCommand(wrapped(20, values, ''), LIMITS)).toThrow(
      expect.objectContaining({ code: 'bad_command' }),
    );
  });

  it('are read through the AMF3 wrapping of type 17, with its leading zero and without', () => {
    for (const prefix of ['00', '']) {
      expect(parseCommand(wrapped(17, ['publish', 5, null, 'key'], prefix), LIMITS)).toMatchObject({
        name: 'publish',
        args: ['key'],
      });
    }
  });

  it('keep what came before an AMF3 value', () => {
    const message = wrapped(17, ['publish', 5, null, 'key', { kind: 'amf3', bytes: Buffer.of(1) }]);
    expect(parseCommand(message, LIMITS)).toMatchObject({ args: ['key', { kind: 'amf3' }] });
  });
});

describe('data messages', () => {
  const metadata = amfEcmaArray({ width: 640 });

  it('come back as they were written', () => {
    const message = writeData({ name: 'onTextData', values: [metadata, 2] }, 1, 77);
    expect(message).toMatchObject({ type: 18, messageStreamId: 1, timestamp: 77 });
    expect(parseData(message, LIMITS)).toEqual({ name: 'onTextData', values: [metadata, 2] });
  });

  it('lose the wrapping of @setDataFrame', () => {
    const message = writeData({ name: '@setDataFrame', values: ['onMetaData', metadata] }, 1, 0);
    expect(parseData(message, LIMITS)).toEqual({ name: 'onMetaData', values: [metadata] });
  });

  it('keep @setDataFrame when it wraps nothing', () => {
    const message = writeData({ name: '@setDataFrame', values: [] }, 1, 0);
    expect(parseData(message, LIMITS)).toEqual({ name: '@setDataFrame', values: [] });
  });

  it('are read through the AMF3 wrapping of type 15', () => {
    expect(parseData(wrapped(15, ['onMetaData', metadata]), LIMITS)).toEqual({
      name: 'onMetaData',
      values: [metadata],
    });
  });

  it('without a name are none', () => {
    expect(parseData(wrapped(18, [1, 2], ''), LIMITS)).toBeUndefined();
  });
});

it('a status travels as an object behind null', () => {
  const message = writeStatus('onStatus', { level: 'error', code: 'A.B', description: 'c' }, 1);
  expect(message.messageStreamId).toBe(1);
  expect(parseCommand(message, LIMITS)).toEqual({
    name: 'onStatus',
    transactionId: 0,
    object: null,
    args: [amfObject({ level: 'error', code: 'A.B', description: 'c' })],
  });
});

it('names for people are short, quoted and printable', () => {
  expect(quote('a\r\n\u001b[31m')).toBe('"a\\r\\n\\u001b[31m"');
  expect(quote('x'.repeat(60_000)).length).toBeLessThan(80);
});

it.each([
  [null, 'null'],
  [undefined, 'nothing'],
  [false, 'a boolean'],
  [3.5, 'a number'],
  [[], 'an array'],
  [amfObject({}), 'object'],
])('%j is described as %s', (value, words) => {
  expect(describeAmf(value)).toBe(words);
});
