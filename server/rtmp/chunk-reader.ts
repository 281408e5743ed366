// Chunks to messages (RTMP 1.0, clause 5.3) in one pass. Each payload byte is copied once, from the socket's buffer into
// the message's body. A header or payload that a read cuts off continues with the next read.

import { GatewayError } from '../errors.ts';
import { BodyArena, type BodySlot, emptySlot } from './body-arena.ts';
import { DEFAULT_CHUNK_BYTES, MAX_CHUNK_BYTES, MIN_CHUNK_BYTES, type RtmpLimits } from './limits.ts';
import { type Message, UNNAMED_MESSAGE_STREAM } from './message.ts';

/** Message header bytes by chunk type, without the extended timestamp (clause 5.3.1.2). */
const MESSAGE_HEADER_BYTES = [11, 7, 3, 0] as const;
/** Basic header (3), message header of type 0 (11), extended timestamp (4). */
const MAX_HEADER_BYTES = 18;
/** In the 24-bit field: the true value follows in 32 bits (clause 5.3.1.3). */
const EXTENDED = 0xff_ffff;
/** Ids that fit the one-byte basic header are looked up in an array. */
const ONE_BYTE_IDS = 64;
/** Up to this length a loop is faster than TypedArray.set, which needs a view of its source. */
const LOOP_COPY_BYTES = 32;

const NOTHING: Buffer = Buffer.alloc(0);

/** The header fields that a chunk stream keeps, and its unfinished message. */
type ChunkStream = {
  readonly basicHeaderBytes: number;
  timestamp: number;
  delta: number;
  isExtended: boolean;
  length: number;
  type: number;
  messageStreamId: number;
  readonly slot: BodySlot;
};

type ChunkReaderLimits = Pick<RtmpLimits, 'maxMessageBytes' | 'maxAssemblingBytes' | 'maxChunkStreams'>;

/**
 * Call `feed` with a buffer, then `next` until it returns undefined. After that it keeps no reference to the buffer. Bodies expire
 * at `startTurn`. The caller obeys SetChunkSize and Abort with `setChunkBytes` and `abort` before the next `next`.
 */
export class ChunkReader {
  readonly #limits: ChunkReaderLimits;
  readonly #arena: BodyArena;
  readonly #oneByteStreams: (ChunkStream | undefined)[] = new Array(ONE_BYTE_IDS).fill(undefined);
  readonly #otherStreams = new Map<number, ChunkStream>();
  #streamCount = 0;
  #chunkBytes = DEFAULT_CHUNK_BYTES;

  #input: Buffer = NOTHING;
  #offset = 0;
  #end = 0;
  /** The start of an incomplete header. */
  readonly #carry = Buffer.allocUnsafeSlow(MAX_HEADER_BYTES);
  #carried = 0;
  /** The current chunk, once its header is complete. */
  #stream: ChunkStream | undefined;
  #payloadLeft = 0;
  #chunksLeft = Number.POSITIVE_INFINITY;

  constructor(limits: ChunkReaderLimits) {
    this.#limits = limits;
    this.#arena = new BodyArena(limits);
  }

  /** Memory of unfinished messages. */
  get assemblingBytes(): number {
    return this.#arena.assemblingBytes;
  }

  /** Bytes that were fed and not read. */
  get unreadBytes(): number {
    return this.#end - this.#offset;
  }

  /** The bytes that were fed and not read; they share the fed buffer's memory. */
  get unread(): Buffer {
    return this.#input.subarray(this.#offset, this.#end);
  }

  /** Gives `bytes[start, end)` to read. Unread bytes of an earlier buffer are discarded. */
  feed(bytes: Buffer, start: number, end: number): void {
    this.#input = bytes;
    this.#offset = start;
    this.#end = end;
  }

  /** Expires the bodies of all earlier messages: their memory is used again. */
  startTurn(): void {
    this.#arena.startTurn();
  }

  /** Sets how many chunks further calls of `next` may read in all; without this call there is no limit. */
  allowChunks(count: number): void {
    this.#chunksLeft = count;
  }

  /**
   * The next whole message. Undefined when all fed bytes are read, or when the allowed chunks are used up (then
   * `unreadBytes` is not 0). The body is valid until `startTurn`.
   */
  next(): Message | undefined {
    while (this.#offset < this.#end && this.#chunksLeft > 0) {
      const stream = this.#stream ?? this.#readHeader();
      if (stream === undefined) break;
      this.#chunksLeft -= 1;
      if (!this.#readPayload(stream)) continue;
      return {
        type: stream.type,
        messageStreamId: stream.messageStreamId,
        timestamp: stream.timestamp,
        body: stream.length === 0 ? NOTHING : this.#arena.complete(stream.slot, stream.length),
      };
    }
    if (this.#offset < this.#end) return undefined;
    this.#input = NOTHING;
    this.#offset = 0;
    this.#end = 0;
    return undefined;
  }

  /** Applies SetChunkSize from the next chunk on, also within a message (clause 5.4.1). */
  setChunkBytes(chunkBytes: number): void {
    if (chunkBytes < MIN_CHUNK_BYTES || chunkBytes > MAX_CHUNK_BYTES) {
      throw new GatewayError(
        'invalid-data',
        'bad_chunk_size',
        `a chunk size of ${chunkBytes} bytes is not accepted; it must be ${MIN_CHUNK_BYTES} to ${MAX_CHUNK_BYTES}`,
      );
    }
    this.#chunkBytes = chunkBytes;
  }

  /** Applies Abort: discards the unfinished message of that chunk stream (clause 5.4.2). */
  abort(chunkStreamId: number): void {
    const stream =
      chunkStreamId < ONE_BYTE_IDS
        ? this.#oneByteStreams[chunkStreamId]
        : this.#otherStreams.get(chunkStreamId);
    if (stream !== undefined) this.#arena.release(stream.slot);
  }

  /** Reads a header that begins in this input or in the bytes kept from before; undefined if it is incomplete. */
  #readHeader(): ChunkStream | undefined {
    const before = this.#carried;
    if (before > 0) return this.#finishCarriedHeader(before);
    const size = this.#parseHeader(this.#input, this.#offset, this.#end);
    if (size > 0) {
      this.#offset += size;
      return this.#stream;
    }
    this.#carried = this.#input.copy(this.#carry, 0, this.#offset, this.#end);
    this.#offset = this.#end;
    return undefined;
  }

  #finishCarriedHeader(before: number): ChunkStream | undefined {
    const there = before + this.#input.copy(this.#carry, before, this.#offset, this.#end);
    const size = this.#parseHeader(this.#carry, 0, there);
    if (size === 0) {
      this.#carried = there;
      this.#offset = this.#end;
      return undefined;
    }
    this.#carried = 0;
    this.#offset += size - before;
    if (size < before) {
      // The bytes kept as a possible timestamp are payload: put them back in front of the input.
      const rest = this.#input.subarray(this.#offset + before - size, this.#end);
      this.feed(Buffer.concat([this.#carry.subarray(size, before), rest]), 0, before - size + rest.length);
    }
    return this.#stream;
  }

  /** Parses one chunk header; returns its size, or 0 if it is incomplete. */
  #parseHeader(bytes: Buffer, start: number, end: number): number {
    const first = bytes[start] as number;
    const chunkType = first >> 6;
    let chunkStreamId = first & 0x3f;
    let at = start + 1;
    if (chunkStreamId < 2) {
      // Clause 5.3.1.1: 0 and 1 announce one or two more bytes, the latter little-endian; both count from 64.
      const extraBytes = chunkStreamId + 1;
      if (end - at < extraBytes) return 0;
      chunkStreamId = 64 + bytes.readUIntLE(at, extraBytes);
      at += extraBytes;
    }
    const stream = this.#streamOf(chunkStreamId);
    at =
      chunkType === 3
        ? this.#parseType3(stream, bytes, at, end)
        : this.#parseTypes012(stream, bytes, at, end, chunkType);
    if (at === 0) return 0;
    this.#stream = stream;
    this.#payloadLeft = Math.min(this.#chunkBytes, stream.length - stream.slot.filled);
    return at - start;
  }

  /** Types 0 to 2 begin a message (clauses 5.3.1.2.1 to .3). Returns where the payload starts, or 0. */
  #parseTypes012(stream: ChunkStream, bytes: Buffer, at: number, end: number, chunkType: number): number {
    const headerEnd = at + (MESSAGE_HEADER_BYTES[chunkType] as number);
    if (headerEnd > end) return 0;
    const field = bytes.readUIntBE(at, 3);
    const isExtended = field === EXTENDED;
    if (isExtended && headerEnd + 4 > end) return 0;
    if (stream.slot.filled > 0) {
      throw new GatewayError(
        'invalid-data',
        'header_mid_message',
        `a chunk of type ${chunkType} begins a message while ${stream.length - stream.slot.filled} bytes of the previous one are missing`,
      );
    }
    const time = isExtended ? bytes.readUInt32BE(headerEnd) : field;
    if (chunkType < 2) {
      const length = bytes.readUIntBE(at + 3, 3);
      if (length > this.#limits.maxMessageBytes) {
        throw new GatewayError(
          'limit',
          'message_too_large',
          `a message of ${length} bytes is announced; the limit is ${this.#limits.maxMessageBytes}`,
        );
      }
      stream.length = length;
      stream.type = bytes[at + 6] as number;
    }
    if (chunkType === 0) stream.messageStreamId = bytes.readUInt32LE(at + 7);
    stream.isExtended = isExtended;
    stream.delta = time;
    stream.timestamp = chunkType === 0 ? time : (stream.timestamp + time) >>> 0;
    return isExtended ? headerEnd + 4 : headerEnd;
  }

  /**
   * Type 3 continues a message, or begins one like the last with the same delta; after a type 0 its timestamp is the
   * delta (clause 5.3.1.2.4). Returns where the payload starts, or 0.
   */
  #parseType3(stream: ChunkStream, bytes: Buffer, at: number, end: number): number {
    let payloadAt = at;
    if (stream.isExtended) {
      const repeat = repeatsTime(stream, bytes, at, end);
      if (repeat === undefined) return 0;
      if (repeat) payloadAt += 4;
    }
    if (stream.slot.filled === 0) stream.timestamp = (stream.timestamp + stream.delta) >>> 0;
    return payloadAt;
  }

  /** Copies the available bytes of the current chunk; true if they complete its message. */
  #readPayload(stream: ChunkStream): boolean {
    const { slot } = stream;
    const count = Math.min(this.#payloadLeft, this.#end - this.#offset);
    if (count > 0) {
      if (slot.filled + count > slot.capacity)
        this.#arena.reserve(slot, stream.length, count, this.#hasWhole(stream));
      copyBytes(this.#input, this.#offset, slot.memory, slot.base + slot.filled, count);
      slot.filled += count;
      this.#offset += count;
      this.#payloadLeft -= count;
    }
    if (this.#payloadLeft > 0) return false;
    this.#stream = undefined;
    return slot.filled === stream.length;
  }

  /** Whether the rest of the input has a body that begins here, if its chunks follow one another. */
  #hasWhole({ length, basicHeaderBytes, isExtended }: ChunkStream): boolean {
    const moreChunks = Math.ceil(length / this.#chunkBytes) - 1;
    const headerBytes = basicHeaderBytes + (isExtended ? 4 : 0);
    return length + moreChunks * headerBytes <= this.#end - this.#offset && moreChunks <= this.#chunksLeft;
  }

  #streamOf(chunkStreamId: number): ChunkStream {
    const known =
      chunkStreamId < ONE_BYTE_IDS
        ? this.#oneByteStreams[chunkStreamId]
        : this.#otherStreams.get(chunkStreamId);
    return known ?? this.#openStream(chunkStreamId);
  }

  /** Some encoders start with a chunk of type 1 (clause 5.3.1.2.1 requires 0): the missing fields are zero or unnamed. */
  #openStream(chunkStreamId: number): ChunkStream {
    if (this.#streamCount === this.#limits.maxChunkStreams) {
      throw new GatewayError(
        'limit',
        'chunk_stream_limit',
        `chunk stream ${chunkStreamId} exceeds the limit of ${this.#limits.maxChunkStreams} chunk streams`,
      );
    }
    const stream: ChunkStream = {
      basicHeaderBytes: chunkStreamId < 64 ? 1 : chunkStreamId < 320 ? 2 : 3,
      timestamp: 0,
      delta: 0,
      isExtended: false,
      length: 0,
      type: 0,
      messageStreamId: UNNAMED_MESSAGE_STREAM,
      slot: emptySlot(),
    };
    this.#streamCount += 1;
    if (chunkStreamId < ONE_BYTE_IDS) this.#oneByteStreams[chunkStreamId] = stream;
    else this.#otherStreams.set(chunkStreamId, stream);
    return stream;
  }
}

/**
 * Whether the extended timestamp is repeated before this type 3 chunk's payload. Clause 5.3.1.3 requires it, but
 * several encoders omit it. So it is there if the next four bytes have its value: the header's field, or the absolute time,
 * which some encoders write. Undefined while too few bytes have arrived.
 */
function repeatsTime(stream: ChunkStream, bytes: Buffer, at: number, end: number): boolean | undefined {
  const available = Math.min(4, end - at);
  if (available === 0) return undefined;
  const absolute = stream.slot.filled > 0 ? stream.timestamp : (stream.timestamp + stream.delta) >>> 0;
  const unseenRange = 2 ** (8 * (4 - available));
  const seen = bytes.readUIntBE(at, available);
  const isRepeat =
    seen === Math.floor(stream.delta / unseenRange) || seen === Math.floor(absolute / unseenRange);
  if (!isRepeat) return false;
  return available === 4 ? true : undefined;
}

function copyBytes(source: Buffer, from: number, target: Buffer, to: number, count: number): void {
  if (count > LOOP_COPY_BYTES) {
    target.set(new Uint8Array(source.buffer, source.byteOffset + from, count), to);
    return;
  }
  for (let index = 0; index < count; index += 1) target[to + index] = source[from + index] as number;
}
