// Rows 2, 18, 43, 44, 67 and 72: extreme chunk headers and control messages.

import { LEAST_CONTROL_BYTES } from '../../cases/rtmp-messages.ts';
import { pattern } from '../../cases/rtmp-splits.ts';
import { type ChunkFields, wire, wireControl } from '../../cases/rtmp-wire.ts';
import {
  closed,
  connected,
  type Ending,
  type HostileCase,
  type HostileRows,
  LIVES,
  publishing,
  writing,
} from '../hostile-input.ts';
import { VIDEO_CONFIG, videoFrame } from '../media-bytes.ts';

/** One message in one chunk of type 0, on its own chunk stream. */
function single(messageType: number, payload: Buffer, chunkStreamId = 9, messageStreamId = 1): Buffer {
  return wire({ type: 0, chunkStreamId, messageType, messageStreamId, payload });
}

const SHORT_CONTROLS: readonly HostileCase[] = LEAST_CONTROL_BYTES.flatMap(([type, leastBytes]) =>
  Array.from({ length: leastBytes }, (_, length) => length).flatMap((length) => [
    connected(`type ${type} of ${length} bytes before publishing`, closed('short_control'), () =>
      single(type, Buffer.alloc(length, 1), 2, 0),
    ),
    publishing(`type ${type} of ${length} bytes`, closed('short_control'), () =>
      single(type, Buffer.alloc(length, 1), 70, 0),
    ),
  ]),
);

/** Expected end of a short message of equal bytes, by type, while publishing. */
function endOfTiny(type: number, length: number, filler: number): Ending {
  const isControl = LEAST_CONTROL_BYTES.find(([each]) => each === type);
  if (isControl !== undefined && length < isControl[1]) return closed('short_control');
  if (type === 1) return closed('bad_chunk_size');
  if (type === 8 && length > 0) return closed('unsupported_audio_codec');
  if (type === 9 && length > 0) return closed('unsupported_video_codec');
  if (type === 22 && length > 0) return closed('truncated');
  if (type === 20) return endOfTinyCommand(length, filler);
  if (type === 17) return endOfTinyCommand(filler === 0 ? Math.max(0, length - 1) : length, filler);
  return LIVES;
}

/** Zeros begin a number of eight bytes; no AMF0 marker is 0x90. */
function endOfTinyCommand(length: number, filler: number): Ending {
  if (length === 0) return closed('bad_command');
  return closed(filler === 0 ? 'truncated' : 'amf_marker');
}

const TINY: readonly HostileCase[] = Array.from({ length: 23 }, (_, type) => type).flatMap((type) =>
  [0, 1, 2, 3, 4, 5].flatMap((length) =>
    [0, 0x90].map((filler) =>
      publishing(
        `type ${type} of ${length} bytes 0x${filler.toString(16)}`,
        endOfTiny(type, length, filler),
        () => single(type, Buffer.alloc(length, filler)),
      ),
    ),
  ),
);

const UNKNOWN_TYPES: readonly HostileCase[] = [23, 24, 31, 64, 127, 128, 254, 255].map((type) =>
  publishing(`the unknown type ${type}`, LIVES, () => single(type, pattern(100))),
);

const chunkSize = (bytes: number): ChunkFields => wireControl(1, bytes);
const ACCEPTED_SIZES = [
  1, 2, 64, 127, 128, 129, 1_000, 4_096, 65_536, 0xff_fffe, 0xff_ffff, 0x100_0000, 0x7fff_fffe, 0x7fff_ffff,
];
const REFUSED_SIZES = [0, 0x8000_0000, 0x8000_1000, 0xffff_ffff];

const CHUNK_SIZES: readonly HostileCase[] = [
  ...REFUSED_SIZES.flatMap((bytes) => [
    connected(`a chunk size of ${bytes} before publishing`, closed('bad_chunk_size'), () =>
      wire(chunkSize(bytes)),
    ),
    publishing(`a chunk size of ${bytes}`, closed('bad_chunk_size'), () => wire(chunkSize(bytes))),
  ]),
  ...ACCEPTED_SIZES.map((bytes) =>
    publishing(`a chunk size of ${bytes}, and a frame`, LIVES, (script) =>
      Buffer.concat([
        script.video(0, VIDEO_CONFIG),
        script.control({ kind: 'set-chunk-size', chunkBytes: bytes }),
        script.video(40, videoFrame(20_000)),
        // For the ping by which the gateway shows that it reads on.
        script.control({ kind: 'set-chunk-size', chunkBytes: 128 }),
      ]),
    ),
  ),
  publishing('a chunk size that changes ten thousand times', LIVES, () =>
    wire(...Array.from({ length: 10_000 }, (_, at) => chunkSize(128 + at))),
  ),
];

/** An id in a longer form than needed, or without its further bytes. */
function longForm(type: number, extra: readonly number[]): Buffer {
  const header = Buffer.from([(type << 6) | (extra.length - 1), ...extra]);
  return type === 3
    ? header
    : Buffer.concat([header, Buffer.from('0000000000010a01000000', 'hex'), Buffer.of(0)]);
}

const CHUNK_STREAM_IDS: readonly HostileCase[] = [
  ...[3, 4, 63, 64, 65, 319, 320, 321, 32_000, 65_598, 65_599].map((id) =>
    publishing(`chunk stream id ${id}`, LIVES, () => single(10, pattern(40), id)),
  ),
  ...[
    [0, 0],
    [0, 255],
    [255, 0],
    [255, 255],
  ].map((extra) => publishing(`chunk stream id written as 1 ${extra}`, LIVES, () => longForm(0, extra))),
  ...[0, 255].map((extra) =>
    publishing(`chunk stream id written as 0 ${extra}`, LIVES, () => longForm(0, [extra])),
  ),
  ...[1, 2, 3].map((type) =>
    publishing(`a chunk of type ${type} on a chunk stream never seen`, LIVES, () =>
      wire({ type: type as 1 | 2 | 3, chunkStreamId: 900, messageType: 10, payload: Buffer.alloc(0) }),
    ),
  ),
  ...[27, 28].map((count) =>
    publishing(`${count} chunk streams beside those of a publisher`, LIVES, () => streams(count)),
  ),
  ...[33, 64, 300].flatMap((count) => [
    publishing(`${count} chunk streams`, closed('chunk_stream_limit'), () => streams(count)),
    connected(`${count} chunk streams before publishing`, closed('chunk_stream_limit'), () =>
      streams(count, 97),
    ),
  ]),
];

function streams(count: number, step = 1_000): Buffer {
  return Buffer.concat(
    Array.from({ length: count }, (_, at) => single(10, Buffer.alloc(1), 10 + ((at * step) % 65_000))),
  );
}

const LONG = pattern(300, 3);
const half = (fields: Partial<ChunkFields> = {}): ChunkFields => ({
  type: 0,
  chunkStreamId: 9,
  messageType: 10,
  time: 40,
  length: 300,
  payload: LONG.subarray(0, 128),
  ...fields,
});

const MID_MESSAGE: readonly HostileCase[] = [
  ...([0, 1, 2] as const).flatMap((type) =>
    [0, 1, 300, 5_000].flatMap((length) => [
      publishing(
        `a header of type ${type} and length ${length} in the middle of a message`,
        closed('header_mid_message'),
        () =>
          wire(half(), { type, chunkStreamId: 9, messageType: 10, length, payload: LONG.subarray(0, 64) }),
      ),
    ]),
  ),
  ...([0, 1, 2, 3] as const).map((type) =>
    publishing(`Abort, then a header of type ${type}`, LIVES, () =>
      wire(
        half(),
        wireControl(2, 9),
        {
          type,
          chunkStreamId: 9,
          messageType: 10,
          length: 100,
          payload: LONG.subarray(0, type < 2 ? 100 : 128),
        },
        ...(type < 2 ? [] : [wireControl(2, 9)]),
      ),
    ),
  ),
  ...[0, 1, 2, 64, 70_000, 0x7fff_ffff, 0xffff_ffff].map((id) =>
    publishing(`Abort of chunk stream ${id}, which has no message`, LIVES, () => wire(wireControl(2, id))),
  ),
  ...[128, 150, 172, 4_096, 0x7fff_ffff].map((bytes) =>
    publishing(`a chunk size of ${bytes} in the middle of a message`, LIVES, () =>
      Buffer.concat([
        wire(half(), chunkSize(bytes), {
          type: 3,
          chunkStreamId: 9,
          payload: LONG.subarray(128, Math.min(300, 128 + bytes)),
        }),
        128 + bytes < 300
          ? wire({ type: 3, chunkStreamId: 9, payload: LONG.subarray(128 + bytes) })
          : Buffer.alloc(0),
      ]),
    ),
  ),
  ...[16, 1_000].map((count) =>
    publishing(`a message begun and aborted ${count} times`, LIVES, () =>
      wire(...Array.from({ length: count }, () => [half(), wireControl(2, 9)]).flat()),
    ),
  ),
];

const PING = 6;
const ping = (at: number): Buffer => {
  const payload = Buffer.alloc(6);
  payload.writeUInt16BE(PING, 0);
  payload.writeUInt32BE(at, 2);
  return wire({ type: 0, chunkStreamId: 2, messageType: 4, messageStreamId: 0, payload });
};
/** The answers to this many pings exceed the kernel's buffers. */
const UNREAD_PINGS = 700_000;

const FLOODS: readonly HostileCase[] = [
  ...[0, 1, 2, 1_000, 0x7fff_ffff, 0xffff_ffff].map((windowBytes) =>
    publishing(`a window of ${windowBytes} bytes, and 300 KB`, LIVES, (script) =>
      Buffer.concat([
        wire(wireControl(5, windowBytes)),
        script.control({ kind: 'set-chunk-size', chunkBytes: 65_536 }),
        script.message({ type: 10, messageStreamId: 0, timestamp: 0, body: pattern(300_000) }, 9),
      ]),
    ),
  ),
  publishing('20 000 acknowledgements', LIVES, () =>
    wire(...Array.from({ length: 20_000 }, (_, at) => wireControl(3, at * 1_000_000))),
  ),
  publishing('20 000 pings, the answers read', LIVES, () =>
    Buffer.concat(Array.from({ length: 20_000 }, (_, at) => ping(at))),
  ),
  publishing('10 000 bandwidths in turns', LIVES, () =>
    wire(...Array.from({ length: 10_000 }, (_, at) => wireControl(6, at % 2 === 0 ? 1 : 2_500_000))),
  ),
  publishing('700 000 pings, no answer read', closed('unread_replies'), () => [
    { kind: 'mute' },
    writing(Buffer.alloc(UNREAD_PINGS * ping(0).length, ping(0x5e5e_5e5e))),
  ]),
  ...[0, 1, 2, 3, 4, 7, 31, 32, 0xfffe].map((event) =>
    publishing(`the user control event ${event}`, LIVES, () => {
      const payload = Buffer.alloc(10, 0xff);
      payload.writeUInt16BE(event, 0);
      return wire({ type: 0, chunkStreamId: 2, messageType: 4, messageStreamId: 0, payload });
    }),
  ),
];

export const CHUNK_ROWS: HostileRows = {
  2: SHORT_CONTROLS,
  18: [...TINY, ...UNKNOWN_TYPES],
  43: CHUNK_SIZES,
  44: CHUNK_STREAM_IDS,
  67: FLOODS,
  72: MID_MESSAGE,
};
