// Which addresses are one peer, and how often a peer may do something. IPv6 peers are counted by their /64 network.

import { addressGroup, type NetworkList } from './address.ts';
import type { MonotonicClock } from './clock.ts';

/** Size of the cache of parsed addresses. Parsing takes a few microseconds. */
const MAX_REMEMBERED = 4_096;

/** Groups addresses into peers. */
export class PeerGroups {
  readonly #exempt: NetworkList;
  readonly #isExempt: (address: string) => boolean;
  readonly #known = new Map<string, string | undefined>();

  /** Exempt are the addresses of a list, and others that `isExempt` names. */
  constructor(exempt: NetworkList, isExempt: (address: string) => boolean = () => false) {
    this.#exempt = exempt;
    this.#isExempt = isExempt;
  }

  /** Undefined for an exempt address, and for a peer without an address (a Unix socket). */
  of(address: string | undefined): string | undefined {
    if (address === undefined) return undefined;
    const known = this.#known.get(address);
    if (known !== undefined || this.#known.has(address)) return known;
    const isExempt = this.#exempt.has(address) || this.#isExempt(address);
    const group = isExempt ? undefined : addressGroup(address);
    if (this.#known.size >= MAX_REMEMBERED) this.#known.clear();
    this.#known.set(address, group);
    return group;
  }
}

type Bucket = { tokens: number; filledAtMs: number };

/** A rate for each address, with a burst of some seconds (a token bucket). */
export class PeerRates {
  readonly #groups: PeerGroups;
  readonly #perSecond: number;
  readonly #burst: number;
  readonly #clock: MonotonicClock;
  readonly #buckets = new Map<string, Bucket>();

  constructor(groups: PeerGroups, perSecond: number, burstS: number, clock: MonotonicClock) {
    this.#groups = groups;
    this.#perSecond = perSecond;
    this.#burst = perSecond * burstS;
    this.#clock = clock;
  }

  /** @returns false if the address has exceeded its rate */
  take(address: string | undefined): boolean {
    const bucket = this.#bucketOf(address);
    if (bucket === undefined) return true;
    if (bucket.tokens < 1) return false;
    bucket.tokens -= 1;
    return true;
  }

  /** Whether `take` would be refused. */
  isUsedUp(address: string | undefined): boolean {
    const bucket = this.#bucketOf(address);
    return bucket !== undefined && bucket.tokens < 1;
  }

  /** Takes the burst of an address that misbehaves. */
  empty(address: string | undefined): void {
    const bucket = this.#bucketOf(address);
    if (bucket !== undefined) bucket.tokens = 0;
  }

  #bucketOf(address: string | undefined): Bucket | undefined {
    const group = this.#groups.of(address);
    if (group === undefined) return undefined;
    const nowMs = this.#clock.monotonicMs();
    let bucket = this.#buckets.get(group);
    if (bucket === undefined) {
      if (this.#buckets.size >= MAX_REMEMBERED) this.#forget(nowMs);
      bucket = { tokens: this.#burst, filledAtMs: nowMs };
      this.#buckets.set(group, bucket);
    }
    const gained = ((nowMs - bucket.filledAtMs) * this.#perSecond) / 1_000;
    bucket.tokens = Math.min(this.#burst, bucket.tokens + gained);
    bucket.filledAtMs = nowMs;
    return bucket;
  }

  /** Removes full buckets, or all if a flood of addresses uses all of them. */
  #forget(nowMs: number): void {
    const fullAfterMs = (this.#burst / this.#perSecond) * 1_000;
    for (const [group, { filledAtMs }] of this.#buckets) {
      if (nowMs - filledAtMs >= fullAfterMs) this.#buckets.delete(group);
    }
    if (this.#buckets.size >= MAX_REMEMBERED) this.#buckets.clear();
  }
}
