// How long playback has been paused.

export class PauseTime {
  #sinceMs: number | undefined;

  begin(): void {
    this.#sinceMs = performance.now();
  }

  forget(): void {
    this.#sinceMs = undefined;
  }

  /** Ends the pause and returns its milliseconds; 0 when there was none. */
  end(): number {
    const pausedMs = this.#sinceMs === undefined ? 0 : performance.now() - this.#sinceMs;
    this.#sinceMs = undefined;
    return pausedMs;
  }
}
