// What viewers' players report about themselves, by stream: latency, stalls, start-up, bitrate, errors. Kept in memory only, until a
// player has been silent for 25 s. Reports are claims of strangers: there are never more sessions than viewers who were counted by
// their requests at one time in the last minute, from each address and in all.

import type { Clock } from '../clock.ts';
import { FIXED_LIMITS, type OnLimit } from '../limit-tally.ts';
import type { ViewerReport } from './cmcd-report.ts';
import type { ViewerRow } from './operator-message.ts';
import type { ViewerFigures } from './stream-card.ts';
import type { ViewerCount } from './viewer-count.ts';
import {
  isOvertaken,
  newSession,
  newStalledMs,
  newStalls,
  type Reporter,
  rowOf,
  updateSession,
  type ViewerSession,
} from './viewer-session.ts';

/** Players report every 10 s: one lost report is no departure. */
const SILENCE_MS = 25_000;
/** Sessions in all: as many as pages with a WebSocket (http.max-websockets). One takes about half a kilobyte. */
const MAX_SESSIONS = FIXED_LIMITS['reports.sessions'].limit;
/** Sessions of one stream: enough for figures about any number of viewers. */
const MAX_SESSIONS_OF_STREAM = FIXED_LIMITS['reports.sessions-of-stream'].limit;
const MINUTE_MS = 60_000;
const SECONDS_KEPT = 60;

/** What became of a report. */
export type ReportOutcome =
  | 'taken'
  /** Nobody can watch this stream. */
  | 'not-live'
  /** More than the viewers who were counted by their requests. */
  | 'not-counted'
  | 'no-room'
  | 'outdated'
  /** A signed stream, and no valid token. */
  | 'no-access'
  | 'unreadable'
  | 'too-many'
  /** DNT or GPC. */
  | 'opted-out';

/** The figures of one stream's measured viewers. */
export type ViewerSummary = ViewerFigures & {
  readonly startupP50Ms?: number;
  readonly bitrateP50Bps?: number;
  readonly stallsLastMinute: number;
  /** Viewers with a stall in the last minute. */
  readonly stalledLastMinute: number;
  /** Errors that players reported since the stream began. */
  readonly errors: number;
};

/** Totals of one stream since it began. */
export type ViewerTotals = { readonly stalls: number; readonly stalledMs: number; readonly errors: number };

type Audience = {
  readonly sessions: Map<string, ViewerSession>;
  /** How many of them there are by `who`. */
  readonly byWho: Map<string | undefined, number>;
  stalls: number;
  stalledMs: number;
  errors: number;
  /** Stalls since the last sweep, and of the seconds before it. */
  stallsNow: number;
  readonly stallsBySecond: number[];
  /** Viewers who were counted by their requests in each of the last seconds, and the most of these. */
  readonly countedBySecond: number[];
  countedLately: number;
};

export type ViewerReportsOptions = {
  readonly clock: Clock;
  readonly viewers: Pick<ViewerCount, 'count' | 'countOf' | 'has'>;
  /** Whether somebody can watch the stream. */
  readonly isWatchable: (name: string) => boolean;
  readonly onLimit?: OnLimit;
};

export class ViewerReports {
  /** Called with the seconds of each start-up. */
  onStartup: ((seconds: number) => void) | undefined;
  readonly #options: ViewerReportsOptions;
  readonly #audiences = new Map<string, Audience>();
  readonly #outcomes = new Map<ReportOutcome, number>();
  #sessionCount = 0;

  constructor(options: ViewerReportsOptions) {
    this.#options = options;
  }

  /** Takes one report about the stream `name`. */
  take(name: string, report: ViewerReport, reporter: Reporter): ReportOutcome {
    const outcome = this.#take(name, report, reporter);
    this.count(outcome);
    return outcome;
  }

  /** Counts reports that were not taken, by reason. */
  count(outcome: ReportOutcome, reports = 1): void {
    this.#outcomes.set(outcome, (this.#outcomes.get(outcome) ?? 0) + reports);
  }

  /** How many reports there were since the start, by what became of them. */
  outcomes(): Iterable<readonly [outcome: string, count: number]> {
    return this.#outcomes;
  }

  /** Players whose reports are kept. */
  get sessionCount(): number {
    return this.#sessionCount;
  }

  /** Called once a second: removes players that are silent or no longer counted, and starts a new second. */
  sweep(): void {
    const nowMs = this.#options.clock.monotonicMs();
    const [heardSince, countedSince] = [nowMs - SILENCE_MS, nowMs - MINUTE_MS];
    for (const [name, audience] of this.#audiences) {
      for (const [key, session] of audience.sessions) {
        if (session.heardAtMs >= heardSince && session.countedAtMs > countedSince) continue;
        this.#remove(audience, key);
      }
      pushSecond(audience.stallsBySecond, audience.stallsNow);
      audience.stallsNow = 0;
      pushSecond(audience.countedBySecond, this.#options.viewers.count(name));
      audience.countedLately = Math.max(...audience.countedBySecond);
    }
  }

  /** The stream is forgotten. */
  forget(name: string): void {
    this.#sessionCount -= this.#audiences.get(name)?.sessions.size ?? 0;
    this.#audiences.delete(name);
  }

  /** Viewers who report. */
  measured(name: string): number {
    const audience = this.#audiences.get(name);
    return audience === undefined ? 0 : Math.min(audience.sessions.size, this.#mostOf(name, audience));
  }

  /** One row for each, the longest session first. */
  rows(name: string): readonly ViewerRow[] {
    return this.#sessions(name).map(rowOf);
  }

  totals(name: string): ViewerTotals {
    const { stalls = 0, stalledMs = 0, errors = 0 } = this.#audiences.get(name) ?? {};
    return { stalls, stalledMs, errors };
  }

  /** Stalls that players reported in the last whole second. */
  stallsLastSecond(name: string): number {
    return this.#audiences.get(name)?.stallsBySecond.at(-1) ?? 0;
  }

  /** Undefined while nobody reports a latency. */
  latency(name: string): { readonly p50Ms: number; readonly p95Ms: number } | undefined {
    const sorted = sortedValues(this.#sessions(name), ({ latencyMs }) => latencyMs);
    const [p50Ms, p95Ms] = [quantile(sorted, 0.5), quantile(sorted, 0.95)];
    return p50Ms === undefined || p95Ms === undefined ? undefined : { p50Ms, p95Ms };
  }

  /** What changes every second; undefined while nobody reports. */
  figures(name: string): ViewerFigures | undefined {
    const measured = this.measured(name);
    if (measured === 0) return undefined;
    const latency = this.latency(name);
    return {
      measured,
      ...(latency === undefined ? {} : { latencyP50Ms: latency.p50Ms, latencyP95Ms: latency.p95Ms }),
      stallsLastSecond: this.stallsLastSecond(name),
    };
  }

  /** Share of the players that stalled in the last minute, from 0 to 1; undefined while nobody reports. */
  stallingShare(name: string): number | undefined {
    const sessions = this.#audiences.get(name)?.sessions;
    if (sessions === undefined || sessions.size === 0) return undefined;
    const minuteAgo = this.#options.clock.monotonicMs() - MINUTE_MS;
    let stalled = 0;
    for (const { stalledAtMs } of sessions.values()) if (stalledAtMs >= minuteAgo) stalled += 1;
    return stalled / sessions.size;
  }

  summary(name: string): ViewerSummary {
    const sessions = this.#sessions(name);
    const startup = quantile(
      sortedValues(sessions, ({ startupMs }) => startupMs),
      0.5,
    );
    const bitrate = quantile(
      sortedValues(sessions, ({ bitrateBps }) => bitrateBps),
      0.5,
    );
    const minuteAgo = this.#options.clock.monotonicMs() - MINUTE_MS;
    const seconds = this.#audiences.get(name)?.stallsBySecond ?? [];
    return {
      ...(this.figures(name) ?? { measured: 0, stallsLastSecond: this.stallsLastSecond(name) }),
      ...(startup === undefined ? {} : { startupP50Ms: startup }),
      ...(bitrate === undefined ? {} : { bitrateP50Bps: bitrate }),
      stallsLastMinute: seconds.reduce((sum, stalls) => sum + stalls, 0),
      stalledLastMinute: sessions.filter(({ stalledAtMs }) => stalledAtMs >= minuteAgo).length,
      errors: this.totals(name).errors,
    };
  }

  #sessions(name: string): readonly ViewerSession[] {
    const audience = this.#audiences.get(name);
    if (audience === undefined) return [];
    return [...audience.sessions.values()].slice(0, this.#mostOf(name, audience));
  }

  /** A player whose requests hang is no longer counted, but it is the one that an operator looks for. */
  #mostOf(name: string, { countedLately }: Audience): number {
    return Math.max(countedLately, this.#options.viewers.count(name));
  }

  #take(name: string, report: ViewerReport, reporter: Reporter): ReportOutcome {
    if (!this.#options.isWatchable(name)) return 'not-live';
    const audience = this.#audiences.get(name);
    const known = audience?.sessions.get(report.session);
    if (known !== undefined && isOvertaken(report, known)) return 'outdated';
    if (known === undefined || known.who !== reporter.who) {
      const problem = this.#problemWith(name, audience, reporter);
      if (problem !== undefined) return problem;
    }
    const present = audience ?? this.#open(name);
    const session = known ?? newSession(report, this.#options.clock.epochMs());
    if (known === undefined) {
      present.sessions.set(report.session, session);
      this.#sessionCount += 1;
    } else addTo(present.byWho, known.who, -1);
    addTo(present.byWho, reporter.who, 1);
    this.#update(name, present, session, { report, reporter });
    if (report.state === 'left') this.#remove(present, report.session);
    return 'taken';
  }

  /** Why there is no place for a further session of this viewer. */
  #problemWith(
    name: string,
    audience: Audience | undefined,
    { who }: Reporter,
  ): 'not-counted' | 'no-room' | undefined {
    const size = audience?.sessions.size ?? 0;
    const isStreamFull = size >= MAX_SESSIONS_OF_STREAM;
    if (isStreamFull || this.#sessionCount >= MAX_SESSIONS) {
      this.#options.onLimit?.(isStreamFull ? 'reports.sessions-of-stream' : 'reports.sessions');
      return 'no-room';
    }
    const counted = this.#options.viewers.countOf(name, who);
    if (counted === 0) return 'not-counted';
    return (audience?.byWho.get(who) ?? 0) >= counted ? 'not-counted' : undefined;
  }

  #open(name: string): Audience {
    const audience: Audience = {
      sessions: new Map(),
      byWho: new Map(),
      stalls: 0,
      stalledMs: 0,
      errors: 0,
      stallsNow: 0,
      stallsBySecond: [],
      countedBySecond: [],
      countedLately: 0,
    };
    this.#audiences.set(name, audience);
    return audience;
  }

  #remove(audience: Audience, key: string): void {
    const session = audience.sessions.get(key);
    if (session === undefined) return;
    audience.sessions.delete(key);
    this.#sessionCount -= 1;
    addTo(audience.byWho, session.who, -1);
  }

  #update(
    name: string,
    audience: Audience,
    session: ViewerSession,
    { report, reporter }: { readonly report: ViewerReport; readonly reporter: Reporter },
  ): void {
    const stalls = newStalls(session, report);
    audience.stalls += stalls;
    audience.stallsNow += stalls;
    audience.stalledMs += newStalledMs(session, report);
    if (report.isError) audience.errors += 1;
    if (report.startupMs !== undefined && session.startupMs === undefined)
      this.onStartup?.(report.startupMs / 1000);
    const nowMs = this.#options.clock.monotonicMs();
    if (this.#options.viewers.has(name, reporter.who)) session.countedAtMs = nowMs;
    updateSession(session, report, { reporter, stalls, nowMs });
  }
}

/** Keeps the last minute. */
function pushSecond(seconds: number[], value: number): void {
  seconds.push(value);
  if (seconds.length > SECONDS_KEPT) seconds.shift();
}

function addTo<Key>(counts: Map<Key, number>, key: Key, change: 1 | -1): void {
  const count = (counts.get(key) ?? 0) + change;
  if (count === 0) counts.delete(key);
  else counts.set(key, count);
}

function sortedValues(
  sessions: readonly ViewerSession[],
  read: (session: ViewerSession) => number | undefined,
): Float64Array {
  const values = sessions.map(read).filter((value) => value !== undefined);
  return Float64Array.from(values).sort();
}

/** The nearest rank: a value that was measured. */
function quantile(sorted: Float64Array, share: number): number | undefined {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)];
}
