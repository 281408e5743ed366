// AMF0 (Action Message Format AMF0, 2007), commands and data in it (RTMP 1.0, clause 7.1.1), and the values that are
// accepted from it.

import { isDeepStrictEqual } from 'node:util';
import { hintsOf, parseMetadata } from '../../../server/ingest/metadata.ts';
import { type AmfValue, amfEcmaArray, isAmfObject } from '../../../server/rtmp/amf-value.ts';
import { readAmfValues, writeAmfValues } from '../../../server/rtmp/amf0.ts';
import { parseCommand, parseData, quote, writeCommand } from '../../../server/rtmp/command.ts';
import { DEFAULT_RTMP_LIMITS, type RtmpLimits } from '../../../server/rtmp/limits.ts';
import type { Message } from '../../../server/rtmp/message.ts';
import { AMF_CASES, BAD_AMF_CASES, nested } from '../../cases/rtmp-amf0.ts';
import { bucket, demand, type FuzzTarget, hexWords, textWords } from '../fuzz-target.ts';

const KIB = 1024;
const MIB = 1024 * KIB;
const MAX_SEED_BYTES = 8 * KIB;
/** A string that is not UTF-8 grows when it is written again: U+FFFD takes three bytes for one. */
const ROOMY_LIMITS: RtmpLimits = {
  ...DEFAULT_RTMP_LIMITS,
  maxAmfStringBytes: 4 * DEFAULT_RTMP_LIMITS.maxAmfStringBytes,
};

const AMF_WORDS = [
  ...hexWords(
    '03',
    '08',
    '0a',
    '10',
    '11',
    '07',
    '0c',
    '0f',
    '0b',
    '000009',
    '0c00010000',
    '0affffffff',
    '08ffffffff',
  ),
  ...hexWords(
    '070000',
    '07ffff',
    '0300',
    '0a00000001',
    '0800000000',
    '030001610a00000001',
    '100001',
    'ff',
    '000000000000f87f',
  ),
  ...textWords(
    '__proto__',
    'constructor',
    'toString',
    'onMetaData',
    '@setDataFrame',
    'width',
    'framerate',
    'encoder',
  ),
];

/** Every marker alone, then the cases, then nesting around the limit. */
const amfSeeds = (): Buffer[] => [
  ...Array.from({ length: 19 }, (_, marker) => Buffer.from([marker])),
  ...[...AMF_CASES, ...BAD_AMF_CASES]
    .map(({ hex }) => Buffer.from(hex, 'hex'))
    .filter((each) => each.length <= MAX_SEED_BYTES),
  ...[2, 16, 17, 65].map((depth) => nested(depth, 'mixed')),
];

type Weight = { nodes: number; depth: number; stringBytes: number };

function weigh(value: AmfValue, depth: number, weight: Weight): void {
  weight.nodes += 1;
  weight.depth = Math.max(weight.depth, depth);
  if (typeof value === 'string') weight.stringBytes += value.length;
  else if (Array.isArray(value)) for (const element of value) weigh(element, depth + 1, weight);
  else if (isAmfObject(value)) {
    for (const [key, property] of value.properties) {
      weight.stringBytes += key.length;
      weigh(property, depth + 1, weight);
    }
  }
}

const decode: FuzzTarget = {
  name: 'amf0-decode',
  seeds: amfSeeds,
  dictionary: AMF_WORDS,
  maxInputBytes: 16 * KIB,
  maxAllocatedBytes: 2 * MIB,
  mayRefuse: true,
  run: (input) => {
    const weight: Weight = { nodes: 0, depth: 0, stringBytes: 0 };
    for (const value of readAmfValues(input, DEFAULT_RTMP_LIMITS)) weigh(value, 0, weight);
    demand(weight.nodes <= DEFAULT_RTMP_LIMITS.maxAmfNodes, () => `${weight.nodes} values`);
    demand(weight.depth <= DEFAULT_RTMP_LIMITS.maxAmfDepth, () => `nested ${weight.depth} deep`);
    // A string behind a reference is shared, but counted here each time.
    demand(
      weight.stringBytes <= DEFAULT_RTMP_LIMITS.maxAmfNodes * DEFAULT_RTMP_LIMITS.maxAmfStringBytes,
      () => `${weight.stringBytes} characters`,
    );
    return `${bucket(weight.nodes)} ${weight.depth} ${bucket(weight.stringBytes)}`;
  },
};

const roundTrip: FuzzTarget = {
  name: 'amf0-round-trip',
  seeds: amfSeeds,
  dictionary: AMF_WORDS,
  maxInputBytes: 8 * KIB,
  maxAllocatedBytes: 16 * MIB,
  mayRefuse: true,
  run: (input) => {
    const values = readAmfValues(input, ROOMY_LIMITS);
    const written = writeAmfValues(values);
    const again = readAmfValues(written, ROOMY_LIMITS);
    demand(isDeepStrictEqual(again, values), () => `read again as ${JSON.stringify(again)}`);
    demand(writeAmfValues(again).equals(written), () => 'written differently the second time');
    return `${bucket(values.length)} ${bucket(written.length)}`;
  },
};

const command: FuzzTarget = {
  name: 'command',
  seeds: () => {
    const object = amfEcmaArray({ app: 'live', tcUrl: 'rtmp://host/live', objectEncoding: 3 });
    const commands = [
      writeCommand({ name: 'connect', transactionId: 1, object, args: [] }, 0),
      writeCommand({ name: 'publish', transactionId: 5, object: null, args: ['key', 'live'] }, 1),
      writeCommand({ name: '_result', transactionId: 4, object: null, args: [1] }, 0),
    ].map(({ body }) => body);
    const data = writeAmfValues([
      '@setDataFrame',
      'onMetaData',
      amfEcmaArray({ width: 1, framerate: 30, encoder: 'x' }),
    ]);
    return [...commands, data].flatMap((body) =>
      [20, 17, 18, 15].map((type) => Buffer.concat([Buffer.from([type, 0]), body])),
    );
  },
  dictionary: AMF_WORDS,
  maxInputBytes: 4 * KIB,
  maxAllocatedBytes: 2 * MIB,
  mayRefuse: true,
  run: (input) => {
    const type = input[0] ?? 0;
    // Types 17 and 15 begin with a byte of their own.
    const body = input.subarray(type === 17 || type === 15 ? 1 : 2);
    const message: Message = { type, messageStreamId: 1, timestamp: 0, body };
    if (type === 18 || type === 15) return readData(message);
    const parsed = parseCommand(message, DEFAULT_RTMP_LIMITS);
    demand(
      typeof parsed.name === 'string' && typeof parsed.transactionId === 'number',
      () => 'a command without a name',
    );
    demand(quote(parsed.name).length < 500, () => `a quoted name of ${quote(parsed.name).length} characters`);
    return `command ${bucket(parsed.name.length)} ${typeof parsed.object} ${bucket(parsed.args.length)}`;
  },
};

function readData(message: Message): string {
  const data = parseData(message, DEFAULT_RTMP_LIMITS);
  if (data === undefined) return 'data without a name';
  const metadata = parseMetadata(data.values);
  const { frameRate } = hintsOf(metadata);
  demand(
    frameRate === undefined || (frameRate > 0 && frameRate < 1_000),
    () => `${frameRate} frames a second`,
  );
  demand(/^[ -~]{0,80}$/.test(metadata?.encoder ?? ''), () => `the encoder is ${metadata?.encoder}`);
  return `data ${bucket(data.values.length)} ${metadata?.hasVideo} ${metadata?.hasAudio}`;
}

export const AMF_TARGETS: readonly FuzzTarget[] = [decode, roundTrip, command];
