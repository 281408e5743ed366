// Reproducible random numbers: the same seed gives the same numbers.

import { pseudoRandom } from '../cases/rtmp-splits.ts';

export class Dice {
  readonly #next: () => number;

  constructor(seed: number) {
    this.#next = pseudoRandom(seed);
  }

  /** A whole number in [0, limit). */
  below(limit: number): number {
    return Math.floor(this.#next() * limit);
  }

  /** True once in `odds` calls on average. */
  oneIn(odds: number): boolean {
    return this.below(odds) === 0;
  }

  pick<Item>(items: readonly Item[]): Item {
    if (items.length === 0) throw new RangeError('nothing to pick from');
    return items[this.below(items.length)] as Item;
  }

  /** Mostly small, sometimes as large as `limit`. */
  length(limit: number): number {
    return 1 + this.below(Math.max(1, Math.min(limit, 2 ** this.below(1 + Math.ceil(Math.log2(limit + 1))))));
  }
}
