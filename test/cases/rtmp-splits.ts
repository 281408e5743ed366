// The ways in which a network may cut the same bytes: whole, byte by byte, and at fixed pseudo-random places.

import { createHash } from 'node:crypto';

export type Split = { readonly name: string; readonly parts: readonly Buffer[] };

const RANDOM_SPLITS = 8;

/** Every parser test passes its bytes in each of these ways and expects the same result. */
export function splitsOf(bytes: Buffer): readonly Split[] {
  const splits: Split[] = [
    { name: 'whole', parts: [bytes] },
    { name: 'byte by byte', parts: cut(bytes, () => 1) },
  ];
  for (let seed = 1; seed <= RANDOM_SPLITS; seed += 1) {
    const random = pseudoRandom(seed);
    const longest = 1 + Math.floor(random() * Math.max(2, bytes.length / 2));
    splits.push({
      name: `random ${seed}`,
      parts: cut(bytes, () => 1 + Math.floor(random() * longest)),
    });
  }
  return splits;
}

/** Cuts into parts of the given lengths, the last one shorter; each part has its own memory. */
export function cut(bytes: Buffer, nextLength: () => number): Buffer[] {
  const parts: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const part = bytes.subarray(at, at + Math.max(1, nextLength()));
    parts.push(Buffer.from(part));
    at += part.length;
  }
  return parts;
}

/** Numbers in [0, 1) that depend only on the seed (mulberry32). */
export function pseudoRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Bytes that differ from their neighbours, so that a lost or repeated one is found. */
export function pattern(length: number, start = 0): Buffer {
  const bytes = Buffer.alloc(length);
  for (let index = 0; index < length; index += 1) bytes[index] = (start + index * 7) & 0xff;
  return bytes;
}

/** Messages or outputs with each body as its length and hash: fast to compare, short to print. */
export function comparable(items: readonly object[]): object[] {
  return items.map((item) => {
    if (!('body' in item) || !Buffer.isBuffer(item.body)) return item;
    return { ...item, body: `${item.body.length} ${createHash('sha1').update(item.body).digest('hex')}` };
  });
}
