// Bytes that are kept: message bodies share slabs with others (rtmp/body-arena.ts), and one that is kept keeps all of its slab.

/** `data` itself where it has its memory for itself, else a copy of it. */
export function ownBytes(data: Buffer): Buffer {
  return data.length === data.buffer.byteLength ? data : Buffer.from(data);
}
