// Memory for samples that wait for the end of their part. Their data is copied out of the messages, which expire, into blocks of
// the pool. The blocks go back when the part is written.

import { type BlockPool, roundedUp } from './part-arena.ts';

/** Blocks grow with use: a stream of sound alone needs little. The largest holds a part of 200 ms at 5 Mbit/s. */
const FIRST_BLOCK_BYTES = 16 * 1024;
const MAX_BLOCK_BYTES = 128 * 1024;
/** A larger sample, such as a key frame, gets its own block. */
const OWN_BLOCK_SHARE = 1 / 4;
/** Few sizes: the blocks are needed for a moment only. */
const SIZES_PER_OCTAVE = 1;

export class SampleMemory {
  readonly #pool: BlockPool;
  #blocks: Buffer[] = [];
  #block: Buffer | undefined;
  #used = 0;
  #nextBlockBytes = FIRST_BLOCK_BYTES;
  #keptBytes = 0;

  constructor(pool: BlockPool) {
    this.#pool = pool;
  }

  /** Copied bytes since `renew`, whether they are still needed or not. */
  get keptBytes(): number {
    return this.#keptBytes;
  }

  /** A copy of the data, valid until `renew` or `release`. */
  keep(data: Uint8Array): Buffer {
    const { length } = data;
    this.#keptBytes += length;
    if (length > MAX_BLOCK_BYTES * OWN_BLOCK_SHARE) {
      const own = this.#take(length);
      own.set(data);
      return own.subarray(0, length);
    }
    let block = this.#block;
    if (block === undefined || this.#used + length > block.length) {
      if (block !== undefined) this.#nextBlockBytes = Math.min(2 * this.#nextBlockBytes, MAX_BLOCK_BYTES);
      block = this.#take(Math.max(this.#nextBlockBytes, length));
      this.#block = block;
      this.#used = 0;
    }
    const start = this.#used;
    this.#used += length;
    block.set(data, start);
    return block.subarray(start, start + length);
  }

  /** Starts again with empty blocks. `copy` keeps again what is still needed; everything else expires. */
  renew(copy: () => void): void {
    const blocks = this.#blocks;
    this.#blocks = [];
    this.#block = undefined;
    this.#keptBytes = 0;
    copy();
    for (const block of blocks) this.#pool.give(block);
  }

  /** Everything expires. */
  release(): void {
    this.renew(() => {});
  }

  #take(byteLength: number): Buffer {
    const block = this.#pool.take(roundedUp(byteLength, SIZES_PER_OCTAVE));
    this.#blocks.push(block);
    return block;
  }
}
