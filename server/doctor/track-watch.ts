// Counts the samples of one track as they arrive. Nothing is allocated for a sample.

import type { Sample } from '../media/sample.ts';
import { ArrivalJitter } from './arrival-jitter.ts';

/** A step of the timestamps by more than this, while less than half of it passed, is a jump of the clock. */
const JUMP_MS = 1_000;

export class TrackWatch {
  readonly jitter = new ArrivalJitter();
  bytes = 0;
  frames = 0;
  firstMs = 0;
  lastMs = 0;
  firstArrivalMs = 0;
  lastArrivalMs = 0;
  /** Distance of the last two samples, milliseconds. */
  stepMs = 0;
  /** Steps forward of the clock while no time passed. */
  jumps = 0;
  /** Ticks of the track in a millisecond; a sample rate may change. */
  ticksPerMs: number;
  #skippedMs = 0;
  #jumpedFromMs = Number.NEGATIVE_INFINITY;

  constructor(timescale: number) {
    this.ticksPerMs = timescale / 1000;
  }

  /** Media since the first sample, without jumps. */
  get mediaMs(): number {
    return this.lastMs - this.firstMs - this.#skippedMs;
  }

  /** `other` is the track of the other kind: where it goes on, samples of this one are missing and the clock has not jumped. */
  note(sample: Sample, arrivalMs: number, other: TrackWatch | undefined): void {
    const ms = sample.dts / this.ticksPerMs;
    this.bytes += sample.data.length;
    if (this.frames === 0) {
      this.firstMs = ms;
      this.firstArrivalMs = arrivalMs;
    } else if (ms > this.lastMs) {
      const stepMs = ms - this.lastMs;
      const isQuick = stepMs > JUMP_MS && arrivalMs - this.lastArrivalMs < stepMs / 2;
      if (isQuick && !this.#hasGoneOn(stepMs, other)) this.#jump(stepMs);
      else {
        this.stepMs = stepMs;
        if (!sample.afterJump) this.noteStep(stepMs);
      }
    }
    this.frames += 1;
    this.lastMs = ms;
    this.lastArrivalMs = arrivalMs;
  }

  /** A distance of two samples that no repair has made. */
  protected noteStep(_stepMs: number): void {
    // Sound has no frame rate to learn.
  }

  #hasGoneOn(stepMs: number, other: TrackWatch | undefined): boolean {
    if (other === undefined || other.frames === 0) return false;
    return other.lastMs > this.lastMs + stepMs / 2 && other.#jumpedFromMs < this.lastMs - JUMP_MS;
  }

  #jump(stepMs: number): void {
    this.jumps += 1;
    this.#skippedMs += stepMs - this.stepMs;
    this.#jumpedFromMs = this.lastMs;
  }
}
