// How irregularly the samples of one track arrive (RFC 3550 clause 6.4.1).

/** The weight of a sample in the running mean, as the RFC has it. */
const GAIN = 1 / 16;

export class ArrivalJitter {
  #ms = 0;
  #transitMs: number | undefined;

  /** The mean deviation of the time between two samples from the distance of their timestamps, milliseconds. */
  get ms(): number {
    return this.#ms;
  }

  note(arrivalMs: number, mediaMs: number): void {
    const transitMs = arrivalMs - mediaMs;
    if (this.#transitMs !== undefined) this.#ms += (Math.abs(transitMs - this.#transitMs) - this.#ms) * GAIN;
    this.#transitMs = transitMs;
  }
}
