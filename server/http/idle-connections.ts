// When all places are taken, connections without a request are closed for new ones, the longest idle first. A viewer that waits for
// media has a request.

import { systemClock } from '../clock.ts';

export type IdleCandidate = {
  /** Since when there is no request; monotonic, undefined while there is one. */
  readonly idleSinceMs: number | undefined;
  readonly socket: { readonly destroyed: boolean; readonly destroy: () => unknown };
};

type Found = { readonly candidate: IdleCandidate; readonly sinceMs: number };

/** Found in one search, which looks at all connections: in a flood there is one search for so many new connections. */
const FOUND_AT_ONCE = 64;
/** Between two searches that found nothing, because a search takes a millisecond with ten thousand connections. */
const REST_MS = 20;

export class IdleConnections {
  readonly #all: () => Iterable<IdleCandidate>;
  /** The longest idle last. */
  #found: Found[] = [];
  #restUntilMs = 0;

  constructor(all: () => Iterable<IdleCandidate>) {
    this.#all = all;
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
    const nowMs = systemClock.monotonicMs();
    if (nowMs < this.#restUntilMs) return undefined;
    this.#found = this.#search();
    if (this.#found.length === 0) this.#restUntilMs = nowMs + REST_MS;
    return this.#found.pop();
  }

  #search(): Found[] {
    const idle: Found[] = [];
    for (const candidate of this.#all()) {
      const { idleSinceMs, socket } = candidate;
      if (idleSinceMs !== undefined && !socket.destroyed) idle.push({ candidate, sinceMs: idleSinceMs });
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
