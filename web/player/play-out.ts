// The end of a stream: the buffer is played to its end, and then playback is over, even if the source does not say so.

/** In low-latency playback less than this is buffered when a stream ends. */
const PLAY_OUT_MS = 6_000;

export class PlayOut {
  #timer: number | undefined;
  #isOver = false;

  /** The loaded source is the last one of its stream. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** The stream is over. A viewer behind live has more to see than the buffer, and waits for the end of the source. */
  begin(isShifted: boolean, onOver: () => void): void {
    this.#isOver = true;
    this.cancel();
    if (!isShifted) this.#timer = window.setTimeout(onOver, PLAY_OUT_MS);
  }

  cancel(): void {
    window.clearTimeout(this.#timer);
  }

  /** Another source is loaded. */
  reset(): void {
    this.#isOver = false;
  }
}
