// A player without pictures: it holds one part or segment back, plays at the clock's pace, and counts the times at which
// its buffer is empty.

export class PlaybackModel {
  #received = 0;
  #playedUntilMs = 0;
  #heldMs = 0;
  #stalls = 0;

  get stalls(): number {
    return this.#stalls;
  }

  /** A part or segment of `durationMs` has arrived. Playback starts with the second one. */
  received(atMs: number, durationMs: number): void {
    this.#received += 1;
    if (this.#received === 1) {
      this.#heldMs = durationMs;
    } else if (this.#received === 2) {
      this.#playedUntilMs = atMs + this.#heldMs + durationMs;
    } else if (atMs > this.#playedUntilMs) {
      this.#stalls += 1;
      // It buffers one more before it plays again, as at the start.
      this.#received = 1;
      this.#heldMs = durationMs;
    } else {
      this.#playedUntilMs += durationMs;
    }
  }
}
