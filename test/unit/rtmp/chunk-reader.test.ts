import { describe, expect, it } from 'vitest';
import { ChunkReader } from '../../../server/rtmp/chunk-reader.ts';
import { DEFAULT_RTMP_LIMITS } from '../../../server/rtmp/limits.ts';
import type { Message } from '../../../server/rtmp/message.ts';
import { BAD_CHUNK_CASES, CHUNK_CASES } from '../../cases/rtmp-chunks.ts';
import { readChunks, readChunksInto } from '../../cases/rtmp-readers.ts';
import { pattern, splitsOf } from '../../cases/rtmp-splits.ts';
import { type ChunkFields, wire } from '../../cases/rtmp-wire.ts';

const KIB = 1024;

describe('chunk reader', () => {
  it.each(CHUNK_CASES)('reads $name, however it is cut', ({ wire, messages }) => {
    const expected = messages.map(({ chunkStreamId: _, ...message }) => message);
    for (const { name, parts } of splitsOf(wire)) expect(readChunks(parts), name).toEqual(expected);
  });

  it.each(BAD_CHUNK_CASES)('refuses $name, however it is cut', ({ wire, code }) => {
    const outcomes = splitsOf(wire).map(({ parts }) => {
      const messages: Message[] = [];
      expect(() => readChunksInto(messages, parts)).toThrow(expect.objectContaining({ code }));
      return messages.length;
    });
    expect(new Set(outcomes).size).toBe(1);
  });

  it('accepts thirty-two chunk streams, whatever their ids', () => {
    const chunks = Array.from({ length: 32 }, (_, index): ChunkFields => {
      return { type: 0, chunkStreamId: 65_599 - index * 2000, payload: pattern(3) };
    });
    expect(readChunks([wire(...chunks)])).toHaveLength(32);
  });

  it('refuses a message longer than the limit as soon as its header is there', () => {
    const header = wire({ type: 0, chunkStreamId: 6, length: 1001 });
    expect(() => readChunks([header], { maxMessageBytes: 1000 })).toThrow(
      expect.objectContaining({ code: 'message_too_large' }),
    );
    expect(readChunks([header], { maxMessageBytes: 1001 })).toEqual([]);
  });

  it('reserves memory by what arrived, not by the length announced', () => {
    const reader = new ChunkReader(DEFAULT_RTMP_LIMITS);
    const chunks = Array.from({ length: 32 }, (_, index): ChunkFields => {
      return { type: 0, chunkStreamId: 3 + index, length: 0xff_ffff, payload: pattern(128) };
    });
    const bytes = wire(...chunks);
    reader.feed(bytes, 0, bytes.length);
    expect(reader.next()).toBeUndefined();
    expect(reader.assemblingBytes).toBeLessThanOrEqual(512 * KIB);
  });

  it('stops at the cap for unfinished messages when they are really sent', () => {
    const reader = new ChunkReader({ ...DEFAULT_RTMP_LIMITS, maxAssemblingBytes: 256 * KIB });
    reader.setChunkBytes(64 * KIB);
    let sent = 0;
    const send = () => {
      for (let index = 0; index < 32; index += 1) {
        const payload = pattern(64 * KIB);
        const bytes = wire({ type: 0, chunkStreamId: 3 + index, length: 0xff_ffff, payload });
        reader.feed(bytes, 0, bytes.length);
        reader.next();
        sent += payload.length;
      }
    };
    expect(send).toThrow(expect.objectContaining({ code: 'assembling_limit' }));
    expect(sent).toBe(256 * KIB);
    expect(reader.assemblingBytes).toBe(256 * KIB);
  });

  it('gives an aborted message its memory back', () => {
    const reader = new ChunkReader(DEFAULT_RTMP_LIMITS);
    const bytes = wire({ type: 0, chunkStreamId: 700, length: 0xff_ffff, payload: pattern(128) });
    reader.feed(bytes, 0, bytes.length);
    reader.next();
    expect(reader.assemblingBytes).toBeGreaterThan(0);
    reader.abort(700);
    expect(reader.assemblingBytes).toBe(0);
  });

  it('leaves what it has not read to its caller', () => {
    const reader = new ChunkReader(DEFAULT_RTMP_LIMITS);
    const bytes = wire(
      { type: 0, chunkStreamId: 6, payload: pattern(4) },
      { type: 0, chunkStreamId: 6, payload: pattern(9) },
    );
    reader.feed(bytes, 0, bytes.length);
    expect(reader.next()?.body).toEqual(pattern(4));
    expect(reader.unread).toEqual(bytes.subarray(16));
    reader.next();
    expect(reader.unread).toHaveLength(0);
  });

  it.each([10, 5_000, 60_000, 200_000])('copies a body of %i bytes out of what it is fed', (length) => {
    const reader = new ChunkReader(DEFAULT_RTMP_LIMITS);
    reader.setChunkBytes(0xff_ffff);
    const payload = pattern(length);
    const bytes = wire({ type: 0, chunkStreamId: 6, payload });
    reader.feed(bytes, 0, bytes.length);
    const body = reader.next()?.body;
    bytes.fill(0);
    expect(body?.equals(payload)).toBe(true);
    expect(body?.buffer).not.toBe(bytes.buffer);
  });
});
