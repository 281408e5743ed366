// Memory for parts: blocks of one size that are used again, because new memory costs page faults and garbage collection. Parts
// follow one another through the blocks, and a part may cross from one block into the next. A block returns to the pool when neither
// the ring nor a response needs it.

import { freeBytes } from '../bytes/free-bytes.ts';
import { expire } from '../bytes/poison.ts';
import type { MemoryShare } from '../media/media-memory.ts';

/**
 * One size, so that a block of any stream fits every other. A stream has at most two blocks that are partly unused: the one that is
 * written, and the oldest.
 */
export const BLOCK_BYTES = 256 * 1024;
/**
 * Blocks are allocated together, because the engine takes new memory for future garbage: each region causes a collection. The pages
 * of a region cost nothing before they are written, but they count for limits of the system. So large regions come when much is in
 * use; and sizes are few, so that the hole that a region leaves fits the next. All but the first are more than 32 MiB: glibc maps such
 * memory alone, whatever was freed before (M_MMAP_THRESHOLD in mallopt(3)), and so a region goes back to the system as a whole.
 * What is below that lies in the heap, where one small object keeps everything before it. To free the largest takes about 12 ms. Numbers are blocks.
 */
const REGIONS = [
  { whenMoreThan: 2112, blockCount: 528 },
  { whenMoreThan: 132, blockCount: 132 },
] as const;
const LEAST_REGION_BLOCKS = 4;
/** Free memory for all streams together. A stream releases a segment at once and takes as many blocks until the next. */
const LEAST_FREE_BYTES = 1024 * 1024;
const FREE_SHARE = 1 / 8;

/** Blocks that are allocated together, and go together. */
type Region = {
  readonly memory: Buffer;
  readonly blockCount: number;
  readonly free: Buffer[];
};

/** Blocks of all streams of one gateway. */
export class BlockPool {
  /** Oldest first. Blocks are taken from the oldest, so that the newest become free when less is in use. */
  readonly #regions = new Map<ArrayBufferLike, Region>();
  readonly #leastFreeBytes: number;
  #freeCount = 0;
  #takenCount = 0;

  /** `leastFreeBytes` are kept free, even if few blocks are in use; with 0 blocks are never used again. */
  constructor(leastFreeBytes = LEAST_FREE_BYTES) {
    this.#leastFreeBytes = leastFreeBytes;
  }

  /** Memory of free blocks. */
  get pooledBytes(): number {
    return this.#freeCount * BLOCK_BYTES;
  }

  /** A block; its bytes are not cleared. */
  take(): Buffer {
    if (this.#leastFreeBytes === 0) return Buffer.allocUnsafeSlow(BLOCK_BYTES);
    this.#takenCount += 1;
    if (this.#freeCount === 0) this.#addRegion();
    this.#freeCount -= 1;
    for (const { free } of this.#regions.values()) {
      const block = free.pop();
      if (block !== undefined) return block;
    }
    throw new RangeError('the count of free blocks is wrong');
  }

  give(block: Buffer): void {
    const region = this.#regions.get(block.buffer);
    if (region === undefined) return;
    expire(block);
    this.#takenCount -= 1;
    this.#freeCount += 1;
    region.free.push(block);
    if (region.free.length === region.blockCount) this.#dropFreeRegions();
  }

  #addRegion(): void {
    const region = REGIONS.find(({ whenMoreThan }) => this.#takenCount > whenMoreThan);
    const blockCount = region?.blockCount ?? LEAST_REGION_BLOCKS;
    const memory = Buffer.allocUnsafeSlow(blockCount * BLOCK_BYTES);
    const { buffer } = memory;
    const free = Array.from({ length: blockCount }, (_, at) =>
      Buffer.from(buffer, at * BLOCK_BYTES, BLOCK_BYTES),
    );
    this.#regions.set(buffer, { memory, blockCount, free });
    this.#freeCount += blockCount;
  }

  /**
   * Returns memory that is not needed, as far as whole regions are free. As rings turn over, all blocks move into the oldest regions.
   * Smaller regions go last: blocks that turn over would stay in a larger one without them. So the newest are always the largest.
   */
  #dropFreeRegions(): void {
    const least = Math.max(this.#leastFreeBytes, this.#takenCount * BLOCK_BYTES * FREE_SHARE) / BLOCK_BYTES;
    const newestFirst = [...this.#regions.values()].reverse();
    let leastKept = 0;
    for (const { memory, free, blockCount } of newestFirst) {
      if (blockCount < leastKept) return;
      if (free.length < blockCount || this.#freeCount - blockCount < least) {
        leastKept = blockCount;
        continue;
      }
      this.#regions.delete(memory.buffer);
      this.#freeCount -= blockCount;
      // At once: an idle process collects nothing for minutes. Nobody reads a free block.
      freeBytes(memory);
    }
  }
}

/** A block in use. Pin it while its bytes are used over a turn of the event loop. */
export class Block {
  readonly memory: Buffer;
  used = 0;
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

/** Bytes of a part in one block. The slice has one pin until `release`. */
export type ArenaSlice = { readonly bytes: Buffer; readonly block: Block };

/** Carves one stream's parts out of blocks, in order. */
export class PartArena {
  readonly #pool: BlockPool;
  readonly #share: MemoryShare | undefined;
  readonly #onFree: (memory: Buffer) => void;
  #block: Block | undefined;
  #heldBytes = 0;

  /** `share` is charged for the blocks. */
  constructor(pool: BlockPool, share?: MemoryShare) {
    this.#pool = pool;
    this.#share = share;
    this.#onFree = (memory) => {
      this.#heldBytes -= memory.length;
      this.#share?.set(this.#heldBytes);
      this.#pool.give(memory);
    };
  }

  /** Bytes of all blocks that the ring, a response or the next part needs. */
  get heldBytes(): number {
    return this.#heldBytes;
  }

  /** Memory of `byteLength` bytes, in order. The bytes are not cleared: the caller writes all of them. */
  allocate(byteLength: number): readonly ArenaSlice[] {
    const slices: ArenaSlice[] = [];
    for (let left = byteLength; left > 0; ) {
      const block = this.#openBlock();
      const count = Math.min(left, block.memory.length - block.used);
      slices.push(slice(block, count));
      left -= count;
    }
    return slices;
  }

  release(slices: readonly ArenaSlice[]): void {
    for (const { block } of slices) block.unpin();
  }

  /** No more parts go into the open block. */
  close(): void {
    const block = this.#block;
    this.#block = undefined;
    block?.unpin();
  }

  /** A block with room, pinned as long as more parts may go into it. */
  #openBlock(): Block {
    const open = this.#block;
    if (open !== undefined && open.used < open.memory.length) return open;
    this.close();
    const block = new Block(this.#pool.take(), this.#onFree);
    this.#heldBytes += block.memory.length;
    this.#share?.set(this.#heldBytes);
    block.pin();
    this.#block = block;
    return block;
  }
}

/** Neighbours in one block become one slice: a segment has as many as blocks. The pins are those of `slices`. */
export function joinSlices(slices: readonly ArenaSlice[]): readonly ArenaSlice[] {
  const joined: ArenaSlice[] = [];
  for (const next of slices) {
    const last = joined.at(-1);
    const isNeighbour =
      last?.block === next.block && last.bytes.byteOffset + last.bytes.length === next.bytes.byteOffset;
    if (!isNeighbour) {
      joined.push(next);
      continue;
    }
    const { block, bytes } = last;
    const start = bytes.byteOffset - block.memory.byteOffset;
    const end = start + bytes.length + next.bytes.length;
    joined[joined.length - 1] = { block, bytes: block.memory.subarray(start, end) };
  }
  return joined;
}

function slice(block: Block, byteLength: number): ArenaSlice {
  const bytes = block.memory.subarray(block.used, block.used + byteLength);
  block.used += byteLength;
  block.pin();
  return { bytes, block };
}
