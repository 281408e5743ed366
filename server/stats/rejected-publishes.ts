// Publishers that were refused within the last hour, for operators. Kept in memory, the newest only.

import type { Clock } from '../clock.ts';
import type { PublishRefusal } from '../live/authorizer.ts';

const KEPT_MS = 3_600_000;
/** About 300 bytes each. A flood of refusals removes older ones. */
const MAX_KEPT = 1_000;

export type RejectedPublish = PublishRefusal & {
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
};

type Kept = { readonly rejected: RejectedPublish; readonly keptUntil: number };

export class RejectedPublishes {
  readonly #clock: Clock;
  /** Oldest first. */
  readonly #kept: Kept[] = [];
  #removedUntil = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(refusal: PublishRefusal): RejectedPublish {
    const keptUntil = this.#clock.monotonicMs() + KEPT_MS;
    const { code, reason, remoteAddress, name, values } = refusal;
    const rejected = {
      at: this.#clock.epochMs(),
      code,
      reason,
      remoteAddress,
      ...(name === undefined ? {} : { name }),
      ...(values === undefined ? {} : { values }),
    };
    this.#kept.push({ rejected, keptUntil });
    if (this.#kept.length > MAX_KEPT) this.#removedUntil = this.#kept.shift()?.keptUntil ?? 0;
    return rejected;
  }

  /** The newest first. */
  list(): readonly RejectedPublish[] {
    const nowMs = this.#clock.monotonicMs();
    while ((this.#kept[0]?.keptUntil ?? Number.POSITIVE_INFINITY) <= nowMs) this.#kept.shift();
    return this.#kept.map(({ rejected }) => rejected).reverse();
  }

  /** Whether no refusal of the last hour was removed for a newer one. */
  get isComplete(): boolean {
    return this.#removedUntil <= this.#clock.monotonicMs();
  }
}
