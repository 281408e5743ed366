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
 * Blocks are allocated together, because the engine takes new memory for future garbage and collects after each 10 MB. A chunk is
 * this share of the memory in use. Its pages cost nothing before they are written.
 */
const CHUNK_SHARE = 1 / 4;
const MIN_CHUNK_BLOCKS = 4;
const MAX_CHUNK_BLOCKS = 256;
/** Free memory for all streams together. A stream releases a segment at once and takes as many blocks until the next. */
const LEAST_FREE_BYTES = 8 * 1024 * 1024;
const FREE_SHARE = 1 / 8;

/** Blocks that are allocated together, and go together. */
type Chunk = {
  readonly memory: Buffer;
  readonly blockCount: number;
  readonly free: Buffer[];
};

/** Blocks of all streams of one gateway. */
export class BlockPool {
  /** Oldest first. Blocks are taken from the oldest, so that the newest become free when less is in use. */
  readonly #chunks = new Map<ArrayBufferLike, Chunk>();
  readonly #leastFreeBytes: number;
  #freeCount = 0;
  #takenCount = 0;

  /** `leastFreeBytes`: limit of free memory while few blocks are in use; with 0 blocks are never used again. */
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
    if (this.#freeCount === 0) this.#addChunk();
    this.#freeCount -= 1;
    for (const { free } of this.#chunks.values()) {
      const block = free.pop();
      if (block !== undefined) return block;
    }
    throw new RangeError('the count of free blocks is wrong');
  }

  give(block: Buffer): void {
    const chunk = this.#chunks.get(block.buffer);
    if (chunk === undefined) return;
    expire(block);
    this.#takenCount -= 1;
    this.#freeCount += 1;
    chunk.free.push(block);
    if (chunk.free.length === chunk.blockCount) this.#dropFreeChunks();
  }

  /** Blocks of a new chunk. */
  get #chunkBlocks(): number {
    const share = Math.floor(this.#takenCount * CHUNK_SHARE);
    return Math.min(Math.max(share, MIN_CHUNK_BLOCKS), MAX_CHUNK_BLOCKS);
  }

  #addChunk(): void {
    const blockCount = this.#chunkBlocks;
    const memory = Buffer.allocUnsafeSlow(blockCount * BLOCK_BYTES);
    const { buffer } = memory;
    const free = Array.from({ length: blockCount }, (_, at) =>
      Buffer.from(buffer, at * BLOCK_BYTES, BLOCK_BYTES),
    );
    this.#chunks.set(buffer, { memory, blockCount, free });
    this.#freeCount += blockCount;
  }

  /**
   * Returns memory that is not needed, as far as whole chunks are free. As rings turn over, all blocks move into the oldest chunks.
   * A chunk from a time of much more media goes even if less than usual is free then.
   */
  #dropFreeChunks(): void {
    const most = Math.max(this.#leastFreeBytes, this.#takenCount * BLOCK_BYTES * FREE_SHARE) / BLOCK_BYTES;
    for (const [buffer, { memory, free, blockCount }] of [...this.#chunks].reverse()) {
      const isNeeded = this.#freeCount - blockCount < most && blockCount <= 2 * this.#chunkBlocks;
      if (free.length < blockCount || this.#freeCount <= most || isNeeded) continue;
      this.#chunks.delete(buffer);
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

function slice(block: Block, byteLength: number): ArenaSlice {
  const bytes = block.memory.subarray(block.used, block.used + byteLength);
  block.used += byteLength;
  block.pin();
  return { bytes, block };
}
