// The end of a stream: what is still buffered is played out, and then it is over, whether or not the source says so.

/** What is still buffered when a stream ends is shorter than this in low-latency play. */
const PLAY_OUT_MS = 6_000;

export class PlayOut {
  #timer: number | undefined;
  #isOver = false;

  /** The source that is loaded is the last of its stream. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** The stream is over. Who watches behind live has more to see than what is buffered, and waits for the source's own end. */
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
