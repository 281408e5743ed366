// Sound for which the current run has no track. The next run begins with it; older sound is dropped.

import { frameTicks } from '../codec/codec-config.ts';
import type { Sample } from '../media/sample.ts';
import { SampleQueue } from '../media/sample-queue.ts';
import { fromTicks, toTicks } from '../media/ticks.ts';
import type { Track } from '../media/track.ts';
import { MAX_TRACK_SILENCE } from './track-presence.ts';

/** Twelve seconds at 512 kbit/s and 100 frames a second, with the objects around them. */
const MAX_BYTES = 1024 * 1024;

export class EarlySound {
  readonly #samples = new SampleQueue();

  /** Memory of the kept samples. */
  get heldBytes(): number {
    return this.#samples.bytes;
  }

  /** `timescale` is the track's. The oldest samples make room. */
  push(sample: Sample, timescale: number): void {
    this.#samples.push(sample);
    const oldestNeeded = sample.dts - fromTicks(MAX_TRACK_SILENCE, timescale);
    for (let oldest = this.#samples.at(0); oldest !== undefined; oldest = this.#samples.at(0)) {
      const isNeeded = oldest.dts >= oldestNeeded && this.#samples.bytes <= MAX_BYTES;
      if (isNeeded) return;
      this.#samples.shift();
    }
  }

  takeAll(): readonly Sample[] {
    return this.#samples.takeAll();
  }

  clear(): void {
    this.#samples.clear();
  }
}

/** When sound ends, ticks of the common scale. */
export function soundEnd(sample: Sample, track: Track): number {
  const ticks = track.kind === 'audio' ? frameTicks(track.config) : 0;
  return toTicks(sample.dts + ticks, track.timescale);
}
