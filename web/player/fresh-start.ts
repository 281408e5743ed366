// When playback starts afresh after a failure, and whether it may do so where the viewer was.
import { BackOff } from '../page/back-off.ts';

const BACK_OFF = { firstMs: 1_000, maxMs: 15_000 } as const;
/** What breaks again this soon cannot be played at its place. */
const AGAIN_MS = 30_000;

/** One start to come at most. */
export class FreshStart {
  readonly #backOff = new BackOff(BACK_OFF);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #brokenAtMs = Number.NEGATIVE_INFINITY;

  get isToCome(): boolean {
    return this.#timer !== undefined;
  }

  /** To be called with every playback that breaks: whether another one can be tried at the same place. */
  keepsPlace(nowMs: number): boolean {
    const isAgain = nowMs - this.#brokenAtMs < AGAIN_MS;
    this.#brokenAtMs = nowMs;
    return !isAgain;
  }

  /** Starts later, and later with every failure; what has only been replaced can be played at once. */
  schedule(isReplaced: boolean, start: () => void): void {
    const isFirst = this.#backOff.attempts === 0;
    const waitMs = this.#backOff.next();
    this.cancel();
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined;
        start();
      },
      isReplaced && isFirst ? 0 : waitMs,
    );
  }

  cancel(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** To be called after a success. */
  reset(): void {
    this.#backOff.reset();
  }
}
