import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ChunkWriter } from '../../../server/rtmp/chunk-writer.ts';
import type { Message } from '../../../server/rtmp/message.ts';
import { readChunks } from '../../cases/rtmp-readers.ts';
import { comparable, cut, pattern } from '../../cases/rtmp-splits.ts';
import { type ChunkFields, wire, wireChunk, wireControl } from '../../cases/rtmp-wire.ts';

const CHUNK_STREAM_ID = fc.constantFrom(3, 4, 63, 64, 319, 320, 65_599);
const TIMESTAMP = fc.oneof(
  fc.integer({ min: 0, max: 300 }),
  fc.constantFrom(0xff_fffe, 0xff_ffff, 0x100_0000, 0x7fff_ffff, 0x8000_0000, 0xffff_fffe, 0xffff_ffff),
  fc.integer({ min: 0, max: 0xffff_ffff }),
);
const CHUNK_BYTES = fc.constantFrom(128, 129, 1000, 4096, 65_536);
/** Types that no reader processes. */
const TYPE = fc.constantFrom(8, 9, 18, 20, 22, 99);

const MESSAGE = fc
  .record({
    chunkStreamId: CHUNK_STREAM_ID,
    type: TYPE,
    messageStreamId: fc.constantFrom(0, 1, 2, 0xffff_ffff),
    timestamp: TIMESTAMP,
    length: fc.oneof(
      fc.constantFrom(0, 1, 127, 128, 129, 256, 4096, 4097),
      fc.integer({ min: 0, max: 20_000 }),
    ),
    start: fc.integer({ min: 0, max: 255 }),
  })
  .map(({ chunkStreamId, length, start, ...rest }) => ({
    chunkStreamId,
    message: { ...rest, body: pattern(length, start) },
  }));

/** Lengths of parts, used in a cycle. */
const CUTS = fc.array(fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 70_000 })), {
  minLength: 1,
  maxLength: 20,
});

function cutBy(bytes: Buffer, lengths: readonly number[]): Buffer[] {
  let index = 0;
  return cut(bytes, () => lengths[index++ % lengths.length] ?? 1);
}

describe('chunks', () => {
  it('carry every message through writer and reader, at any chunk size and however cut', () => {
    const headers = fc.constantFrom('full' as const, 'short' as const);
    fc.assert(
      fc.property(
        fc.array(MESSAGE, { maxLength: 12 }),
        headers,
        CHUNK_BYTES,
        CUTS,
        (sent, kind, chunkBytes, cuts) => {
          const writer = new ChunkWriter(kind);
          writer.setChunkBytes(chunkBytes);
          const written = sent.map(({ message, chunkStreamId }) => writer.write(message, chunkStreamId));
          const bytes = Buffer.concat([wire(wireControl(1, chunkBytes)), ...written]);
          const received = readChunks(cutBy(bytes, cuts)).slice(1);
          expect(comparable(received)).toEqual(comparable(sent.map(({ message }) => message)));
        },
      ),
      { numRuns: 200 },
    );
  });

  it('of several streams may take turns in any way', () => {
    const turns = fc.array(fc.nat({ max: 3 }), { maxLength: 60 });
    const lengths = fc.array(fc.integer({ min: 1, max: 900 }), { minLength: 4, maxLength: 4 });
    const time = fc.constantFrom(5, 0xff_ffff, 0x1234_5678);
    fc.assert(
      fc.property(lengths, turns, time, fc.boolean(), CUTS, (bodyLengths, order, at, isRepeated, cuts) => {
        const queues = bodyLengths.map((length, index) => chunksOf(3 + index * 100, at, length, isRepeated));
        const expected: Message[] = [];
        const bytes: Buffer[] = [];
        const takeFrom = (index: number) => {
          const next = queues[index]?.shift();
          if (next === undefined) return;
          bytes.push(next);
          if (queues[index]?.length === 0) {
            const body = pattern(bodyLengths[index] ?? 0, index);
            expected.push({ type: 9, messageStreamId: 1, timestamp: at, body });
          }
        };
        for (const index of order) takeFrom(index);
        for (const index of queues.keys()) while ((queues[index]?.length ?? 0) > 0) takeFrom(index);
        expect(comparable(readChunks(cutBy(Buffer.concat(bytes), cuts)))).toEqual(comparable(expected));
      }),
      { numRuns: 300 },
    );
  });
});

/** One message in chunks of 128 bytes. The first bytes of the pattern never equal those of the timestamps. */
function chunksOf(chunkStreamId: number, at: number, length: number, isRepeated: boolean): Buffer[] {
  const body = pattern(length, Math.floor(chunkStreamId / 100));
  const isExtended = at >= 0xff_ffff;
  const extended = isExtended ? { extendedTime: at } : {};
  const chunks: ChunkFields[] = [];
  for (let from = 0; from < length; from += 128) {
    const payload = body.subarray(from, from + 128);
    const common = { chunkStreamId, payload };
    if (from === 0)
      chunks.push({ type: 0, time: isExtended ? 0xff_ffff : at, length, ...extended, ...common });
    else chunks.push({ type: 3, ...(isRepeated ? extended : {}), ...common });
  }
  return chunks.map(wireChunk);
}
