// Counts viewers by their playlist requests, without cookies and without tokens in URLs.

import type { MonotonicClock } from '../clock.ts';

/** A player without a request for this long has left. A held request takes up to 9 s. */
const VIEWER_TIMEOUT_MS = 10_000;
/** The highest number of held requests is kept for one to two times this long. */
const PEAK_WINDOW_MS = 5_000;
/** Most distinct viewers per stream; further ones are not counted separately. */
const MAX_VIEWERS = 100_000;
/** So much of it names browser and system (player-name.ts); the limit protects memory. */
const MAX_AGENT_CHARACTERS = 200;

/**
 * All players behind one address with one user agent: a classroom, or everybody behind a reverse proxy. A low-latency player
 * always has exactly one waiting playlist request, so the number of waiting requests is the number of players.
 */
export type ViewerGroup = {
  seenAt: number;
  /** When it was first seen, by the monotonic clock. */
  readonly since: number;
  /** Waiting playlist requests now, the most in this window, and the most in the last one. */
  held: number;
  peak: number;
  lastPeak: number;
  /** A player of Apple's systems that came without TLS: it has no low latency there. */
  isPlainApple?: boolean;
  /** The address, or what a token says about the viewer. */
  readonly who: string | undefined;
  readonly audience: Audience;
};

/** One group, for the table of viewers. */
export type CountedViewers = {
  readonly group: object;
  readonly address: string;
  readonly userAgent: string;
  readonly count: number;
  /** Milliseconds since the Unix epoch. */
  readonly since: number;
};

/** Why a further viewer is not admitted. */
export type NoRoom = 'too_many_viewers' | 'too_many_viewers_of_stream';

/** The most viewers of all streams and of one; 0 for no limit. */
export type ViewerLimits = { readonly inAll: number; readonly ofStream: number };

const NO_LIMITS: ViewerLimits = { inAll: 0, ofStream: 0 };

type Audience = {
  readonly name: string;
  readonly groups: Map<string, ViewerGroup>;
  /** The same groups by `who`. */
  readonly byWho: Map<string | undefined, Set<ViewerGroup>>;
  count: number;
  plainAppleCount: number;
};

/** Counts viewers by stream name. Data about viewers is kept in memory only, for ten seconds. */
export class ViewerCount {
  readonly #audiences = new Map<string, Audience>();
  readonly #clock: MonotonicClock;
  readonly #limits: ViewerLimits;
  readonly #limitOf: (name: string) => number | undefined;
  #windowStart: number;

  /** `limitOf`: the limit of one stream, in place of that for each. */
  constructor(
    clock: MonotonicClock,
    limits: ViewerLimits = NO_LIMITS,
    limitOf: (name: string) => number | undefined = () => undefined,
  ) {
    this.#clock = clock;
    this.#limits = limits;
    this.#limitOf = limitOf;
    this.#windowStart = clock.monotonicMs();
  }

  /**
   * A playlist was requested. If the request waits, call `hold` and `release` of the group.
   * @returns why there is no room, for a viewer who would be one more than a limit allows
   */
  seen(name: string, address: string | undefined, userAgent: string | undefined): ViewerGroup | NoRoom {
    let audience = this.#audiences.get(name);
    const key = `${address} ${userAgent?.slice(0, MAX_AGENT_CHARACTERS)}`;
    let group = audience?.groups.get(key);
    const noRoom = group === undefined ? this.#noRoom(name, audience?.count ?? 0) : undefined;
    if (noRoom !== undefined) return noRoom;
    if (audience === undefined) {
      audience = { name, groups: new Map(), byWho: new Map(), count: 0, plainAppleCount: 0 };
      this.#audiences.set(name, audience);
    }
    if (group === undefined) {
      group = {
        seenAt: 0,
        since: this.#clock.monotonicMs(),
        held: 0,
        peak: 0,
        lastPeak: 0,
        who: address,
        audience,
      };
      if (audience.groups.size < MAX_VIEWERS) {
        audience.groups.set(key, group);
        index(group);
        audience.count += 1;
      }
    }
    group.seenAt = this.#clock.monotonicMs();
    return group;
  }

  /**
   * A playlist request of the group starts to wait.
   * @returns why there is no room, if that shows one more viewer than a limit allows
   */
  hold(group: ViewerGroup): NoRoom | undefined {
    const before = sizeOf(group);
    const noRoom =
      group.held + 1 > before ? this.#noRoom(group.audience.name, group.audience.count) : undefined;
    if (noRoom !== undefined) return noRoom;
    group.held += 1;
    group.peak = Math.max(group.peak, group.held);
    group.audience.count += sizeOf(group) - before;
    return undefined;
  }

  /** It was answered or given up. */
  release(group: ViewerGroup): void {
    group.held -= 1;
  }

  count(name: string): number {
    return this.#audiences.get(name)?.count ?? 0;
  }

  /** Groups of Apple's players without TLS, as of the last sweep. */
  plainAppleCount(name: string): number {
    return this.#audiences.get(name)?.plainAppleCount ?? 0;
  }

  /** How many of them have one address, or one identity of tokens. */
  countOf(name: string, who: string | undefined): number {
    let count = 0;
    for (const group of this.#audiences.get(name)?.byWho.get(who) ?? []) count += sizeOf(group);
    return count;
  }

  /** Whether there are any. */
  has(name: string, who: string | undefined): boolean {
    return this.#audiences.get(name)?.byWho.has(who) === true;
  }

  /** The viewers of a stream by address and user agent. `epochMs` is the present time. */
  *groups(name: string, epochMs: number): Generator<CountedViewers> {
    const nowMs = this.#clock.monotonicMs();
    for (const [key, group] of this.#audiences.get(name)?.groups ?? []) {
      const at = key.indexOf(' ');
      const [address, userAgent] = [key.slice(0, at), key.slice(at + 1)];
      const since = Math.round(epochMs - (nowMs - group.since));
      yield { group, address, userAgent, count: sizeOf(group), since };
    }
  }

  get total(): number {
    let total = 0;
    for (const { count } of this.#audiences.values()) total += count;
    return total;
  }

  #noRoom(name: string, count: number): NoRoom | undefined {
    const { inAll } = this.#limits;
    const ofStream = this.#limitOf(name) ?? this.#limits.ofStream;
    if (ofStream > 0 && count >= ofStream) return 'too_many_viewers_of_stream';
    return inAll > 0 && this.total >= inAll ? 'too_many_viewers' : undefined;
  }

  /** Called once a second: removes viewers who left. */
  sweep(): void {
    const nowMs = this.#clock.monotonicMs();
    const isNewWindow = nowMs - this.#windowStart >= PEAK_WINDOW_MS;
    if (isNewWindow) this.#windowStart = nowMs;
    for (const [name, audience] of this.#audiences) {
      audience.count = 0;
      audience.plainAppleCount = 0;
      for (const [key, group] of audience.groups) {
        if (group.held === 0 && group.seenAt < nowMs - VIEWER_TIMEOUT_MS) {
          audience.groups.delete(key);
          unindex(group);
          continue;
        }
        if (isNewWindow) {
          group.lastPeak = group.peak;
          group.peak = group.held;
        }
        audience.count += sizeOf(group);
        if (group.isPlainApple === true) audience.plainAppleCount += 1;
      }
      if (audience.groups.size === 0) this.#audiences.delete(name);
    }
  }
}

function sizeOf(group: ViewerGroup): number {
  return Math.max(1, group.peak, group.lastPeak);
}

function index(group: ViewerGroup): void {
  const { who, audience } = group;
  const present = audience.byWho.get(who);
  if (present === undefined) audience.byWho.set(who, new Set([group]));
  else present.add(group);
}

function unindex(group: ViewerGroup): void {
  const { who, audience } = group;
  const present = audience.byWho.get(who);
  present?.delete(group);
  if (present?.size === 0) audience.byWho.delete(who);
}
