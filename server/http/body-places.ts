// Places for bodies that arrive: a limit in all and one for each address. When all are taken, the oldest body of the address with the
// most bodies is ended, so that ten addresses that send slowly cannot keep everybody else out.

import type { PeerGroups } from '../peer-rates.ts';
import type { NoPlace } from './peer-places.ts';

/** One body. `giveWay` ends its request. */
type Body = { readonly group: string; readonly giveWay: () => void };

/** Of exempt addresses: their clients cannot be told apart. */
const EXEMPT = 'exempt';

export class BodyPlaces {
  readonly #groups: PeerGroups;
  readonly #max: number;
  readonly #maxPerAddress: number;
  /** The oldest first. No set is empty. */
  readonly #byGroup = new Map<string, Set<Body>>();
  #count = 0;

  constructor(groups: PeerGroups, max: number, maxPerAddress: number) {
    this.#groups = groups;
    this.#max = max;
    this.#maxPerAddress = maxPerAddress;
  }

  get count(): number {
    return this.#count;
  }

  /** Takes a place. @returns a function that releases it, which may be called twice, or why there is none */
  take(address: string | undefined, giveWay: () => void): (() => void) | NoPlace {
    const group = this.#groups.of(address) ?? EXEMPT;
    const own = this.#byGroup.get(group)?.size ?? 0;
    if (group !== EXEMPT && own >= this.#maxPerAddress) return 'per_address';
    if (this.#count >= this.#max && !this.#makeRoom(group, own)) return 'in_all';
    const body: Body = { group, giveWay };
    const present = this.#byGroup.get(group);
    if (present === undefined) this.#byGroup.set(group, new Set([body]));
    else present.add(body);
    this.#count += 1;
    return () => this.#release(body);
  }

  /** Ends the oldest body of the largest group, if that has more than the new one's. */
  #makeRoom(group: string, own: number): boolean {
    let largest: ReadonlySet<Body> = new Set();
    for (const bodies of this.#byGroup.values()) if (bodies.size > largest.size) largest = bodies;
    const [oldest] = largest;
    // Behind an exempt proxy there are many clients, and a body that is older than all others is the slowest.
    const mayTake = largest.size > own || group === EXEMPT;
    if (oldest === undefined || !mayTake) return false;
    this.#release(oldest);
    oldest.giveWay();
    return true;
  }

  #release(body: Body): void {
    const bodies = this.#byGroup.get(body.group);
    if (bodies?.delete(body) !== true) return;
    this.#count -= 1;
    if (bodies.size === 0) this.#byGroup.delete(body.group);
  }
}
