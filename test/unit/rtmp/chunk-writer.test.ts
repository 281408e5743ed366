import { describe, expect, it } from 'vitest';
import { ChunkWriter } from '../../../server/rtmp/chunk-writer.ts';
import { CHUNK_CASES } from '../../cases/rtmp-chunks.ts';
import { readChunks } from '../../cases/rtmp-readers.ts';
import { pattern } from '../../cases/rtmp-splits.ts';
import { wire } from '../../cases/rtmp-wire.ts';

const message = (timestamp: number, body: Buffer) => ({ type: 9, messageStreamId: 1, timestamp, body });

describe('chunk writer', () => {
  it.each(CHUNK_CASES.filter(({ isWritten }) => isWritten))('writes $name', ({ wire, messages }) => {
    const writer = new ChunkWriter('short');
    const written = messages.map(({ chunkStreamId, ...rest }) => writer.write(rest, chunkStreamId));
    expect(Buffer.concat(written).toString('hex')).toBe(wire.toString('hex'));
  });

  it('begins every message with a type 0 where headers are to be full', () => {
    const writer = new ChunkWriter('full');
    const body = pattern(5);
    const written = [10, 20].map((timestamp) => writer.write(message(timestamp, body), 3));
    expect(Buffer.concat(written)).toEqual(
      wire(
        { type: 0, chunkStreamId: 3, time: 10, payload: body },
        { type: 0, chunkStreamId: 3, time: 20, payload: body },
      ),
    );
  });

  it('writes time that goes back, leaps, or changes its message stream with a type 0', () => {
    const writer = new ChunkWriter('short');
    const messages = [
      message(100, pattern(5)),
      message(90, pattern(5)),
      message(0x200_0000, pattern(5)),
      { ...message(0x200_0001, pattern(5)), messageStreamId: 2 },
    ];
    const written = messages.map((each) => writer.write(each, 6));
    expect(written.map((bytes) => (bytes[0] ?? 0) >> 6)).toEqual([0, 0, 0, 0]);
    expect(readChunks(written)).toEqual(messages);
  });

  it('names the delta anew behind a type 0, which gave none', () => {
    const writer = new ChunkWriter('short');
    const onStream = (messageStreamId: number, timestamp: number) => {
      return { type: 9, messageStreamId, timestamp, body: pattern(5) };
    };
    const messages = [onStream(1, 0), onStream(1, 40), onStream(2, 80), onStream(2, 120), onStream(2, 160)];
    const written = messages.map((each) => writer.write(each, 6));
    expect(written.map((bytes) => (bytes[0] ?? 0) >> 6)).toEqual([0, 2, 0, 2, 3]);
    expect(readChunks(written)).toEqual(messages);
  });

  it('cuts by the chunk size that was set', () => {
    const writer = new ChunkWriter('short');
    writer.setChunkBytes(4096);
    expect(writer.write(message(0, pattern(4096)), 6)).toHaveLength(12 + 4096);
    expect(writer.write(message(1, pattern(4097)), 6)).toHaveLength(8 + 4096 + 1 + 1);
  });
});
