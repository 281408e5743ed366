// A queue of samples with constant cost for adding, removing and counting. It has its own copy of their data.

import { SAMPLE_OVERHEAD_BYTES } from './media-memory.ts';
import type { Sample } from './sample.ts';

/** Removed entries at the front are released above this number, if they are more than half of the array. */
const COMPACT_FROM = 1024;

export class SampleQueue {
  readonly #copy: (data: Buffer) => Buffer;
  #samples: (Sample | undefined)[] = [];
  #head = 0;
  #bytes = 0;

  /** `copy` puts the data of a sample where it stays; by default into new memory. */
  constructor(copy: (data: Buffer) => Buffer = (data) => Buffer.from(data)) {
    this.#copy = copy;
  }

  get length(): number {
    return this.#samples.length - this.#head;
  }

  /** Memory of data and objects. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The sample at `index`, 0 being the oldest. */
  at(index: number): Sample | undefined {
    return this.#samples[this.#head + index];
  }

  get last(): Sample | undefined {
    return this.length === 0 ? undefined : this.#samples.at(-1);
  }

  push(sample: Sample): void {
    this.#samples.push({ ...sample, data: this.#copy(sample.data) });
    this.#bytes += chargedBytes(sample);
  }

  shift(): Sample | undefined {
    const sample = this.#samples[this.#head];
    if (sample === undefined) return undefined;
    // The array must not keep removed samples.
    this.#samples[this.#head] = undefined;
    this.#head += 1;
    this.#bytes -= chargedBytes(sample);
    if (this.#head > COMPACT_FROM && this.#head > this.#samples.length / 2) this.#compact();
    return sample;
  }

  /** Takes everything. */
  takeAll(): readonly Sample[] {
    this.#compact();
    const samples = this.#samples.filter((sample) => sample !== undefined);
    this.clear();
    return samples;
  }

  clear(): void {
    this.#samples = [];
    this.#head = 0;
    this.#bytes = 0;
  }

  /** Copies all data once more, out of memory that expires. */
  copyAgain(): void {
    for (let at = this.#head; at < this.#samples.length; at += 1) {
      const sample = this.#samples[at];
      if (sample !== undefined) this.#samples[at] = { ...sample, data: this.#copy(sample.data) };
    }
  }

  #compact(): void {
    this.#samples = this.#samples.slice(this.#head);
    this.#head = 0;
  }
}

/** Memory of a kept sample. */
export function chargedBytes(sample: Sample): number {
  return sample.data.length + SAMPLE_OVERHEAD_BYTES;
}
