// Memory for the bodies of messages. A finished body is valid until the next turn: code that needs it longer copies it. So its memory
// is used again, and nothing waits for a garbage collection. An announced length does not determine how much memory is kept.

import { freeBytes } from '../bytes/free-bytes.ts';
import { expire } from '../bytes/poison.ts';
import { GatewayError } from '../errors.ts';
import type { RtmpLimits } from './limits.ts';

/** The slab grows with use: a connection that never publishes costs 4 KiB. */
const FIRST_SLAB_BYTES = 4 * 1024;
/** One socket read: the slab holds only bodies that one turn receives as a whole. */
const MAX_SLAB_BYTES = 64 * 1024;
/** A read cuts off one body, which then needs memory of its own. Up to this size it is kept for the next one. */
const MAX_SPARE_BYTES = 64 * 1024;
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
  /** `memory` has no other body. */
  isAlone: boolean;
};

export function emptySlot(): BodySlot {
  return { memory: NO_MEMORY, base: 0, capacity: 0, filled: 0, isAlone: false };
}

/** Gives memory to slots; one per connection. */
export class BodyArena {
  readonly #limits: Pick<RtmpLimits, 'maxAssemblingBytes'>;
  #slab: Buffer = NO_MEMORY;
  #slabUsed = 0;
  #slabBytes = FIRST_SLAB_BYTES;
  /** Slots that got memory of the slab in this turn; most are finished. A list, because a set makes garbage for each body. */
  readonly #carved: BodySlot[] = [];
  /** Finished bodies of this turn that have memory of their own. */
  readonly #finished: Buffer[] = [];
  /** Memory of an earlier body, for the next one that a read cuts off. */
  #spare: Buffer = NO_MEMORY;
  #largestCompleted = 0;
  #assemblingBytes = 0;

  constructor(limits: Pick<RtmpLimits, 'maxAssemblingBytes'>) {
    this.#limits = limits;
  }

  /** Memory of all unfinished bodies. */
  get assemblingBytes(): number {
    return this.#assemblingBytes;
  }

  /** The bodies that were finished before have expired. */
  startTurn(): void {
    for (const memory of this.#finished) this.#putAside(memory);
    this.#finished.length = 0;
    for (const slot of this.#carved) if (slot.capacity > 0 && !slot.isAlone) this.#move(slot, slot.capacity);
    this.#carved.length = 0;
    if (this.#slabUsed === 0) return;
    expire(this.#slab.subarray(0, this.#slabUsed));
    this.#slabUsed = 0;
  }

  /** Makes room for `count` more bytes of a body of `length` bytes. `isWhole`: the rest was received too. */
  reserve(slot: BodySlot, length: number, count: number, isWhole: boolean): void {
    if (isWhole && slot.capacity === 0 && this.#hasRoom(length)) this.#carve(slot, length);
    else this.#grow(slot, length, slot.filled + count);
  }

  /** Takes the finished body out of its slot. It is `length` bytes long and full. */
  complete(slot: BodySlot, length: number): Buffer {
    const { memory, base } = slot;
    if (length > this.#largestCompleted) this.#largestCompleted = length;
    if (slot.isAlone) this.#finished.push(memory);
    this.#empty(slot);
    return memory.length === length ? memory : memory.subarray(base, base + length);
  }

  /** Forgets what the slot holds. */
  release(slot: BodySlot): void {
    if (slot.isAlone) this.#putAside(slot.memory);
    this.#empty(slot);
  }

  #empty(slot: BodySlot): void {
    this.#assemblingBytes -= slot.capacity;
    slot.memory = NO_MEMORY;
    slot.base = 0;
    slot.capacity = 0;
    slot.filled = 0;
    slot.isAlone = false;
  }

  /** A slab that is too small is replaced while no body is in it. */
  #hasRoom(length: number): boolean {
    if (this.#slabUsed + length <= this.#slab.length) return true;
    if (length > MAX_SLAB_BYTES) return false;
    while (this.#slabBytes < this.#slabUsed + length && this.#slabBytes < MAX_SLAB_BYTES)
      this.#slabBytes *= 2;
    if (this.#slabUsed > 0) return false;
    this.#slab = Buffer.allocUnsafeSlow(this.#slabBytes);
    return true;
  }

  #carve(slot: BodySlot, length: number): void {
    this.#charge(length);
    slot.memory = this.#slab;
    slot.base = this.#slabUsed;
    slot.capacity = length;
    this.#slabUsed += length;
    this.#carved.push(slot);
  }

  /** Doubles the received size, or starts at the size of earlier bodies, within the limit for all bodies. */
  #grow(slot: BodySlot, length: number, needed: number): void {
    const room = slot.capacity + this.#limits.maxAssemblingBytes - this.#assemblingBytes;
    const first = Math.max(FIRST_STEP_BYTES, this.#largestCompleted);
    const wished = slot.capacity === 0 ? first : 2 * slot.capacity;
    const capacity = Math.max(needed, Math.min(length, wished, room));
    this.#charge(capacity - slot.capacity);
    this.#move(slot, capacity);
  }

  /** Into memory of its own. */
  #move(slot: BodySlot, capacity: number): void {
    const memory = this.#takeAlone(capacity);
    slot.memory.copy(memory, 0, slot.base, slot.base + slot.filled);
    if (slot.isAlone) this.#putAside(slot.memory);
    slot.memory = memory;
    slot.base = 0;
    slot.capacity = capacity;
    slot.isAlone = true;
  }

  #takeAlone(capacity: number): Buffer {
    const spare = this.#spare;
    if (spare.length < capacity) return Buffer.allocUnsafeSlow(capacity);
    this.#spare = NO_MEMORY;
    return spare;
  }

  /** Memory that no body needs: the larger one of it and the spare is kept. */
  #putAside(memory: Buffer): void {
    expire(memory);
    const isBetter = memory.length > this.#spare.length && memory.length <= MAX_SPARE_BYTES;
    freeBytes(isBetter ? this.#spare : memory);
    if (isBetter) this.#spare = memory;
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
