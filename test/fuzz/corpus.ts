// The inputs that are kept, and which of them to change next.

import type { Dice } from './dice.ts';

type Entry = { readonly input: Buffer; energy: number };

/** An input that has just shown something new is likely to lead to more. */
const ENERGY = { seed: 4, answer: 8, code: 16 } as const;
/** Each choice makes an entry slightly less likely, down to this value. */
const LEAST_ENERGY = 1;
const FATIGUE = 0.95;

export type Merit = keyof typeof ENERGY;

export class Corpus {
  readonly #entries: Entry[] = [];

  get size(): number {
    return this.#entries.length;
  }

  add(input: Buffer, merit: Merit): void {
    this.#entries.push({ input, energy: ENERGY[merit] });
  }

  /** The better of two at random: strong inputs are chosen more often, but every input has a chance. */
  choose(dice: Dice): Buffer {
    const left = dice.pick(this.#entries);
    const right = dice.pick(this.#entries);
    const chosen = left.energy >= right.energy ? left : right;
    chosen.energy = Math.max(LEAST_ENERGY, chosen.energy * FATIGUE);
    return chosen.input;
  }

  /** Any input, as a source of pieces. */
  any(dice: Dice): Buffer {
    return dice.pick(this.#entries).input;
  }
}
