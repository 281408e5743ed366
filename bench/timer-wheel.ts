// One timer for thousands of viewers: what is due is kept by the tick in which it is due.

/** Called when its time has come. */
export type Due = { readonly due: () => void };

const TICK_MS = 5;
/** The longest delay is one tick less. */
const TICKS = 1_024;

export class TimerWheel {
  readonly #ticks: Due[][] = Array.from({ length: TICKS }, () => []);
  readonly #startedAtMs = performance.now();
  #passed = 0;

  constructor() {
    setInterval(() => this.#turn(), TICK_MS).unref();
  }

  /** Calls `one` after `ms` milliseconds, up to a tick later. */
  later(one: Due, ms: number): void {
    const wanted = Math.ceil((performance.now() - this.#startedAtMs + ms) / TICK_MS);
    const tick = Math.min(Math.max(wanted, this.#passed + 1), this.#passed + TICKS - 1);
    this.#ticks[tick % TICKS]?.push(one);
  }

  #turn(): void {
    const now = Math.floor((performance.now() - this.#startedAtMs) / TICK_MS);
    while (this.#passed < now) {
      this.#passed += 1;
      const all = this.#ticks[this.#passed % TICKS]?.splice(0) ?? [];
      for (const one of all) one.due();
    }
  }
}
