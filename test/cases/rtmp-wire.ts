// Chunks made by hand, field by field (RTMP 1.0, clause 5.3): input for the chunk reader that does not need the chunk
// writer.

/** One chunk. Fields that its type does not have are left out. */
export type ChunkFields = {
  readonly type: 0 | 1 | 2 | 3;
  readonly chunkStreamId: number;
  /** The 24-bit field as sent, timestamp or delta. */
  readonly time?: number;
  /** The 32 bits after the header, if present. */
  readonly extendedTime?: number;
  readonly length?: number;
  readonly messageType?: number;
  readonly messageStreamId?: number;
  readonly payload?: Buffer;
};

export function wireChunk(fields: ChunkFields): Buffer {
  const { type, chunkStreamId, payload = Buffer.alloc(0) } = fields;
  const header: number[] = [];
  if (chunkStreamId < 64) header.push((type << 6) | chunkStreamId);
  else if (chunkStreamId < 320) header.push(type << 6, chunkStreamId - 64);
  else header.push((type << 6) | 1, (chunkStreamId - 64) & 0xff, (chunkStreamId - 64) >> 8);
  if (type < 3) header.push(...bigEndian(fields.time ?? 0, 3));
  if (type < 2) header.push(...bigEndian(fields.length ?? payload.length, 3), fields.messageType ?? 9);
  if (type === 0) header.push(...bigEndian(fields.messageStreamId ?? 1, 4).reverse());
  if (fields.extendedTime !== undefined) header.push(...bigEndian(fields.extendedTime, 4));
  return Buffer.concat([Buffer.from(header), payload]);
}

/** Chunks in sequence. */
export function wire(...chunks: readonly ChunkFields[]): Buffer {
  return Buffer.concat(chunks.map(wireChunk));
}

/** A protocol control message with a 32-bit body. */
export function wireControl(messageType: number, value: number): ChunkFields {
  return {
    type: 0,
    chunkStreamId: 2,
    messageType,
    messageStreamId: 0,
    payload: Buffer.from(bigEndian(value, 4)),
  };
}

function bigEndian(value: number, size: number): number[] {
  return Array.from({ length: size }, (_, index) => Math.floor(value / 256 ** (size - 1 - index)) % 256);
}
