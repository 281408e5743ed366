// Memory for parts: blocks that hold several parts each and are used again, because fresh memory costs page faults
// and garbage collection. A block goes back to the pool when neither the ring nor a response needs it any more.

/** Blocks are sized in powers of two, so that those of one stream fit another. */
const MIN_BLOCK_BYTES = 64 * 1024;
const MAX_BLOCK_BYTES = 4 * 1024 * 1024;
/** Parts a block should hold: more wastes memory at the ring's two ends, fewer at the end of each block. */
const PARTS_PER_BLOCK = 8;
/** Free memory kept for reuse by all streams together; beyond it the garbage collector has it. */
const MAX_POOLED_BYTES = 64 * 1024 * 1024;

/** Free blocks of all streams of one gateway. */
export class BlockPool {
  readonly #free = new Map<number, Buffer[]>();
  #pooledBytes = 0;

  get pooledBytes(): number {
    return this.#pooledBytes;
  }

  take(byteLength: number): Buffer {
    const block = this.#free.get(byteLength)?.pop();
    if (block === undefined) return Buffer.allocUnsafeSlow(byteLength);
    this.#pooledBytes -= byteLength;
    return block;
  }

  give(block: Buffer): void {
    if (this.#pooledBytes + block.length > MAX_POOLED_BYTES) return;
    const free = this.#free.get(block.length);
    if (free === undefined) this.#free.set(block.length, [block]);
    else free.push(block);
    this.#pooledBytes += block.length;
  }
}

/** A block in use. Whoever hands out its bytes across an event-loop turn pins it meanwhile. */
export class Block {
  readonly memory: Buffer;
  used = 0;
  readonly #pool: BlockPool;
  #pins = 0;

  constructor(pool: BlockPool, byteLength: number) {
    this.#pool = pool;
    this.memory = pool.take(byteLength);
  }

  pin(): void {
    this.#pins += 1;
  }

  /** The last unpin gives the memory back: its bytes are not to be read after it. */
  unpin(): void {
    this.#pins -= 1;
    if (this.#pins === 0) this.#pool.give(this.memory);
  }
}

/** Bytes of one part and the block they lie in. The slice holds one pin of its own until `release`. */
export type ArenaSlice = { readonly bytes: Buffer; readonly block: Block };

/** Carves one stream's parts out of blocks, in order. */
export class PartArena {
  readonly #pool: BlockPool;
  #block: Block | undefined;
  #heldBytes = 0;

  constructor(pool: BlockPool) {
    this.#pool = pool;
  }

  /** Bytes of all blocks that still hold a part of this arena, full or not. */
  get heldBytes(): number {
    return this.#heldBytes;
  }

  allocate(byteLength: number): ArenaSlice {
    let block = this.#block;
    if (block === undefined || block.used + byteLength > block.memory.length) {
      this.close();
      block = new Block(this.#pool, blockBytes(byteLength));
      block.pin();
      this.#block = block;
    }
    const bytes = block.memory.subarray(block.used, block.used + byteLength);
    block.used += byteLength;
    block.pin();
    this.#heldBytes += byteLength;
    return { bytes, block };
  }

  release(slice: ArenaSlice): void {
    this.#heldBytes -= slice.bytes.length;
    slice.block.unpin();
  }

  /** No more parts go into the open block. */
  close(): void {
    this.#block?.unpin();
    this.#block = undefined;
  }
}

function blockBytes(partBytes: number): number {
  const wanted = 2 ** Math.ceil(Math.log2(partBytes * PARTS_PER_BLOCK));
  return Math.max(Math.min(Math.max(wanted, MIN_BLOCK_BYTES), MAX_BLOCK_BYTES), partBytes);
}
