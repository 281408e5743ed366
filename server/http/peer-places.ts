// Counts peers: a limit in all and one for each address. IPv6 peers are counted by their /64 network.

import type { PeerGroups } from '../peer-rates.ts';

/** Why there is no place: the limit in all or that of the address. */
export type NoPlace = 'in_all' | 'per_address';

export class PeerPlaces {
  readonly #groups: PeerGroups;
  readonly #max: number;
  readonly #maxPerAddress: number;
  readonly #taken = new Map<string, number>();
  #total = 0;

  constructor(groups: PeerGroups, max: number, maxPerAddress: number) {
    this.#groups = groups;
    this.#max = max;
    this.#maxPerAddress = maxPerAddress;
  }

  get total(): number {
    return this.#total;
  }

  /** Takes a place, which `leave` releases, or returns why there is none. `makeRoom` ends one that has a place, if it can. */
  take(address: string | undefined, makeRoom = (): boolean => false): NoPlace | undefined {
    const group = this.#groups.of(address);
    const taken = group === undefined ? 0 : (this.#taken.get(group) ?? 0);
    const hasOwn = group === undefined || taken < this.#maxPerAddress;
    if (this.#total >= this.#max && (!hasOwn || !makeRoom())) return 'in_all';
    if (!hasOwn) return 'per_address';
    if (group !== undefined) this.#taken.set(group, taken + 1);
    // What was ended leaves in this turn.
    this.#total += 1;
    return undefined;
  }

  leave(address: string | undefined): void {
    this.#total -= 1;
    const group = this.#groups.of(address);
    if (group === undefined) return;
    const left = (this.#taken.get(group) ?? 1) - 1;
    if (left > 0) this.#taken.set(group, left);
    else this.#taken.delete(group);
  }
}
