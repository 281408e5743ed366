// The chunk layer (RTMP 1.0, clause 5.3), the handshake (5.2), control messages (5.4, 7.1.7) and aggregates (7.1.6).

import { createHash } from 'node:crypto';
import { GatewayError } from '../../../server/errors.ts';
import { splitAggregate } from '../../../server/rtmp/aggregate.ts';
import { ChunkReader } from '../../../server/rtmp/chunk-reader.ts';
import { ClientHandshake, ServerHandshake } from '../../../server/rtmp/handshake.ts';
import { DEFAULT_RTMP_LIMITS, type RtmpLimits } from '../../../server/rtmp/limits.ts';
import { type Message, parseControl, writeControl } from '../../../server/rtmp/message.ts';
import { BAD_CHUNK_CASES, CHUNK_CASES } from '../../cases/rtmp-chunks.ts';
import { RECORDED_DIGEST_HELLO } from '../../cases/rtmp-handshakes.ts';
import { CONTROL_CASES } from '../../cases/rtmp-messages.ts';
import { readChunksInto } from '../../cases/rtmp-readers.ts';
import { aggregateBody } from '../../cases/rtmp-script.ts';
import { cut, pattern, pseudoRandom } from '../../cases/rtmp-splits.ts';
import { wire, wireControl } from '../../cases/rtmp-wire.ts';
import { bucket, demand, type FuzzTarget, hexWords, variety } from '../fuzz-target.ts';
import { InputFeed } from '../input-feed.ts';

const KIB = 1024;
const MIB = 1024 * KIB;
/** Low enough for an input to reach them. */
const TIGHT_LIMITS: RtmpLimits = {
  ...DEFAULT_RTMP_LIMITS,
  maxMessageBytes: 8 * KIB,
  maxAssemblingBytes: 32 * KIB,
  maxChunkStreams: 8,
};
/** Small pieces find the same as single bytes, many times faster. */
const MAX_BYTEWISE_BYTES = KIB;
/** The first size of a growing body, and the most that one stream's growth may leave unused. */
const FIRST_STEP_BYTES = 16 * KIB;

/** Headers of each type, zero and maximum lengths, times that need 32 bits, all three id forms. */
export const CHUNK_WORDS = hexWords(
  ...['ffffff', 'ffffffff', '000000', '03', '43', '83', 'c3', '0000', '010000', '4000', 'c000', 'c10000'],
  ...[
    '02000000000004010000000000000080',
    '02000000000004020000000000000006',
    '0200000000000401000000007fffffff',
  ],
  ...[
    '0600000000000009',
    '04000028000010080100000000',
    '06ffffff000005090100000000fffffe',
    '00ffffff01000000',
  ],
);

const chunkSeeds = (): Buffer[] => [
  ...CHUNK_CASES.map((each) => each.wire),
  ...BAD_CHUNK_CASES.map((each) => each.wire),
  // A chunk of type 1 first, zero lengths for every type, very many chunk streams.
  ...Array.from({ length: 23 }, (_, type) => wire({ type: 0, chunkStreamId: 5, messageType: type })),
  wire(
    ...Array.from(
      { length: 40 },
      (_, id) => ({ type: 0, chunkStreamId: 60 + id, length: 0xff_ffff }) as const,
    ),
  ),
  wire(wireControl(1, 0x7fff_ffff), {
    type: 0,
    chunkStreamId: 6,
    time: 0xff_ffff,
    extendedTime: 0xffff_fff0,
    payload: pattern(2_000),
  }),
];

const chunkStream: FuzzTarget = {
  name: 'chunk-stream',
  seeds: chunkSeeds,
  dictionary: CHUNK_WORDS,
  maxInputBytes: 16 * KIB,
  // A message without a body is one byte (a chunk of type 3), and its objects are up to 400 bytes of garbage.
  maxAllocatedBytes: 8 * MIB,
  mayRefuse: false,
  run: (input) => {
    const reader = new ChunkReader(DEFAULT_RTMP_LIMITS);
    const types: number[] = [];
    let largest = 0;
    let code = 'open';
    try {
      reader.feed(input, 0, input.length);
      for (let message = reader.next(); message !== undefined; message = reader.next()) {
        largest = Math.max(largest, message.body.length);
        checkMessage(message, input);
        types.push(message.type);
        obey(reader, message);
      }
      demand(reader.unread.length === 0, () => `${reader.unread.length} bytes are left unread`);
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
      code = error.code;
    }
    const allowed =
      DEFAULT_RTMP_LIMITS.maxChunkStreams * Math.max(FIRST_STEP_BYTES, largest) + 2 * input.length;
    demand(
      reader.assemblingBytes <= allowed,
      () => `${reader.assemblingBytes} bytes are held for ${input.length} sent`,
    );
    return `${variety(types)} ${code} ${bucket(largest)} ${bucket(reader.assemblingBytes)}`;
  },
};

function checkMessage({ timestamp, body, messageStreamId }: Message, input: Buffer): void {
  demand(body.length <= input.length, () => `a message of ${body.length} bytes in ${input.length}`);
  demand(body.length === 0 || body.buffer !== input.buffer, () => 'a body shares the memory it came in');
  demand(timestamp === timestamp >>> 0, () => `a timestamp of ${timestamp}`);
  demand(messageStreamId >= -1 && messageStreamId <= 0xffff_ffff, () => `message stream ${messageStreamId}`);
}

function obey(reader: ChunkReader, message: Message): void {
  const control = parseControl(message);
  if (control?.kind === 'set-chunk-size') reader.setChunkBytes(control.chunkBytes);
  if (control?.kind === 'abort') reader.abort(control.chunkStreamId);
}

const chunkSplit: FuzzTarget = {
  name: 'chunk-split',
  seeds: chunkSeeds,
  dictionary: CHUNK_WORDS,
  maxInputBytes: 12 * KIB,
  maxAllocatedBytes: 16 * MIB,
  mayRefuse: false,
  run: (input) => {
    const whole = readParts([Buffer.from(input)]);
    for (const [name, parts] of cutsOf(input)) {
      const split = readParts(parts);
      const isSame = whole.code === split.code && isSameMessages(whole.messages, split.messages);
      demand(isSame, () => `${name}: ${outline(split)}; whole: ${outline(whole)}`);
    }
    return `${variety(whole.messages.map(({ type }) => type))} ${whole.code}`;
  },
};

type ReadParts = { readonly messages: readonly Message[]; readonly code: string };

function readParts(parts: readonly Buffer[]): ReadParts {
  const messages: Message[] = [];
  try {
    readChunksInto(messages, parts, TIGHT_LIMITS);
    return { messages, code: 'open' };
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    return { messages, code: error.code };
  }
}

function isSameMessages(left: readonly Message[], right: readonly Message[]): boolean {
  return (
    left.length === right.length &&
    left.every(({ type, messageStreamId, timestamp, body }, at) => {
      const other = right[at];
      return (
        other?.type === type &&
        other.messageStreamId === messageStreamId &&
        other.timestamp === timestamp &&
        other.body.equals(body)
      );
    })
  );
}

function outline({ messages, code }: ReadParts): string {
  return `${messages.map(({ type, timestamp, body }) => `${type}@${timestamp}+${body.length}`).join(' ')} ${code}`;
}

/** Byte by byte unless that takes long, and at two sets of random places that depend only on the input. */
export function cutsOf(input: Buffer): readonly (readonly [name: string, parts: readonly Buffer[]])[] {
  const random = pseudoRandom(createHash('sha1').update(input).digest().readUInt32BE(0));
  return [
    ...(input.length > MAX_BYTEWISE_BYTES ? [] : ([['byte by byte', cut(input, () => 1)]] as const)),
    ['small pieces', cut(input, () => 1 + Math.floor(random() * 20))],
    ['large pieces', cut(input, () => 1 + Math.floor(random() * Math.max(2, input.length)))],
  ];
}

const handshake: FuzzTarget = {
  name: 'handshake',
  seeds: () => {
    const simple = Buffer.alloc(1 + 2 * 1_536, 0x5a);
    simple.writeUInt8(3, 0);
    simple.fill(0, 1, 9);
    const digest = Buffer.concat([RECORDED_DIGEST_HELLO, Buffer.alloc(1_536, 1)]);
    const side = (first: number, rest: Buffer) => Buffer.concat([Buffer.from([first]), rest]);
    const strangers = ['GET / HTTP/1.1\r\n\r\n', '\x16\x03\x01\x02', 'SSH-2.0-x\r\n', '\x06', '\x03'];
    return [0, 1, 2].flatMap((first) =>
      [simple, digest, ...strangers.map((each) => Buffer.from(each, 'latin1'))].map((each) =>
        side(first, each),
      ),
    );
  },
  dictionary: hexWords('03', '06', '00000000', '09007c02', '80000702', '04050001'),
  maxInputBytes: 5 * KIB,
  maxAllocatedBytes: 8 * MIB,
  mayRefuse: false,
  run: (input) => {
    const side = (input[0] ?? 0) % 3;
    const bytes = input.subarray(1);
    const whole = shakeHands(side, [bytes]);
    for (const [name, parts] of cutsOf(bytes)) {
      const split = shakeHands(side, parts);
      demand(split === whole, () => `${name}: ${split}; whole: ${whole}`);
    }
    return whole;
  },
};

/** Replies contain random bytes: only their length and the version can be compared. */
function shakeHands(side: number, parts: readonly Buffer[]): string {
  const client = side === 0 ? undefined : new ClientHandshake(side === 1 ? 'simple' : 'digest');
  client?.start();
  const hands = client ?? new ServerHandshake();
  let used = 0;
  let reply = '';
  try {
    for (const part of parts) {
      const step = hands.receive(part, 0, part.length);
      demand(
        step.usedBytes >= 0 && step.usedBytes <= part.length,
        () => `${step.usedBytes} bytes of ${part.length} used`,
      );
      used += step.usedBytes;
      if (step.reply !== undefined)
        reply += `reply ${step.reply.length} ${side === 0 ? step.reply.toString('hex', 5, 9) : ''} `;
      if (step.isDone) return `${reply}done ${used}`;
      demand(step.usedBytes === part.length, () => 'bytes are left in an unfinished handshake');
    }
    return `${reply}waiting`;
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    return error.code;
  }
}

const controlMessages: FuzzTarget = {
  name: 'control-messages',
  seeds: () => [
    ...CONTROL_CASES.map(({ type, hex }) => Buffer.concat([Buffer.from([type]), Buffer.from(hex, 'hex')])),
    ...[0, 1, 2, 3, 4, 5, 6, 7].flatMap((type) =>
      [0, 1, 3, 5].map((length) => Buffer.alloc(1 + length, type)),
    ),
  ],
  dictionary: hexWords('ffffffff', '7fffffff', '80000000', '0003', '0006', '0007', '001f', '0020'),
  maxInputBytes: 64,
  maxAllocatedBytes: MIB,
  mayRefuse: true,
  run: (input) => {
    const message: Message = {
      type: input[0] ?? 0,
      messageStreamId: 0,
      timestamp: 0,
      body: input.subarray(1),
    };
    const control = parseControl(message);
    if (control === undefined) return 'none';
    const written = writeControl(control);
    demand(written.type === message.type, () => `type ${message.type} is written as ${written.type}`);
    const again = parseControl(written);
    demand(
      JSON.stringify(again) === JSON.stringify(control),
      () => `${JSON.stringify(control)} comes back as ${JSON.stringify(again)}`,
    );
    const common = Math.min(written.body.length, message.body.length);
    demand(
      written.body.subarray(0, common).equals(message.body.subarray(0, common)),
      () => 'other bytes are written',
    );
    return control.kind === 'user-control' ? `event ${bucket(control.event)}` : control.kind;
  },
};

const aggregate: FuzzTarget = {
  name: 'aggregate',
  seeds: () => {
    const part = (type: number, time: number, length: number) => ({ type, time, body: pattern(length) });
    return [
      aggregateBody([part(9, 100, 30), part(8, 120, 7), part(18, 130, 12)]),
      aggregateBody([part(9, 0xffff_fff0, 1), part(8, 5, 1)]),
      aggregateBody([part(22, 0, 20), part(20, 0, 20), part(8, 0, 0)]),
      aggregateBody(Array.from({ length: 1_030 }, () => part(8, 1, 0))),
    ].map((body) => Buffer.concat([Buffer.from([0xff, 0xff, 0xff, 0]), body]));
  },
  dictionary: hexWords('08000000', '09000001', '16ffffff', 'ffffffff', '0000000b'),
  maxInputBytes: 20 * KIB,
  maxAllocatedBytes: 2 * MIB,
  mayRefuse: true,
  run: (input) => {
    const feed = new InputFeed(input);
    const timestamp = feed.u32();
    const body = feed.rest();
    const parts = splitAggregate({ type: 22, messageStreamId: 1, timestamp, body }, DEFAULT_RTMP_LIMITS);
    let bytes = 0;
    for (const part of parts) {
      bytes += part.body.length;
      demand(part.timestamp === part.timestamp >>> 0, () => `a timestamp of ${part.timestamp}`);
      demand(part.messageStreamId === 1 && part.type !== 22, () => `a part of type ${part.type}`);
    }
    demand(bytes <= body.length, () => `${bytes} bytes out of ${body.length}`);
    demand(parts.length <= DEFAULT_RTMP_LIMITS.maxAggregateMessages, () => `${parts.length} parts`);
    const rewritten = aggregateBody(
      parts.map(({ type, timestamp: time, body: each }) => ({ type, time, body: each })),
    );
    const again = splitAggregate(
      { type: 22, messageStreamId: 1, timestamp: parts[0]?.timestamp ?? 0, body: rewritten },
      DEFAULT_RTMP_LIMITS,
    );
    demand(isSameMessages(parts, again), () => 'the same parts, written again, are read differently');
    return variety(parts.map(({ type }) => type));
  },
};

export const CHUNK_TARGETS: readonly FuzzTarget[] = [
  chunkStream,
  chunkSplit,
  handshake,
  controlMessages,
  aggregate,
];
