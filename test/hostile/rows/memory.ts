// Rows 12, 13 and 45: connections that announce more than they send, send endless messages, or send nothing.

import { wire } from '../../cases/rtmp-wire.ts';
import {
  closed,
  connected,
  greeted,
  type HostileCase,
  type HostileRows,
  LIVES,
  publishing,
  type Step,
  stranger,
  writing,
} from '../hostile-input.ts';

const LONGEST = 0xff_ffff;
const CHUNK_BYTES = 0x1_0000;
/** Chunk streams for an attack, besides those that a publisher uses (control, commands). */
const FREE_CHUNK_STREAMS = 28;

/** Chunk streams that each announce a message and send one chunk of it. */
function announced(count: number, length: number, messageType: number, chunkBytes = 128): Buffer {
  return wire(
    ...Array.from({ length: count }, (_, at) => ({
      type: 0 as const,
      chunkStreamId: 10 + at * 13,
      messageType,
      length,
      payload: Buffer.alloc(Math.min(length, chunkBytes), 0x5a),
    })),
  );
}

const ANNOUNCED: readonly HostileCase[] = [33, 64, 300].flatMap((count) =>
  [8, 9, 18, 20, 22].flatMap((type) => [
    connected(
      `${count} messages of type ${type} announced with 16 MiB, before publishing`,
      closed('chunk_stream_limit'),
      () => announced(count, LONGEST, type),
    ),
    publishing(`${count} messages of type ${type} announced with 16 MiB`, closed('chunk_stream_limit'), () =>
      announced(count, LONGEST, type),
    ),
  ]),
);

const WITHIN: readonly HostileCase[] = [129, 0x1_0000, 0x10_0000, LONGEST].map((length) =>
  publishing(`${FREE_CHUNK_STREAMS} messages announced with ${length} bytes`, LIVES, () =>
    announced(FREE_CHUNK_STREAMS, length, 9),
  ),
);

/** Chunks of all chunk streams in turn, until `byteCount` bytes are sent and no message is complete. */
function unfinished(streamCount: number, byteCount: number): Buffer {
  const rounds = Math.floor(byteCount / streamCount / CHUNK_BYTES);
  const first = announced(streamCount, LONGEST, 9, CHUNK_BYTES);
  const next = wire(
    ...Array.from({ length: streamCount }, (_, at) => ({
      type: 3 as const,
      chunkStreamId: 10 + at * 13,
      payload: Buffer.alloc(CHUNK_BYTES, 0x5a),
    })),
  );
  return Buffer.concat([first, ...Array.from({ length: rounds - 1 }, () => next)]);
}

const MIB = 1024 * 1024;

const REALLY_SENT: readonly HostileCase[] = [
  ...[2, 8, FREE_CHUNK_STREAMS].map((count) =>
    publishing(
      `18 MiB really sent on ${count} chunk streams, no message finished`,
      closed('assembling_limit'),
      (script) =>
        Buffer.concat([
          script.control({ kind: 'set-chunk-size', chunkBytes: CHUNK_BYTES }),
          unfinished(count, 18 * MIB),
        ]),
    ),
  ),
  publishing('one message of 16 MiB, of which 15 MiB come', LIVES, (script) =>
    Buffer.concat([
      script.control({ kind: 'set-chunk-size', chunkBytes: CHUNK_BYTES }),
      unfinished(1, 15 * MIB),
    ]),
  ),
  ...[65_000, 200_000, 2 * MIB].map((byteCount) =>
    connected(`${byteCount} bytes before publishing`, closed('bytes_before_publish'), (script) =>
      Buffer.concat([
        script.control({ kind: 'set-chunk-size', chunkBytes: CHUNK_BYTES }),
        script.message({ type: 10, messageStreamId: 0, timestamp: 0, body: Buffer.alloc(byteCount) }, 9),
      ]),
    ),
  ),
  connected('3 000 pings before publishing, and more', closed('bytes_before_publish'), () =>
    Buffer.alloc(18 * 4_000, Buffer.from('020000000000060400000000000600000001', 'hex')),
  ),
];

const DEADLINE = closed('publish_deadline');
const drip = (bytes: Buffer, everyMs: number): Step => ({ kind: 'drip', bytes, everyMs });
const HELLO = Buffer.concat([Buffer.of(3), Buffer.alloc(1536)]);
const C2 = Buffer.alloc(1536);
const PING = Buffer.from('020000000000060400000000000600000001', 'hex');

const STALLED: readonly HostileCase[] = [
  stranger('nothing at all', DEADLINE),
  stranger('C0 alone', DEADLINE, Buffer.of(3)),
  stranger('half of C1', DEADLINE, HELLO.subarray(0, 700)),
  stranger('C0 and C1, then nothing', DEADLINE, HELLO),
  stranger('C0, C1 and half of C2', DEADLINE, HELLO, C2.subarray(0, 700)),
  stranger('C0, C1 and C2, then nothing', DEADLINE, HELLO, C2),
  greeted('connect, then nothing', DEADLINE, (script) => script.connect()),
  connected('connect and createStream, then nothing', DEADLINE, () => Buffer.alloc(0)),
  {
    ...stranger('one byte of C1 every 100 ms', DEADLINE),
    steps: () => [writing(Buffer.of(3)), drip(Buffer.of(0), 100)],
  },
  {
    ...stranger('a ping every 100 ms', DEADLINE),
    steps: () => [writing(HELLO), writing(C2), drip(PING, 100)],
  },
];

export const MEMORY_ROWS: HostileRows = {
  12: [...ANNOUNCED, ...WITHIN],
  13: STALLED,
  45: REALLY_SENT,
};
