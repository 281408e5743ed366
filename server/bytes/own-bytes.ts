// Bytes to keep for long. Message bodies share slabs (rtmp/body-arena.ts), so keeping one body keeps its whole slab.

/** `data` if it shares its memory with nothing, else a copy. */
export function ownBytes(data: Buffer): Buffer {
  return data.length === data.buffer.byteLength ? data : Buffer.from(data);
}
