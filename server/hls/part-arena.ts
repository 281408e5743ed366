// Memory for parts: blocks with several parts each, which are reused, because new memory costs page faults and garbage
// collection. A block returns to the pool when neither the ring nor a response needs it.

import { expire } from '../bytes/poison.ts';
import type { MemoryShare } from '../media/media-memory.ts';

/** Sizes of blocks with several parts. */
const MIN_BLOCK_BYTES = 64 * 1024;
const MAX_BLOCK_BYTES = 4 * 1024 * 1024;
/** Share of a stream's memory, because the blocks at both ends of its window are half empty. */
const MAX_BLOCK_SHARE = 1 / 16;
/** Usual parts per block. More waste memory at the ring's two ends, fewer at the end of each block. */
const PARTS_PER_BLOCK = 8;
/** A larger part, such as one with a key frame, gets its own block. */
const OWN_BLOCK_SHARE = 1 / 6;
/** The first part has a key frame; the usual part is this many times smaller. */
const FIRST_PART_RATIO = 4;
/** Smoothing of the usual size. */
const USUAL_PART_SMOOTHING = 8;
/** Block sizes per power of two: few, so that blocks of one stream fit another. Blocks of several parts may have any size. */
const SIZES_PER_OCTAVE = 8;
const SHARED_SIZES_PER_OCTAVE = 2;
/**
 * Free memory for all streams together. A stream releases a segment at once and takes as many blocks until the next: that is a
 * twelfth of its memory with windows of 12 s, in blocks of other sizes. Without enough free memory each segment costs collections.
 */
const LEAST_POOLED_BYTES = 8 * 1024 * 1024;
const POOLED_SHARE = 1 / 8;
/** A free block may be this many times as large as the wanted one. */
const MAX_OVERSIZE = 1.25;

/** Free blocks of all streams of one gateway. */
export class BlockPool {
  /** By size; the last released size comes last. */
  readonly #free = new Map<number, Buffer[]>();
  readonly #leastMaxBytes: number;
  #pooledBytes = 0;
  /** Blocks in use. */
  #takenBytes = 0;

  /** `leastMaxBytes`: limit of free memory while few blocks are in use; with 0 blocks are never used again. */
  constructor(leastMaxBytes = LEAST_POOLED_BYTES) {
    this.#leastMaxBytes = leastMaxBytes;
  }

  get pooledBytes(): number {
    return this.#pooledBytes;
  }

  /** A block of at least this size. */
  take(byteLength: number): Buffer {
    const block = this.#free.get(byteLength)?.pop() ?? this.#largerBlock(byteLength);
    this.#takenBytes += block?.length ?? byteLength;
    if (block === undefined) return Buffer.allocUnsafeSlow(byteLength);
    this.#pooledBytes -= block.length;
    return block;
  }

  /** The smallest free block that is a little larger. */
  #largerBlock(byteLength: number): Buffer | undefined {
    let best: Buffer[] | undefined;
    let bestBytes = byteLength * MAX_OVERSIZE;
    for (const [size, blocks] of this.#free) {
      if (size < byteLength || size > bestBytes || blocks.length === 0) continue;
      best = blocks;
      bestBytes = size;
    }
    return best?.pop();
  }

  /** Above the limit, sizes that were not released for the longest time are dropped. */
  give(block: Buffer): void {
    this.#takenBytes -= block.length;
    const maxBytes = this.#leastMaxBytes && Math.max(this.#leastMaxBytes, this.#takenBytes * POOLED_SHARE);
    if (block.length > maxBytes) return;
    expire(block);
    const free = this.#free.get(block.length) ?? [];
    this.#free.delete(block.length);
    this.#free.set(block.length, free);
    free.push(block);
    this.#pooledBytes += block.length;
    while (this.#pooledBytes > maxBytes) this.#dropOldest();
  }

  #dropOldest(): void {
    for (const [byteLength, blocks] of this.#free) {
      if (blocks.pop() !== undefined) {
        this.#pooledBytes -= byteLength;
        return;
      }
      this.#free.delete(byteLength);
    }
  }
}

/** A block in use. Pin it while its bytes are used over a turn of the event loop. */
export class Block {
  readonly memory: Buffer;
  used = 0;
  /** Unreleased slices; without them only readers need the block. */
  sliceCount = 0;
  readonly #onFree: (memory: Buffer) => void;
  #pins = 0;

  constructor(memory: Buffer, onFree: (memory: Buffer) => void) {
    this.memory = memory;
    this.#onFree = onFree;
  }

  pin(): void {
    this.#pins += 1;
  }

  /** The last unpin releases the memory; do not read its bytes afterwards. */
  unpin(): void {
    if (this.#pins === 0) throw new RangeError('a block was released twice');
    this.#pins -= 1;
    if (this.#pins === 0) this.#onFree(this.memory);
  }
}

/** Bytes of one part and their block. The slice has one pin until `release`. */
export type ArenaSlice = { readonly bytes: Buffer; readonly block: Block };

/** Carves one stream's parts out of blocks, in order. */
export class PartArena {
  readonly #pool: BlockPool;
  readonly #maxBlockBytes: number;
  readonly #share: MemoryShare | undefined;
  #block: Block | undefined;
  #heldBytes = 0;
  #keptBytes = 0;
  /** Approximate size of a part without a key frame. */
  #usualPart: number | undefined;

  /** `maxBytes`: limit of all parts, if known. `share` is charged for the blocks. */
  constructor(pool: BlockPool, maxBytes = Number.POSITIVE_INFINITY, share?: MemoryShare) {
    this.#pool = pool;
    this.#share = share;
    this.#maxBlockBytes = Math.min(MAX_BLOCK_BYTES, Math.max(maxBytes * MAX_BLOCK_SHARE, MIN_BLOCK_BYTES));
  }

  /** Bytes of all blocks that the ring, a response or the next part needs. */
  get heldBytes(): number {
    return this.#heldBytes;
  }

  /** Bytes of the blocks with an unreleased part or for the next part. */
  get keptBytes(): number {
    return this.#keptBytes;
  }

  /** The bytes are not cleared: the caller writes all of them. */
  allocate(byteLength: number): ArenaSlice {
    const usualPart = this.#usualPart ?? byteLength / FIRST_PART_RATIO;
    const blockBytes = Math.min(Math.max(usualPart * PARTS_PER_BLOCK, MIN_BLOCK_BYTES), this.#maxBlockBytes);
    if (byteLength > blockBytes * OWN_BLOCK_SHARE) {
      this.#usualPart = usualPart + (Math.min(byteLength, 2 * usualPart) - usualPart) / USUAL_PART_SMOOTHING;
      return slice(this.#newBlock(byteLength), byteLength);
    }
    this.#usualPart = usualPart + (byteLength - usualPart) / USUAL_PART_SMOOTHING;
    let block = this.#block;
    if (block === undefined || block.used + byteLength > block.memory.length) {
      this.close();
      block = this.#newBlock(Math.min(roundedUp(blockBytes, SHARED_SIZES_PER_OCTAVE), this.#maxBlockBytes));
      block.pin();
      this.#block = block;
    }
    return slice(block, byteLength);
  }

  release(slice: ArenaSlice): void {
    const { block } = slice;
    block.sliceCount -= 1;
    if (block.sliceCount === 0 && block !== this.#block) this.#keptBytes -= block.memory.length;
    block.unpin();
  }

  /** No more parts go into the open block. */
  close(): void {
    const block = this.#block;
    if (block === undefined) return;
    this.#block = undefined;
    if (block.sliceCount === 0) this.#keptBytes -= block.memory.length;
    block.unpin();
  }

  #newBlock(byteLength: number): Block {
    const memory = this.#pool.take(roundedUp(byteLength));
    this.#heldBytes += memory.length;
    this.#keptBytes += memory.length;
    this.#share?.set(this.#heldBytes);
    return new Block(memory, (freed) => {
      this.#heldBytes -= freed.length;
      this.#share?.set(this.#heldBytes);
      this.#pool.give(freed);
    });
  }
}

function slice(block: Block, byteLength: number): ArenaSlice {
  const bytes = block.memory.subarray(block.used, block.used + byteLength);
  block.used += byteLength;
  block.sliceCount += 1;
  block.pin();
  return { bytes, block };
}

/** The size of a block of the pool that holds so many bytes. */
export function roundedUp(byteLength: number, sizesPerOctave = SIZES_PER_OCTAVE): number {
  const octave = 2 ** Math.floor(Math.log2(byteLength));
  const step = Math.max(octave / sizesPerOctave, 1);
  return Math.ceil(byteLength / step) * step;
}
