// Messages to chunks (RTMP 1.0, clause 5.3), with headers as short as possible or always full.

import { ByteWriter } from '../bytes/byte-writer.ts';
import { DEFAULT_CHUNK_BYTES } from './limits.ts';
import type { Message } from './message.ts';

/** Chunk streams we write on; 2 is reserved for protocol control (clause 5.4). */
export const CHUNK_STREAM = { control: 2, command: 3, audio: 4, status: 5, video: 6, data: 8 } as const;

/** Message header bytes by chunk type, without the extended timestamp (clause 5.3.1.2). */
const MESSAGE_HEADER_BYTES = [11, 7, 3, 0] as const;
const EXTENDED = 0xff_ffff;

/** The header fields that the peer's reader knows. */
type SentHeader = {
  readonly timestamp: number;
  /** Undefined after a type 0, because peers disagree whether its timestamp is a delta. */
  readonly delta: number | undefined;
  readonly length: number;
  readonly type: number;
  readonly messageStreamId: number;
};

/** A chunk header to write. */
type HeaderPlan = {
  readonly chunkType: 0 | 1 | 2 | 3;
  /** Timestamp or delta. */
  readonly time: number;
  /** Whether `time` follows the header and is repeated in every further chunk (clause 5.3.1.3). */
  readonly isExtended: boolean;
};

/**
 * Writes messages as chunks. `full` headers are always of type 0; `short` ones save bytes with types 1 to 3.
 */
export class ChunkWriter {
  readonly #headers: 'full' | 'short';
  readonly #sent = new Map<number, SentHeader>();
  #chunkBytes = DEFAULT_CHUNK_BYTES;

  constructor(headers: 'full' | 'short') {
    this.#headers = headers;
  }

  /** Applies from the next message on; the peer must be told first (clause 5.4.1). */
  setChunkBytes(chunkBytes: number): void {
    this.#chunkBytes = chunkBytes;
  }

  /** The message as chunks on `chunkStreamId` (2 to 65599), in one new buffer. */
  write(message: Message, chunkStreamId: number): Buffer {
    const { body } = message;
    const plan = this.#plan(message, chunkStreamId);
    const continuationBytes = basicHeaderBytes(chunkStreamId) + (plan.isExtended ? 4 : 0);
    const chunkCount = Math.max(1, Math.ceil(body.length / this.#chunkBytes));
    const target = Buffer.allocUnsafe(
      MESSAGE_HEADER_BYTES[plan.chunkType] + chunkCount * continuationBytes + body.length,
    );
    const writer = new ByteWriter(target);
    writeBasicHeader(writer, plan.chunkType, chunkStreamId);
    writeMessageHeader(writer, plan, message);
    for (let from = 0; from < body.length; from += this.#chunkBytes) {
      if (from > 0) {
        writeBasicHeader(writer, 3, chunkStreamId);
        if (plan.isExtended) writer.u32(plan.time);
      }
      writer.bytes(body.subarray(from, from + this.#chunkBytes));
    }
    return target;
  }

  #plan(message: Message, chunkStreamId: number): HeaderPlan {
    const { timestamp, type, messageStreamId, body } = message;
    const last = this.#headers === 'full' ? undefined : this.#sent.get(chunkStreamId);
    const delta = last === undefined ? EXTENDED : timestamp - last.timestamp;
    // A time that goes back or jumps is written as a full timestamp, because many readers misread extended deltas.
    const isFull = last?.messageStreamId !== messageStreamId || delta < 0 || delta >= EXTENDED;
    if (this.#headers === 'short') {
      this.#sent.set(chunkStreamId, {
        timestamp,
        delta: isFull ? undefined : delta,
        length: body.length,
        type,
        messageStreamId,
      });
    }
    if (isFull) return { chunkType: 0, time: timestamp, isExtended: timestamp >= EXTENDED };
    const isSameKind = last.type === type && last.length === body.length;
    const chunkType = !isSameKind ? 1 : last.delta !== delta ? 2 : 3;
    return { chunkType, time: delta, isExtended: false };
  }
}

function basicHeaderBytes(chunkStreamId: number): number {
  if (chunkStreamId < 64) return 1;
  return chunkStreamId < 320 ? 2 : 3;
}

/** Clause 5.3.1.1: 6 bits, or 0 and a byte, or 1 and two bytes, little-endian; the longer forms count from 64. */
function writeBasicHeader(writer: ByteWriter, chunkType: number, chunkStreamId: number): void {
  const top = chunkType << 6;
  if (chunkStreamId < 64) {
    writer.u8(top | chunkStreamId);
  } else if (chunkStreamId < 320) {
    writer.u8(top);
    writer.u8(chunkStreamId - 64);
  } else {
    writer.u8(top | 1);
    writer.u8((chunkStreamId - 64) & 0xff);
    writer.u8((chunkStreamId - 64) >> 8);
  }
}

function writeMessageHeader(writer: ByteWriter, plan: HeaderPlan, message: Message): void {
  if (plan.chunkType < 3) writer.u24(plan.isExtended ? EXTENDED : plan.time);
  if (plan.chunkType < 2) {
    writer.u24(message.body.length);
    writer.u8(message.type);
  }
  if (plan.chunkType === 0) writer.u32le(message.messageStreamId);
  if (plan.isExtended) writer.u32(plan.time);
}
