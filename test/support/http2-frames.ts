// HTTP/2 frames and header blocks as bytes (RFC 9113), for invalid input.

/** The client's connection preface (RFC 9113 clause 3.4). */
export const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
export const FRAME = {
  data: 0,
  headers: 1,
  reset: 3,
  settings: 4,
  ping: 6,
  goaway: 7,
  continuation: 9,
} as const;
export const END_STREAM = 0x1;
export const END_HEADERS = 0x4;

/** One frame (clause 4.1). */
export function frame(
  type: number,
  flags: number,
  streamId: number,
  payload: Uint8Array = Buffer.of(),
): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(streamId, 5);
  return Buffer.concat([head, payload]);
}

/** `GET path` in HPACK without Huffman or table (RFC 7541): fields 2, 7 of the static table, 4 and 1 with a value. */
export function headerBlock(target: string): Buffer {
  return Buffer.concat([Buffer.of(0x82, 0x87), literal(4, target), literal(1, '127.0.0.1')]);
}

/** A field of the static table with another value, without indexing (RFC 7541 clause 6.2.2). */
export function literal(index: number, value: string): Buffer {
  const bytes = Buffer.from(value);
  if (bytes.length > 126) throw new Error('a longer text needs another length form');
  const name = index < 15 ? Buffer.of(index) : Buffer.of(15, index - 15);
  return Buffer.concat([name, Buffer.of(bytes.length), bytes]);
}
