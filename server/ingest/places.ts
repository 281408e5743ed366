// Limits connections in all and per address, and prefers publishers. The work for one connection does not grow with the number
// of connections.

import { addressGroup } from '../address.ts';
import type { MonotonicClock } from '../clock.ts';

export type PlaceLimits = {
  readonly maxConnections: number;
  readonly maxConnectionsPerAddress: number;
};

/** Share of all places for addresses that have published recently. */
const KEPT_FOR_KNOWN = 0.1;
/** How long an address counts as a recent publisher. */
const KNOWN_FOR_MS = 3_600_000;
/** Most remembered addresses; the oldest is forgotten first. */
const MAX_KNOWN = 10_000;

/** One connection's place. */
export type Place = {
  readonly group: string;
  /** Whether it can be replaced: it has not published, and its address was unknown. */
  isUnknown: boolean;
  isReleased: boolean;
  /** Ends the connection at once. */
  readonly giveWay: () => void;
};

export type PlaceOutcome =
  | { readonly kind: 'admitted'; readonly place: Place }
  | { readonly kind: 'refused'; readonly code: 'too_many_connections' | 'too_many_from_address' };

export class Places {
  readonly #limits: PlaceLimits;
  readonly #clock: MonotonicClock;
  #count = 0;
  readonly #countByGroup = new Map<string, number>();
  #unknownCount = 0;
  /** Connections that can be replaced, by group; the oldest first. */
  readonly #unknownByGroup = new Map<string, Set<Place>>();
  /** Groups by their number of such connections. */
  readonly #groupsBySize: Set<string>[] = [];
  #largestSize = 0;
  /** Groups that have published, and when; the latest last. */
  readonly #knownSince = new Map<string, number>();

  constructor(limits: PlaceLimits, clock: MonotonicClock) {
    this.#limits = limits;
    this.#clock = clock;
  }

  get count(): number {
    return this.#count;
  }

  /**
   * A place for a connection from `address`. If all are taken, a connection that has not published is ended: the oldest of the
   * address with the most of them, unless the new connection's address has as many.
   */
  admit(address: string, giveWay: () => void): PlaceOutcome {
    const group = addressGroup(address);
    const { maxConnections, maxConnectionsPerAddress } = this.#limits;
    if ((this.#countByGroup.get(group) ?? 0) >= maxConnectionsPerAddress) {
      return { kind: 'refused', code: 'too_many_from_address' };
    }
    const isUnknown = !this.#isKnown(group);
    const isFull =
      this.#count >= maxConnections ||
      (isUnknown && this.#unknownCount >= maxConnections - Math.floor(maxConnections * KEPT_FOR_KNOWN));
    if (isFull && !this.#makeRoom(group, isUnknown)) {
      return { kind: 'refused', code: 'too_many_connections' };
    }
    const place: Place = { group, isUnknown, isReleased: false, giveWay };
    this.#count += 1;
    this.#countByGroup.set(group, (this.#countByGroup.get(group) ?? 0) + 1);
    if (isUnknown) this.#addUnknown(place);
    return { kind: 'admitted', place };
  }

  /** The connection publishes: its place is kept, and its address becomes known. */
  notePublished(place: Place): void {
    if (place.isUnknown) this.#removeUnknown(place);
    this.#knownSince.delete(place.group);
    this.#knownSince.set(place.group, this.#clock.monotonicMs());
    if (this.#knownSince.size <= MAX_KNOWN) return;
    for (const oldest of this.#knownSince.keys()) {
      this.#knownSince.delete(oldest);
      return;
    }
  }

  /** The connection has ended. May be called twice. */
  release(place: Place): void {
    if (place.isReleased) return;
    place.isReleased = true;
    if (place.isUnknown) this.#removeUnknown(place);
    this.#count -= 1;
    const left = (this.#countByGroup.get(place.group) ?? 1) - 1;
    if (left > 0) this.#countByGroup.set(place.group, left);
    else this.#countByGroup.delete(place.group);
  }

  #isKnown(group: string): boolean {
    const since = this.#knownSince.get(group);
    return since !== undefined && this.#clock.monotonicMs() - since < KNOWN_FOR_MS;
  }

  /** Ends one connection for a new one; false if there is none with a lower priority. */
  #makeRoom(group: string, isUnknown: boolean): boolean {
    const ownSize = isUnknown ? (this.#unknownByGroup.get(group)?.size ?? 0) : 0;
    if (ownSize > 0 && ownSize + 1 >= this.#largestSize) return false;
    const [largest = ''] = this.#groupsBySize[this.#largestSize] ?? [];
    const [oldest] = this.#unknownByGroup.get(largest) ?? [];
    if (oldest === undefined) return false;
    this.release(oldest);
    oldest.giveWay();
    return true;
  }

  #addUnknown(place: Place): void {
    const places = this.#unknownByGroup.get(place.group) ?? new Set();
    this.#unknownByGroup.set(place.group, places);
    places.add(place);
    this.#unknownCount += 1;
    this.#resize(place.group, places.size - 1, places.size);
  }

  #removeUnknown(place: Place): void {
    place.isUnknown = false;
    const places = this.#unknownByGroup.get(place.group);
    if (places?.delete(place) !== true) return;
    this.#unknownCount -= 1;
    this.#resize(place.group, places.size + 1, places.size);
    if (places.size === 0) this.#unknownByGroup.delete(place.group);
  }

  /** Sizes change by one, so the largest is at most one step away. */
  #resize(group: string, from: number, to: number): void {
    this.#groupsBySize[from]?.delete(group);
    if (to > 0) {
      const groups = this.#groupsBySize[to] ?? new Set();
      this.#groupsBySize[to] = groups;
      groups.add(group);
    }
    if (to > this.#largestSize) this.#largestSize = to;
    else if (from === this.#largestSize && this.#groupsBySize[from]?.size === 0) this.#largestSize = to;
  }
}
