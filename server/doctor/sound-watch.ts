// Counts the sound of one track as it arrives.

import type { Sample } from '../media/sample.ts';
import { ArrivalJitter } from './arrival-jitter.ts';

export class SoundWatch {
  readonly jitter = new ArrivalJitter();
  bytes = 0;
  frames = 0;
  firstMs = 0;
  lastMs = 0;
  firstArrivalMs = 0;
  lastArrivalMs = 0;
  stepMs = 0;
  /** Ticks of the track in a millisecond; the sample rate may change. */
  ticksPerMs: number;

  constructor(timescale: number) {
    this.ticksPerMs = timescale / 1000;
  }

  note(sample: Sample, arrivalMs: number): void {
    const ms = sample.dts / this.ticksPerMs;
    this.bytes += sample.data.length;
    if (this.frames === 0) {
      this.firstMs = ms;
      this.firstArrivalMs = arrivalMs;
    } else if (ms > this.lastMs) {
      this.stepMs = ms - this.lastMs;
    }
    this.frames += 1;
    this.lastMs = ms;
    this.lastArrivalMs = arrivalMs;
    this.jitter.note(arrivalMs, ms);
  }
}
