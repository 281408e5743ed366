// Positions of chunks and their header fields in a recorded RTMP session (RTMP 1.0, clause 5.3).

const HANDSHAKE_BYTES = 1 + 2 * 1536;
const DEFAULT_CHUNK_BYTES = 128;
const SET_CHUNK_SIZE = 1;
const EXTENDED = 0xff_ffff;

export type ChunkField = {
  readonly name: 'timestamp' | 'length' | 'type' | 'stream';
  readonly at: number;
  readonly width: 1 | 3 | 4;
};

export type WalkedChunk = {
  readonly start: number;
  readonly end: number;
  readonly fields: readonly ChunkField[];
  readonly messageType: number;
};

type Stream = { length: number; type: number; left: number; isExtended: boolean };

/** Chunks after the handshake, up to the first invalid one. */
export function walkChunks(bytes: Buffer): WalkedChunk[] {
  const chunks: WalkedChunk[] = [];
  const streams = new Map<number, Stream>();
  let chunkBytes = DEFAULT_CHUNK_BYTES;
  let at = HANDSHAKE_BYTES;
  while (at < bytes.length) {
    const start = at;
    const first = bytes[at] ?? 0;
    const form = first & 0x3f;
    at += form === 0 ? 2 : form === 1 ? 3 : 1;
    const id = bytes.toString('hex', start + (form < 2 ? 1 : 0), at);
    const headerType = first >> 6;
    const known = streams.get(id.length + Number.parseInt(id, 16) * 8);
    const stream = known ?? { length: 0, type: 0, left: 0, isExtended: false };
    streams.set(id.length + Number.parseInt(id, 16) * 8, stream);
    const fields: ChunkField[] = [];
    const needed = [11, 7, 3, 0][headerType] ?? 0;
    if (at + needed > bytes.length) return chunks;
    if (headerType < 3) {
      fields.push({ name: 'timestamp', at, width: 3 });
      stream.isExtended = bytes.readUIntBE(at, 3) === EXTENDED;
    }
    if (headerType < 2) {
      fields.push({ name: 'length', at: at + 3, width: 3 }, { name: 'type', at: at + 6, width: 1 });
      stream.length = bytes.readUIntBE(at + 3, 3);
      stream.type = bytes[at + 6] ?? 0;
    }
    if (headerType === 0) fields.push({ name: 'stream', at: at + 7, width: 4 });
    at += needed + (stream.isExtended ? 4 : 0);
    if (stream.left === 0) stream.left = stream.length;
    const payload = Math.min(stream.left, chunkBytes);
    stream.left -= payload;
    if (at + payload > bytes.length) return chunks;
    if (stream.type === SET_CHUNK_SIZE && payload >= 4) chunkBytes = Math.max(1, bytes.readUInt32BE(at));
    at += payload;
    chunks.push({ start, end: at, fields, messageType: stream.type });
  }
  return chunks;
}
