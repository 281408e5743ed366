// When to load the source again after a failure, and whether at the viewer's place.
import { BackOff } from '../page/back-off.ts';

const BACK_OFF = { firstMs: 1_000, maxMs: 15_000 } as const;
/** Playback that fails again within this time cannot be played at its place. */
const AGAIN_MS = 30_000;

/** At most one start is pending. */
export class FreshStart {
  readonly #backOff = new BackOff(BACK_OFF);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #brokenAtMs = Number.NEGATIVE_INFINITY;

  get isToCome(): boolean {
    return this.#timer !== undefined;
  }

  /** Call this for each playback that fails. Returns whether to try again at the same place. */
  keepsPlace(nowMs: number): boolean {
    const isAgain = nowMs - this.#brokenAtMs < AGAIN_MS;
    this.#brokenAtMs = nowMs;
    return !isAgain;
  }

  /** Starts later, with a longer wait after each failure. A source that has only been replaced can start at once. */
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

  /** Call this after a success. */
  reset(): void {
    this.#backOff.reset();
  }
}
