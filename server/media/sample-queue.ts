// A queue of samples with constant cost for adding, removing and counting.

import { ownBytes } from '../bytes/own-bytes.ts';
import { SAMPLE_OVERHEAD_BYTES } from './media-memory.ts';
import type { Sample } from './sample.ts';

/**
 * Small samples share slabs with other messages (rtmp/body-arena.ts), and one sample keeps its whole slab. In a longer queue,
 * which ordinary streams do not have, samples are copied, so that the counted memory is the real one.
 */
const COPY_FROM = 64;
/** Removed entries at the front are released above this number, if they are more than half of the array. */
const COMPACT_FROM = 1024;

export class SampleQueue {
  #samples: (Sample | undefined)[] = [];
  #head = 0;
  #bytes = 0;

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
    const data = keptData(sample.data, this.length);
    this.#samples.push(data === sample.data ? sample : { ...sample, data });
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

  #compact(): void {
    this.#samples = this.#samples.slice(this.#head);
    this.#head = 0;
  }
}

/** Memory of a kept sample. */
export function chargedBytes(sample: Sample): number {
  return sample.data.length + SAMPLE_OVERHEAD_BYTES;
}

/** The data to keep for a sample after `queued` others: a copy if the queue is long and the memory shared. */
export function keptData(data: Buffer, queued: number): Buffer {
  return queued < COPY_FROM ? data : ownBytes(data);
}
