// Memory for the bodies of unfinished messages. Small bodies are carved from a slab; large ones grow as they arrive.
// Neither an announced length nor a socket's buffer determines how much memory is kept.

import { GatewayError } from '../errors.ts';
import type { RtmpLimits } from './limits.ts';

/** Slabs grow with use: a connection that never publishes costs 4 KiB. */
const FIRST_SLAB_BYTES = 4 * 1024;
/** About 12 video messages of a 4 Mbit/s stream: few allocations, and a body that is kept long pins little memory. */
const MAX_SLAB_BYTES = 256 * 1024;
/** A slab holds at least four bodies, so the largest carved body has 64 KiB. */
const BODIES_PER_SLAB = 4;
/** First size of a growing body: 32 large announced messages use half a MiB. */
const FIRST_STEP_BYTES = 16 * 1024;

const NO_MEMORY = Buffer.alloc(0);

/** The unfinished body of one chunk stream, written by the arena. */
export type BodySlot = {
  memory: Buffer;
  /** Where in `memory` the body begins. */
  base: number;
  /** Bytes of `memory` that belong to this body. */
  capacity: number;
  /** Bytes of the body that have arrived. */
  filled: number;
};

export function emptySlot(): BodySlot {
  return { memory: NO_MEMORY, base: 0, capacity: 0, filled: 0 };
}

/** Gives memory to slots; one per connection. */
export class BodyArena {
  readonly #limits: Pick<RtmpLimits, 'maxAssemblingBytes'>;
  #slab: Buffer = NO_MEMORY;
  #slabUsed = 0;
  #nextSlabBytes = FIRST_SLAB_BYTES;
  #largestCompleted = 0;
  #assemblingBytes = 0;

  constructor(limits: Pick<RtmpLimits, 'maxAssemblingBytes'>) {
    this.#limits = limits;
  }

  /** Memory of all unfinished bodies. */
  get assemblingBytes(): number {
    return this.#assemblingBytes;
  }

  /** Makes room for `count` more bytes of a body announced as `length` bytes long. */
  reserve(slot: BodySlot, length: number, count: number): void {
    if (slot.capacity === 0 && length <= this.#nextSlabBytes / BODIES_PER_SLAB) {
      this.#charge(length);
      this.#carve(slot, length);
      return;
    }
    this.#grow(slot, length, slot.filled + count);
  }

  /** Takes the finished body out of its slot. It is `length` bytes long and full. */
  complete(slot: BodySlot, length: number): Buffer {
    const { memory, base } = slot;
    if (length > this.#largestCompleted) {
      this.#largestCompleted = length;
      // The next slab is large enough for more bodies of this length.
      const wished = Math.max(this.#nextSlabBytes, BODIES_PER_SLAB * length);
      this.#nextSlabBytes = Math.min(wished, MAX_SLAB_BYTES);
    }
    this.release(slot);
    return memory.length === length ? memory : memory.subarray(base, base + length);
  }

  /** Forgets what the slot holds. */
  release(slot: BodySlot): void {
    this.#assemblingBytes -= slot.capacity;
    slot.memory = NO_MEMORY;
    slot.base = 0;
    slot.capacity = 0;
    slot.filled = 0;
  }

  #carve(slot: BodySlot, length: number): void {
    if (this.#slab.length - this.#slabUsed < length) {
      this.#slab = Buffer.allocUnsafeSlow(this.#nextSlabBytes);
      this.#slabUsed = 0;
      this.#nextSlabBytes = Math.min(2 * this.#nextSlabBytes, MAX_SLAB_BYTES);
    }
    slot.memory = this.#slab;
    slot.base = this.#slabUsed;
    slot.capacity = length;
    this.#slabUsed += length;
  }

  /** Doubles the received size, or starts at the size of earlier bodies, within the limit for all bodies. */
  #grow(slot: BodySlot, length: number, needed: number): void {
    const room = slot.capacity + this.#limits.maxAssemblingBytes - this.#assemblingBytes;
    const first = Math.max(FIRST_STEP_BYTES, this.#largestCompleted);
    const wished = slot.capacity === 0 ? first : 2 * slot.capacity;
    const capacity = Math.max(needed, Math.min(length, wished, room));
    this.#charge(capacity - slot.capacity);
    const memory = Buffer.allocUnsafeSlow(capacity);
    slot.memory.copy(memory, 0, slot.base, slot.base + slot.filled);
    slot.memory = memory;
    slot.base = 0;
    slot.capacity = capacity;
  }

  #charge(byteCount: number): void {
    if (this.#assemblingBytes + byteCount > this.#limits.maxAssemblingBytes) {
      throw new GatewayError(
        'limit',
        'assembling_limit',
        `unfinished messages would need ${this.#assemblingBytes + byteCount} bytes; the limit is ${this.#limits.maxAssemblingBytes}`,
      );
    }
    this.#assemblingBytes += byteCount;
  }
}
