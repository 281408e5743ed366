// Who is watching: players fetch their playlist again and again, so whoever did so lately is a viewer.

/** A held request lasts up to 8 s; a player that has not asked for this long is gone. */
const VIEWER_TIMEOUT_MS = 10_000;
/** Distinct viewers remembered per stream; more are there, but no longer told apart. */
const MAX_VIEWERS = 100_000;

export class ViewerCount {
  readonly #lastSeen = new Map<string, Map<string, number>>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** `viewer` tells one player from another as well as can be; it is kept in memory only, for ten seconds. */
  seen(name: string, viewer: string): void {
    let viewers = this.#lastSeen.get(name);
    if (viewers === undefined) {
      viewers = new Map();
      this.#lastSeen.set(name, viewers);
    }
    if (viewers.size < MAX_VIEWERS || viewers.has(viewer)) viewers.set(viewer, this.#now());
  }

  count(name: string): number {
    return this.#lastSeen.get(name)?.size ?? 0;
  }

  get total(): number {
    let total = 0;
    for (const viewers of this.#lastSeen.values()) total += viewers.size;
    return total;
  }

  /** Once a second: forgets those who left. */
  sweep(): void {
    const oldest = this.#now() - VIEWER_TIMEOUT_MS;
    for (const [name, viewers] of this.#lastSeen) {
      for (const [viewer, seenAt] of viewers) if (seenAt < oldest) viewers.delete(viewer);
      if (viewers.size === 0) this.#lastSeen.delete(name);
    }
  }
}
