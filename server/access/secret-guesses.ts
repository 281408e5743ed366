// Limits how often an address may send wrong secrets: publish keys, admin tokens, passwords. Secrets that people choose themselves
// could be guessed without a limit.

import { addressGroup, NetworkList } from '../address.ts';
import type { MonotonicClock } from '../clock.ts';
import { PeerGroups, PeerRates } from '../peer-rates.ts';

/** Wrong secrets from one address: ten at once, then one in twelve seconds. */
const WRONG_PER_SECOND = 1 / 12;
const WRONG_BURST_S = 120;

export class SecretGuesses {
  readonly #wrong: PeerRates;
  readonly #maxKnown: number;
  /** Pairs of address group and digest that were right, the oldest first. */
  readonly #known = new Set<string>();

  /** `maxKnown` pairs of address and right secret are remembered; the oldest is forgotten first. */
  constructor(maxKnown: number, clock: MonotonicClock) {
    // Without exempt networks: behind an unknown proxy all clients share the limit, but nobody can guess without one.
    this.#wrong = new PeerRates(new PeerGroups(new NetworkList('')), WRONG_PER_SECOND, WRONG_BURST_S, clock);
    this.#maxKnown = maxKnown;
  }

  /**
   * Above the limit right secrets are refused too, or guessing could go on. Those that were right from this address before stay
   * valid: a client with a wrong secret must not lock out the others behind its address.
   */
  mustRefuse(address: string | undefined, digest?: Buffer): boolean {
    const isKnown = address !== undefined && digest !== undefined && this.#known.has(pairOf(address, digest));
    return !isKnown && this.#wrong.isUsedUp(address);
  }

  noteWrong(address: string | undefined): void {
    this.#wrong.take(address);
  }

  noteRight(address: string, digest: Buffer): void {
    const pair = pairOf(address, digest);
    this.#known.delete(pair);
    this.#known.add(pair);
    if (this.#known.size <= this.#maxKnown) return;
    const [oldest = ''] = this.#known;
    this.#known.delete(oldest);
  }
}

function pairOf(address: string, digest: Buffer): string {
  return `${addressGroup(address)} ${digest.toString('hex')}`;
}
