// Counts the pictures of one track as they arrive: key frames, order, and distances. `close` ends a second.

import type { Sample } from '../media/sample.ts';
import { TrackWatch } from './track-watch.ts';
import { meanAndVariation } from './variation.ts';

/** Distances of pictures are counted by the millisecond up to this one: 4 pictures a second. */
const STEP_BINS = 256;
/** Key frames that are remembered: half a minute of two seconds each. */
const KEPT_KEY_FRAMES = 16;
/** How much of the counts of distances stays from second to second: what was usual ten seconds ago matters little. */
const STEP_MEMORY = 0.9;
/** Where fewer distances are the usual one, the encoder has no steady frame rate, and none can be missing. */
const STEADY_SHARE = 0.6;
/** A shorter distance is jitter of timestamps. */
const MISSING_FROM_STEPS = 1.5;

/** Distances of key frames that arrived lately, milliseconds. */
export type KeyFrameDistances = {
  readonly count: number;
  readonly minMs: number;
  readonly maxMs: number;
  readonly meanMs: number;
  /** Standard deviation divided by the mean. */
  readonly variation: number;
  /** Distances that differ from the middle one by more than a quarter. */
  readonly oddCount: number;
};

export class PictureWatch extends TrackWatch {
  /** Pictures that are shown before an earlier one: B-frames. */
  reordered = 0;
  /** The largest composition offset of such a source, milliseconds. */
  maxOffsetMs = 0;
  /** Pictures that a steady frame rate would have had. */
  missing = 0;
  /** The usual distance; undefined without a steady frame rate. */
  usualStepMs: number | undefined;
  #maxPts = Number.NEGATIVE_INFINITY;
  #keyFrames = 0;
  #lastKeyMs = 0;
  readonly #keyDistances = new Float64Array(KEPT_KEY_FRAMES);
  readonly #keyArrivals = new Float64Array(KEPT_KEY_FRAMES);
  readonly #steps = new Uint32Array(STEP_BINS);
  readonly #usualSteps = new Float64Array(STEP_BINS);
  #longSteps = 0;
  #longStepsMs = 0;

  override note(sample: Sample, arrivalMs: number, other: TrackWatch | undefined): void {
    super.note(sample, arrivalMs, other);
    if (sample.pts < this.#maxPts) {
      this.reordered += 1;
    } else {
      this.#maxPts = sample.pts;
      this.maxOffsetMs = Math.max(this.maxOffsetMs, (sample.pts - sample.dts) / this.ticksPerMs);
    }
    if (sample.isSync) this.#noteKeyFrame(arrivalMs);
  }

  /** Media since the last key frame, milliseconds; undefined before the first. */
  get sinceKeyMs(): number | undefined {
    return this.#keyFrames === 0 ? undefined : this.mediaMs - this.#lastKeyMs;
  }

  /** Of the key frames that arrived after a time. */
  keyDistances(afterMs: number): KeyFrameDistances {
    const kept = Math.min(Math.max(this.#keyFrames - 1, 0), KEPT_KEY_FRAMES);
    const distances: number[] = [];
    for (let at = 0; at < kept; at += 1)
      if ((this.#keyArrivals[at] ?? 0) >= afterMs) distances.push(this.#keyDistances[at] ?? 0);
    return distancesOf(distances);
  }

  /** Called once a second: learns the usual distance of pictures, and counts those that are missing. */
  close(): void {
    const mode = this.#learn();
    if (mode !== undefined) this.missing += this.#missingAt(mode);
    this.usualStepMs = mode;
    this.#steps.fill(0);
    this.#longSteps = 0;
    this.#longStepsMs = 0;
  }

  protected override noteStep(stepMs: number): void {
    const bin = Math.round(stepMs);
    if (bin < STEP_BINS) {
      this.#steps[bin] = (this.#steps[bin] ?? 0) + 1;
    } else {
      this.#longSteps += 1;
      this.#longStepsMs += stepMs;
    }
  }

  #noteKeyFrame(arrivalMs: number): void {
    const ms = this.mediaMs;
    if (this.#keyFrames > 0 && ms > this.#lastKeyMs) {
      const at = (this.#keyFrames - 1) % KEPT_KEY_FRAMES;
      this.#keyDistances[at] = ms - this.#lastKeyMs;
      this.#keyArrivals[at] = arrivalMs;
    }
    this.#keyFrames += 1;
    this.#lastKeyMs = ms;
  }

  /** The mean of the most frequent distance and its neighbours, because milliseconds are rounded: 33, 33, 34. */
  #learn(): number | undefined {
    const usual = this.#usualSteps;
    let all = this.#longSteps;
    let most = 0;
    for (let bin = 0; bin < STEP_BINS; bin += 1) {
      const count = (usual[bin] ?? 0) * STEP_MEMORY + (this.#steps[bin] ?? 0);
      usual[bin] = count;
      all += count;
      if (count > (usual[most] ?? 0)) most = bin;
    }
    let near = 0;
    let nearMs = 0;
    for (let bin = Math.max(most - 1, 0); bin <= Math.min(most + 1, STEP_BINS - 1); bin += 1) {
      near += usual[bin] ?? 0;
      nearMs += (usual[bin] ?? 0) * bin;
    }
    return nearMs > 0 && near >= all * STEADY_SHARE ? nearMs / near : undefined;
  }

  #missingAt(usualMs: number): number {
    let missing = 0;
    for (let bin = Math.ceil(usualMs * MISSING_FROM_STEPS); bin < STEP_BINS; bin += 1)
      missing += (this.#steps[bin] ?? 0) * Math.max(Math.round(bin / usualMs) - 1, 0);
    return missing + Math.max(Math.round(this.#longStepsMs / usualMs) - this.#longSteps, 0);
  }
}

function distancesOf(distances: readonly number[]): KeyFrameDistances {
  const count = distances.length;
  if (count === 0) return { count, minMs: 0, maxMs: 0, meanMs: 0, variation: 0, oddCount: 0 };
  const sorted = [...distances].sort((left, right) => left - right);
  const { mean: meanMs, variation } = meanAndVariation(sorted);
  const middle = sorted[count >> 1] ?? 0;
  return {
    count,
    minMs: sorted[0] ?? 0,
    maxMs: sorted.at(-1) ?? 0,
    meanMs,
    variation,
    oddCount: sorted.filter((each) => Math.abs(each - middle) > middle / 4).length,
  };
}
