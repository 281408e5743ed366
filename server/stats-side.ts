// Connects what is measured of streams and viewers to the rest of a gateway.

import { systemClock } from './clock.ts';
import { viewerLimitsOf } from './component-options.ts';
import { REPORTS_PATH } from './http/cmcd-handler.ts';
import type { StatsSocket } from './http/stats-socket.ts';
import type { LiveStream } from './live/live-stream.ts';
import type { StreamRegistry } from './live/stream-registry.ts';
import type { StreamState } from './live/stream-state.ts';
import type { Settings } from './settings/table.ts';
import { StreamMeter } from './stats/collect-stats.ts';
import type { ViewerRow } from './stats/operator-message.ts';
import { RejectedPublishes } from './stats/rejected-publishes.ts';
import type { StreamNumbers } from './stats/stats-message.ts';
import { type PlaybackFacts, StreamView } from './stats/stream-view.ts';
import { ViewerCount } from './stats/viewer-count.ts';
import { ViewerReports, type ViewerSummary } from './stats/viewer-reports.ts';

/** Sends measurements to subscribers. */
export type StatsReceiver = Pick<StatsSocket, 'hasFollowers' | 'publish'>;

/** Viewers stay while the publisher is silent or about to return. */
const WATCHABLE: ReadonlySet<StreamState> = new Set(['live', 'stalled', 'reconnecting']);

export class StatsSide {
  readonly viewers: ViewerCount;
  /** What players say about themselves; undefined if viewers.reports is off. */
  readonly reports: ViewerReports | undefined;
  readonly view: StreamView;
  readonly rejected = new RejectedPublishes(systemClock);
  readonly #meters = new Map<string, StreamMeter>();
  #tickNumber = 0;

  constructor(settings: Settings, registry: StreamRegistry, playbackFacts: (name: string) => PlaybackFacts) {
    this.viewers = new ViewerCount(systemClock, viewerLimitsOf(settings));
    const isWatchable = (name: string): boolean => WATCHABLE.has(registry.get(name)?.state ?? 'offline');
    const areReportsOn = settings['viewers.reports'] === 'on';
    this.reports = areReportsOn
      ? new ViewerReports({ clock: systemClock, viewers: this.viewers, isWatchable })
      : undefined;
    this.view = new StreamView({
      registry,
      reportsPath: areReportsOn ? REPORTS_PATH : undefined,
      playbackFacts,
      viewers: this.viewers,
      clock: systemClock,
      graceMs: settings['stream.grace'],
    });
  }

  add(stream: LiveStream): void {
    this.#meters.set(stream.name, new StreamMeter(stream, systemClock));
  }

  remove(stream: LiveStream): void {
    this.#meters.delete(stream.name);
    this.reports?.forget(stream.name);
  }

  /** Viewers who report about themselves. The others are counted, and not measured. */
  viewerRows(name: string): readonly ViewerRow[] {
    return this.reports?.rows(name) ?? [];
  }

  /** Undefined while nobody reports a latency. */
  viewerLatency(name: string): { readonly p50Ms: number; readonly p95Ms: number } | undefined {
    return this.reports?.latency(name);
  }

  /** Stalls that viewers reported in the last second; undefined while nobody reports. */
  viewerStalls(name: string): number | undefined {
    return this.measuredViewers(name) === 0 ? undefined : this.reports?.stallsLastSecond(name);
  }

  /** Viewers who report. */
  measuredViewers(name: string): number {
    return this.reports?.measured(name) ?? 0;
  }

  /** All figures of the viewers who report. */
  viewerSummary(name: string): ViewerSummary | undefined {
    return this.reports?.summary(name);
  }

  /** The last measurement of a stream. */
  numbers(name: string): StreamNumbers | undefined {
    return this.#meters.get(name)?.latest;
  }

  /** Called once a second: measures every stream, and tells its followers. */
  tick(receiver: StatsReceiver): void {
    this.viewers.sweep();
    this.reports?.sweep();
    this.#tickNumber += 1;
    for (const [name, meter] of this.#meters) {
      const numbers = meter.measure(this.viewers.count(name));
      if (!receiver.hasFollowers('stream', name)) continue;
      const seq = this.#tickNumber;
      receiver.publish('stream', { op: 'tick', name, seq, t: systemClock.epochMs(), d: numbers }, true);
    }
  }
}
