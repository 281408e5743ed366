// When all places are taken, connections without a request are closed for new ones, the longest idle first. A viewer that waits for
// media has a request, and one that plays has another within seconds: a flood of connections cannot end what is watched.

import { type MonotonicClock, systemClock } from '../clock.ts';

export type IdleCandidate = {
  /** Since when there is no request; monotonic, undefined while there is one. */
  readonly idleSinceMs: number | undefined;
  /** It has had a request. */
  readonly hasServed: boolean;
  readonly socket: { readonly destroyed: boolean; readonly destroy: () => unknown };
};

type Found = { readonly candidate: IdleCandidate; readonly sinceMs: number };

/** Found in one search, which looks at all connections: in a flood there is one search for so many new connections. */
const FOUND_AT_ONCE = 64;
/** Between two searches that found nothing, because a search takes a millisecond with ten thousand connections. */
const REST_MS = 20;
/** A player requests a part every second, and without low latency a playlist every four seconds. */
const BETWEEN_REQUESTS_MS = 5_000;

export class IdleConnections {
  readonly #all: () => Iterable<IdleCandidate>;
  readonly #clock: MonotonicClock;
  /** The longest idle last. */
  #found: Found[] = [];
  #restUntilMs = 0;

  constructor(all: () => Iterable<IdleCandidate>, clock: MonotonicClock = systemClock) {
    this.#all = all;
    this.#clock = clock;
  }

  /** Closes the connection that is idle for the longest time. @returns whether there was one */
  closeLongest(): boolean {
    const { candidate } = this.#next() ?? {};
    candidate?.socket.destroy();
    return candidate !== undefined;
  }

  #next(): Found | undefined {
    for (let found = this.#found.pop(); found !== undefined; found = this.#found.pop())
      if (isStillIdle(found)) return found;
    const nowMs = this.#clock.monotonicMs();
    if (nowMs < this.#restUntilMs) return undefined;
    this.#found = this.#search(nowMs);
    if (this.#found.length === 0) this.#restUntilMs = nowMs + REST_MS;
    return this.#found.pop();
  }

  #search(nowMs: number): Found[] {
    const idle: Found[] = [];
    for (const candidate of this.#all()) {
      const { idleSinceMs, hasServed, socket } = candidate;
      if (idleSinceMs === undefined || socket.destroyed) continue;
      if (hasServed && nowMs - idleSinceMs < BETWEEN_REQUESTS_MS) continue;
      idle.push({ candidate, sinceMs: idleSinceMs });
    }
    return idle
      .sort((one, other) => one.sinceMs - other.sinceMs)
      .slice(0, FOUND_AT_ONCE)
      .reverse();
  }
}

/** It may have served a request since the search. */
function isStillIdle({ candidate, sinceMs }: Found): boolean {
  return !candidate.socket.destroyed && candidate.idleSinceMs === sinceMs;
}
