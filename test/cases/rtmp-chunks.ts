// Chunk streams and their messages: for the chunk reader, and for the chunk writer where it would choose the same
// headers.

import { pattern } from './rtmp-splits.ts';
import { type ChunkFields, wire, wireControl } from './rtmp-wire.ts';

export type ChunkedMessage = {
  readonly chunkStreamId: number;
  readonly type: number;
  readonly messageStreamId: number;
  readonly timestamp: number;
  readonly body: Buffer;
};

export type ChunkCase = {
  readonly name: string;
  readonly wire: Buffer;
  readonly messages: readonly ChunkedMessage[];
  /** Whether a writer with short headers, at chunk size 128, produces exactly these bytes. */
  readonly isWritten: boolean;
};

/** A fault, and the code with which it is reported. */
export type BadChunkCase = { readonly name: string; readonly wire: Buffer; readonly code: string };

const NO_ID = -1;
const EXTENDED = 0xff_ffff;
const BODY = pattern(5);
const LONG = pattern(300, 3);
const LONG_1 = LONG.subarray(0, 128);
const LONG_2 = LONG.subarray(128, 256);
const LONG_3 = LONG.subarray(256);

function video(chunkStreamId: number, timestamp: number, body: Buffer, messageStreamId = 1): ChunkedMessage {
  return { chunkStreamId, type: 9, messageStreamId, timestamp, body };
}

function audio(chunkStreamId: number, timestamp: number, body: Buffer): ChunkedMessage {
  return { chunkStreamId, type: 8, messageStreamId: 1, timestamp, body };
}

const CONTROL = (type: number, value: number): ChunkedMessage => {
  const body = Buffer.alloc(4);
  body.writeUInt32BE(value);
  return { chunkStreamId: 2, type, messageStreamId: 0, timestamp: 0, body };
};

const HEADER_TYPES: readonly ChunkCase[] = [
  {
    name: 'one message in one chunk',
    wire: wire({ type: 0, chunkStreamId: 6, time: 40, payload: BODY }),
    messages: [video(6, 40, BODY)],
    isWritten: true,
  },
  {
    name: 'headers of types 0, 1, 2 and 3, each leaving out what did not change',
    wire: wire(
      { type: 0, chunkStreamId: 6, time: 1000, payload: BODY },
      { type: 1, chunkStreamId: 6, time: 40, payload: LONG.subarray(0, 9) },
      { type: 2, chunkStreamId: 6, time: 33, payload: LONG.subarray(9, 18) },
      { type: 3, chunkStreamId: 6, payload: LONG.subarray(18, 27) },
    ),
    messages: [
      video(6, 1000, BODY),
      video(6, 1040, LONG.subarray(0, 9)),
      video(6, 1073, LONG.subarray(9, 18)),
      video(6, 1106, LONG.subarray(18, 27)),
    ],
    isWritten: true,
  },
  {
    name: 'a type 3 behind a type 0 takes its timestamp as the delta',
    wire: wire(
      { type: 0, chunkStreamId: 6, time: 23, payload: BODY },
      { type: 3, chunkStreamId: 6, payload: BODY },
    ),
    messages: [video(6, 23, BODY), video(6, 46, BODY)],
    isWritten: false,
  },
  {
    name: 'a message in three chunks',
    wire: wire(
      { type: 0, chunkStreamId: 6, time: 7, length: 300, payload: LONG_1 },
      { type: 3, chunkStreamId: 6, payload: LONG_2 },
      { type: 3, chunkStreamId: 6, payload: LONG_3 },
    ),
    messages: [video(6, 7, LONG)],
    isWritten: true,
  },
  {
    name: 'messages of length 0',
    wire: wire({ type: 0, chunkStreamId: 6, time: 7 }, { type: 1, chunkStreamId: 6, time: 1, payload: BODY }),
    messages: [video(6, 7, Buffer.alloc(0)), video(6, 8, BODY)],
    isWritten: true,
  },
  ...([1, 2, 3] as const).map((type) => firstOfType(type)),
];

/** Some encoders open a chunk stream with a header that omits fields that were never sent. */
function firstOfType(type: 1 | 2 | 3): ChunkCase {
  const payload = type === 1 ? BODY : Buffer.alloc(0);
  return {
    name: `a chunk stream whose first chunk is of type ${type}`,
    wire: wire(
      { type, chunkStreamId: 4, time: 12, messageType: 8, payload },
      { type: 0, chunkStreamId: 4, time: 20, messageType: 8, payload: BODY },
    ),
    messages: [
      {
        chunkStreamId: 4,
        type: type === 1 ? 8 : 0,
        messageStreamId: NO_ID,
        timestamp: type === 3 ? 0 : 12,
        body: payload,
      },
      audio(4, 20, BODY),
    ],
    isWritten: false,
  };
}

const BASIC_HEADERS: readonly ChunkCase[] = [2, 3, 63, 64, 319, 320, 65_599].map((id) => ({
  name: `chunk stream id ${id}`,
  wire: wire(
    { type: 0, chunkStreamId: id, time: 9, length: 300, payload: LONG_1 },
    { type: 3, chunkStreamId: id, payload: LONG_2 },
    { type: 3, chunkStreamId: id, payload: LONG_3 },
  ),
  messages: [video(id, 9, LONG)],
  isWritten: true,
}));

/** The 24-bit boundary, crossed in every form that a sender may choose (clause 5.3.1.3). */
const CROSSINGS: readonly ChunkCase[] = [true, false].flatMap((isRepeated) => {
  const word = isRepeated ? 'repeated' : 'not repeated';
  const rest = (extendedTime?: number): ChunkFields[] => {
    const repeat = isRepeated && extendedTime !== undefined ? { extendedTime } : {};
    return [
      { type: 3, chunkStreamId: 6, ...repeat, payload: LONG_2 },
      { type: 3, chunkStreamId: 6, ...repeat, payload: LONG_3 },
    ];
  };
  const before = (time: number): ChunkFields[] => [
    { type: 0, chunkStreamId: 6, time, length: 300, payload: LONG_1 },
    ...rest(),
  ];
  const extended = (type: 0 | 1 | 2 | 3, extendedTime: number): ChunkFields[] => [
    { type, chunkStreamId: 6, time: EXTENDED, extendedTime, length: 300, payload: LONG_1 },
    ...rest(extendedTime),
  ];
  const plain = (type: 1 | 2 | 3, time: number): ChunkFields[] => [
    { type, chunkStreamId: 6, time, length: 300, payload: LONG_1 },
    ...rest(),
  ];
  return [
    {
      name: `from 0xfffffe to 0x1000002 with type 0, extended time ${word}`,
      wire: wire(...before(0xff_fffe), ...extended(0, 0x100_0002)),
      messages: [video(6, 0xff_fffe, LONG), video(6, 0x100_0002, LONG)],
      isWritten: false,
    },
    {
      name: `from 0xfffffe to 0x1000002 with type 1, then type 0 with extended time ${word}`,
      wire: wire(...before(0xff_fffe), ...plain(1, 4), ...extended(0, 0x100_0006)),
      messages: [video(6, 0xff_fffe, LONG), video(6, 0x100_0002, LONG), video(6, 0x100_0006, LONG)],
      isWritten: false,
    },
    {
      name: `from 0xfffffe to 0x1000002 with type 2, behind an extended time ${word}`,
      wire: wire(...extended(0, EXTENDED), ...before(0xff_fffe), ...plain(2, 4)),
      messages: [video(6, EXTENDED, LONG), video(6, 0xff_fffe, LONG), video(6, 0x100_0002, LONG)],
      isWritten: false,
    },
    {
      name: `from 0xfffffe to 0x1000002 with type 3, then an extended delta ${word}`,
      wire: wire(...before(0xff_fffa), ...plain(2, 4), ...plain(3, 4), ...extended(2, 0x100_0000)),
      messages: [
        video(6, 0xff_fffa, LONG),
        video(6, 0xff_fffe, LONG),
        video(6, 0x100_0002, LONG),
        video(6, 0x200_0002, LONG),
      ],
      isWritten: false,
    },
    {
      name: `an extended delta of 0x1000000 for two messages, the second with type 3, ${word}`,
      wire: wire(
        ...before(5),
        ...extended(1, 0x100_0000),
        {
          type: 3,
          chunkStreamId: 6,
          ...(isRepeated ? { extendedTime: 0x100_0000 } : {}),
          payload: LONG_1,
        },
        ...rest(0x100_0000),
      ),
      messages: [video(6, 5, LONG), video(6, 0x100_0005, LONG), video(6, 0x200_0005, LONG)],
      isWritten: false,
    },
  ];
});

const OTHER_EXTENDED_TIMES: readonly ChunkCase[] = [
  {
    name: 'the least time that is extended',
    wire: wire(
      { type: 0, chunkStreamId: 6, time: EXTENDED, extendedTime: EXTENDED, length: 300, payload: LONG_1 },
      { type: 3, chunkStreamId: 6, extendedTime: EXTENDED, payload: LONG_2 },
      { type: 3, chunkStreamId: 6, extendedTime: EXTENDED, payload: LONG_3 },
      { type: 1, chunkStreamId: 6, time: 40, payload: BODY },
    ),
    messages: [video(6, EXTENDED, LONG), video(6, EXTENDED + 40, BODY)],
    isWritten: true,
  },
  {
    name: 'the absolute time repeated behind an extended delta',
    wire: wire(
      { type: 0, chunkStreamId: 6, time: 8, payload: BODY },
      { type: 1, chunkStreamId: 6, time: EXTENDED, extendedTime: 0x100_0000, length: 300, payload: LONG_1 },
      { type: 3, chunkStreamId: 6, extendedTime: 0x100_0008, payload: LONG_2 },
      { type: 3, chunkStreamId: 6, extendedTime: 0x100_0008, payload: LONG_3 },
    ),
    messages: [video(6, 8, BODY), video(6, 0x100_0008, LONG)],
    isWritten: false,
  },
  {
    name: 'an extended time not repeated before payload that begins like it',
    wire: wire(
      {
        type: 0,
        chunkStreamId: 6,
        time: EXTENDED,
        extendedTime: 0x0100_0203,
        length: 131,
        payload: LONG_1,
      },
      { type: 3, chunkStreamId: 6, payload: Buffer.from('010009', 'hex') },
      { type: 0, chunkStreamId: 4, time: 1, messageType: 8, payload: BODY },
    ),
    messages: [
      video(6, 0x0100_0203, Buffer.concat([LONG_1, Buffer.from('010009', 'hex')])),
      audio(4, 1, BODY),
    ],
    isWritten: false,
  },
  {
    name: 'one byte of payload left that is the first of the extended time, and the next header behind it',
    wire: wire(
      {
        type: 0,
        chunkStreamId: 6,
        time: EXTENDED,
        extendedTime: 0x0400_0203,
        length: 129,
        payload: LONG_1,
      },
      { type: 3, chunkStreamId: 6, payload: Buffer.of(4) },
      { type: 0, chunkStreamId: 4, time: 1, messageType: 8, payload: BODY },
    ),
    messages: [video(6, 0x0400_0203, Buffer.concat([LONG_1, Buffer.of(4)])), audio(4, 1, BODY)],
    isWritten: false,
  },
  {
    name: 'the wrap of 32 bits by a delta',
    wire: wire(
      { type: 0, chunkStreamId: 6, time: EXTENDED, extendedTime: 0xffff_fff0, payload: BODY },
      { type: 2, chunkStreamId: 6, time: 0x20, payload: BODY },
      { type: 3, chunkStreamId: 6, payload: BODY },
    ),
    messages: [video(6, 0xffff_fff0, BODY), video(6, 0x10, BODY), video(6, 0x30, BODY)],
    isWritten: false,
  },
  {
    name: 'the wrap of 32 bits by a repeated delta',
    wire: wire(
      { type: 0, chunkStreamId: 6, time: EXTENDED, extendedTime: 0xffff_ffd0, payload: BODY },
      { type: 2, chunkStreamId: 6, time: 0x20, payload: BODY },
      { type: 3, chunkStreamId: 6, payload: BODY },
    ),
    messages: [video(6, 0xffff_ffd0, BODY), video(6, 0xffff_fff0, BODY), video(6, 0x10, BODY)],
    isWritten: false,
  },
  {
    name: 'the wrap of 31 bits by a delta',
    wire: wire(
      { type: 0, chunkStreamId: 6, time: EXTENDED, extendedTime: 0x7fff_fff0, payload: BODY },
      { type: 2, chunkStreamId: 6, time: 0x20, payload: BODY },
    ),
    messages: [video(6, 0x7fff_fff0, BODY), video(6, 0x8000_0010, BODY)],
    isWritten: true,
  },
  {
    name: 'a step back, as an extended delta that wraps',
    wire: wire(
      { type: 0, chunkStreamId: 6, time: 100, payload: BODY },
      { type: 2, chunkStreamId: 6, time: EXTENDED, extendedTime: 0xffff_fff6, payload: BODY },
    ),
    messages: [video(6, 100, BODY), video(6, 90, BODY)],
    isWritten: false,
  },
];

const INTERLEAVED: readonly ChunkCase[] = [
  {
    name: 'audio and control between the chunks of a video message',
    wire: wire(
      { type: 0, chunkStreamId: 6, time: 40, length: 300, payload: LONG_1 },
      { type: 0, chunkStreamId: 4, time: 41, messageType: 8, payload: BODY },
      { type: 3, chunkStreamId: 6, payload: LONG_2 },
      wireControl(3, 77),
      { type: 2, chunkStreamId: 4, time: 21, payload: BODY },
      { type: 3, chunkStreamId: 6, payload: LONG_3 },
    ),
    messages: [audio(4, 41, BODY), CONTROL(3, 77), audio(4, 62, BODY), video(6, 40, LONG)],
    isWritten: false,
  },
  {
    name: 'two messages whose chunks take turns',
    wire: wire(
      { type: 0, chunkStreamId: 6, time: 40, length: 300, payload: LONG_1 },
      { type: 0, chunkStreamId: 4, time: 41, messageType: 8, length: 130, payload: LONG_2 },
      { type: 3, chunkStreamId: 6, payload: LONG_2 },
      { type: 3, chunkStreamId: 4, payload: BODY.subarray(0, 2) },
      { type: 3, chunkStreamId: 6, payload: LONG_3 },
    ),
    messages: [audio(4, 41, Buffer.concat([LONG_2, BODY.subarray(0, 2)])), video(6, 40, LONG)],
    isWritten: false,
  },
  {
    name: 'a chunk size that changes within a message',
    wire: wire(
      { type: 0, chunkStreamId: 6, time: 40, length: 300, payload: LONG_1 },
      wireControl(1, 150),
      { type: 3, chunkStreamId: 6, payload: LONG.subarray(128, 278) },
      wireControl(1, 0x7fff_ffff),
      { type: 3, chunkStreamId: 6, payload: LONG.subarray(278) },
      { type: 1, chunkStreamId: 6, time: 1, payload: LONG },
    ),
    messages: [CONTROL(1, 150), CONTROL(1, 0x7fff_ffff), video(6, 40, LONG), video(6, 41, LONG)],
    isWritten: false,
  },
  {
    name: 'a message aborted halfway, another one behind it, and an abort of nothing',
    wire: wire(
      { type: 0, chunkStreamId: 6, time: 40, length: 300, payload: LONG_1 },
      wireControl(2, 6),
      { type: 1, chunkStreamId: 6, time: 5, payload: BODY },
      wireControl(2, 6),
      wireControl(2, 70_000),
    ),
    messages: [CONTROL(2, 6), video(6, 45, BODY), CONTROL(2, 6), CONTROL(2, 70_000)],
    isWritten: false,
  },
];

export const CHUNK_CASES: readonly ChunkCase[] = [
  ...HEADER_TYPES,
  ...BASIC_HEADERS,
  ...CROSSINGS,
  ...OTHER_EXTENDED_TIMES,
  ...INTERLEAVED,
];

export const BAD_CHUNK_CASES: readonly BadChunkCase[] = [
  ...([0, 1, 2] as const).map((type) => ({
    name: `a header of type ${type} in the middle of a message`,
    wire: wire(
      { type: 0, chunkStreamId: 6, time: 40, length: 300, payload: LONG_1 },
      { type, chunkStreamId: 6, time: 40, length: 300, payload: LONG_2 },
    ),
    code: 'header_mid_message',
  })),
  ...[0, 0x8000_0000, 0xffff_ffff].map((chunkBytes) => ({
    name: `a chunk size of ${chunkBytes}`,
    wire: wire(wireControl(1, chunkBytes)),
    code: 'bad_chunk_size',
  })),
  {
    name: 'a thirty-third chunk stream',
    wire: wire(
      ...Array.from({ length: 33 }, (_, index) => ({
        type: 0 as const,
        chunkStreamId: 3 + index * 1000,
        payload: BODY,
      })),
    ),
    code: 'chunk_stream_limit',
  },
];
