// One player that reports about itself: what it said last, and how its stalls are counted.

import { randomBytes } from 'node:crypto';
import type { ViewerReport } from './cmcd-report.ts';
import type { ViewerRow } from './operator-message.ts';
import { playerName } from './player-name.ts';
import { viewerNetwork } from './viewer-network.ts';

/** An older report was overtaken on its way. A player whose clock was set back by more goes on. */
const OVERTAKEN_MS = 60_000;
/** Stalls that one report can add: a player reports at least every 10 s. */
const MAX_NEW_STALLS = 10;
/** Time in stalls that one report can add. */
const MAX_NEW_STALLED_MS = 60_000;

/** Who sent a report: by these a viewer is counted. */
export type Reporter = {
  /** The address, or what the token says about the viewer. */
  readonly who: string | undefined;
  readonly userAgent: string | undefined;
};

export type ViewerSession = {
  readonly id: string;
  /** Milliseconds since the Unix epoch. */
  readonly since: number;
  who: string | undefined;
  network: string | undefined;
  player: string | undefined;
  heardAtMs: number;
  /** When it last reported while there were viewers of its `who`, by their requests. */
  countedAtMs: number;
  madeAt: number;
  /** As the player counts them, and how the gateway learns of stalls. */
  stallsInAll: number;
  stalledMsInAll: number;
  countsBy: 'total' | 'state' | 'flag';
  /** As the gateway counts them. */
  stalls: number;
  stalledAtMs: number;
  state: ViewerReport['state'];
  latencyMs: number | undefined;
  bufferMs: number | undefined;
  bitrateBps: number | undefined;
  startupMs: number | undefined;
};

export function newSession(report: ViewerReport, since: number): ViewerSession {
  return {
    // Made here, because a player may have put a name or an address into its own.
    id: randomBytes(6).toString('hex'),
    since,
    who: undefined,
    network: undefined,
    player: undefined,
    heardAtMs: 0,
    countedAtMs: 0,
    madeAt: 0,
    // Stalls before the first report are old: the gateway may have forgotten the session.
    stallsInAll: report.stallsInAll ?? 0,
    stalledMsInAll: report.stalledMsInAll ?? 0,
    countsBy: 'flag',
    stalls: report.stallsInAll ?? 0,
    stalledAtMs: Number.NEGATIVE_INFINITY,
    state: undefined,
    latencyMs: undefined,
    bufferMs: undefined,
    bitrateBps: undefined,
    startupMs: undefined,
  };
}

/** Takes the values of a report, in which there were `stalls` new stalls. */
export function updateSession(
  session: ViewerSession,
  report: ViewerReport,
  {
    reporter,
    stalls,
    nowMs,
  }: { readonly reporter: Reporter; readonly stalls: number; readonly nowMs: number },
): void {
  session.heardAtMs = nowMs;
  session.madeAt = report.madeAt ?? session.madeAt;
  if (session.player === undefined || session.who !== reporter.who) {
    session.who = reporter.who;
    session.network = viewerNetwork(reporter.who);
    session.player = playerName(reporter.userAgent);
  }
  if (stalls > 0) {
    session.stalls += stalls;
    session.stalledAtMs = nowMs;
  }
  session.state = report.state ?? session.state;
  session.latencyMs = report.latencyMs ?? session.latencyMs;
  session.bufferMs = report.bufferMs ?? session.bufferMs;
  session.bitrateBps = report.bitrateBps ?? session.bitrateBps;
  session.startupMs ??= report.startupMs;
}

/** A report that another one has overtaken on its way. */
export function isOvertaken({ madeAt }: ViewerReport, session: ViewerSession): boolean {
  return madeAt !== undefined && madeAt < session.madeAt && session.madeAt - madeAt < OVERTAKEN_MS;
}

/** A player says it in one or several of three ways, and each stall counts once: the most exact way that it uses. */
export function newStalls(session: ViewerSession, { stallsInAll, state, hasStalled }: ViewerReport): number {
  if (stallsInAll !== undefined) {
    const more = stallsInAll - session.stallsInAll;
    session.countsBy = 'total';
    session.stallsInAll = stallsInAll;
    return Math.min(Math.max(more, 0), MAX_NEW_STALLS);
  }
  if (session.countsBy === 'total') return 0;
  if (state !== undefined) {
    session.countsBy = 'state';
    return state === 'stalled' && session.state !== 'stalled' ? 1 : 0;
  }
  return session.countsBy === 'flag' && hasStalled ? 1 : 0;
}

/** How long the stalls took that this report is the first to tell. */
export function newStalledMs(
  session: ViewerSession,
  { stalledMs = 0, stalledMsInAll }: ViewerReport,
): number {
  if (stalledMsInAll === undefined) return Math.min(stalledMs, MAX_NEW_STALLED_MS);
  const more = stalledMsInAll - session.stalledMsInAll;
  session.stalledMsInAll = stalledMsInAll;
  return Math.min(Math.max(more, 0), MAX_NEW_STALLED_MS);
}

export function rowOf(session: ViewerSession): ViewerRow {
  const { id, player, network, latencyMs, bufferMs, stalls, bitrateBps, startupMs, since } = session;
  return {
    id,
    player: player ?? playerName(undefined),
    kind: 'measured',
    count: 1,
    ...(network === undefined ? {} : { network }),
    ...(latencyMs === undefined ? {} : { latencyMs }),
    ...(bufferMs === undefined ? {} : { bufferMs }),
    stalls,
    ...(bitrateBps === undefined ? {} : { bitrateBps }),
    ...(startupMs === undefined ? {} : { startupMs }),
    since,
  };
}
