// Memory for samples that wait for the end of their part. Their data is copied out of the messages, which expire, into blocks of
// the pool. The blocks go back when the part is written.

import { freeBytes } from '../bytes/free-bytes.ts';
import { expire } from '../bytes/poison.ts';
import { SAMPLE_OVERHEAD_BYTES } from '../media/media-memory.ts';
import { BLOCK_BYTES, type BlockPool } from './part-arena.ts';

/** A larger sample, such as the key frame of a large picture, gets memory of its own. */
const OWN_MEMORY_BYTES = BLOCK_BYTES;

export class SampleMemory {
  readonly #pool: BlockPool;
  #blocks: Buffer[] = [];
  /** Large samples. */
  #own: Buffer[] = [];
  #used = 0;
  #keptBytes = 0;
  #keptCount = 0;
  #ownBytes = 0;

  constructor(pool: BlockPool) {
    this.#pool = pool;
  }

  /** Copied bytes since `renew`, whether they are still needed or not. */
  get keptBytes(): number {
    return this.#keptBytes;
  }

  /** What is taken from the system: whole blocks, and the objects of the samples. */
  get usedBytes(): number {
    return this.#blocks.length * BLOCK_BYTES + this.#ownBytes + this.#keptCount * SAMPLE_OVERHEAD_BYTES;
  }

  /** A copy of the data, valid until `renew` or `release`. */
  keep(data: Uint8Array): Buffer {
    const { length } = data;
    this.#keptBytes += length;
    this.#keptCount += 1;
    if (length > OWN_MEMORY_BYTES) {
      const own = Buffer.allocUnsafeSlow(length);
      own.set(data);
      this.#own.push(own);
      this.#ownBytes += length;
      return own;
    }
    let block = this.#blocks.at(-1);
    if (block === undefined || this.#used + length > block.length) {
      block = this.#pool.take();
      this.#blocks.push(block);
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
    const own = this.#own;
    this.#blocks = [];
    this.#own = [];
    this.#keptBytes = 0;
    this.#keptCount = 0;
    this.#ownBytes = 0;
    copy();
    for (const block of blocks) this.#pool.give(block);
    for (const memory of own) {
      expire(memory);
      freeBytes(memory);
    }
  }

  /** Everything expires. */
  release(): void {
    this.renew(() => {});
  }
}
