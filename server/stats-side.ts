// Connects what is measured of streams and viewers to the rest of a gateway.

import { systemClock } from './clock.ts';
import { viewerLimitsOf } from './component-options.ts';
import { Doctor, type DoctorOptions } from './doctor/doctor.ts';
import type { IngestMeasure } from './doctor/ingest-watch.ts';
import type { TestReport } from './doctor/test-reports.ts';
import { REPORTS_PATH } from './http/cmcd-handler.ts';
import type { StatsSocket } from './http/stats-socket.ts';
import type { OnLimit } from './limit-tally.ts';
import type { PublishRefusal } from './live/authorizer.ts';
import type { LiveStream } from './live/live-stream.ts';
import type { StreamRegistry } from './live/stream-registry.ts';
import type { StreamState } from './live/stream-state.ts';
import type { Logger } from './log.ts';
import type { GatewayMemory } from './media/media-memory.ts';
import type { Settings } from './settings/table.ts';
import { SmallSteps, type Work } from './small-steps.ts';
import { StreamMeter } from './stats/collect-stats.ts';
import { OperatorFeed } from './stats/operator-feed.ts';
import type { EncoderReport, Health, ViewerRow } from './stats/operator-message.ts';
import { ProcessMeter } from './stats/process-meter.ts';
import { RejectedPublishes } from './stats/rejected-publishes.ts';
import type { StreamNumbers } from './stats/stats-message.ts';
import { type PlaybackFacts, StreamView } from './stats/stream-view.ts';
import { ViewerCount } from './stats/viewer-count.ts';
import { ViewerReports, type ViewerSummary } from './stats/viewer-reports.ts';

/** Sends measurements to subscribers. */
export type StatsReceiver = Pick<StatsSocket, 'hasFollowers' | 'publish' | 'operators' | 'peerCount'>;

/** A changed number of viewers is told this often. */
const VIEWERS_EVERY_TICKS = 5;

export type StatsSideOptions = {
  readonly settings: Settings;
  readonly registry: StreamRegistry;
  readonly playbackFacts: (name: string) => PlaybackFacts;
  readonly memory: GatewayMemory;
  readonly log: Logger;
  readonly onLimit: OnLimit;
  /** The doctor has raised or cleared an issue. */
  readonly onIssue: DoctorOptions['onChange'];
};

/** Viewers stay while the publisher is silent or about to return. */
const WATCHABLE: ReadonlySet<StreamState> = new Set(['live', 'stalled', 'reconnecting']);

export class StatsSide {
  readonly viewers: ViewerCount;
  /** What players say about themselves; undefined if viewers.reports is off. */
  readonly reports: ViewerReports | undefined;
  readonly view: StreamView;
  readonly rejected = new RejectedPublishes(systemClock);
  /** Messages for operators. */
  readonly feed: OperatorFeed;
  readonly #meters = new Map<string, StreamMeter>();
  readonly #doctor: Doctor;
  readonly #process: ProcessMeter;
  #receiver: StatsReceiver | undefined;
  /** The numbers of viewers that followers of `status` were last told. */
  #toldViewers: ReadonlyMap<string, number> = new Map();
  #tickNumber = 0;
  /** Does the work of every second. */
  readonly #steps: SmallSteps;

  constructor({ settings, registry, playbackFacts, memory, log, onLimit, ...options }: StatsSideOptions) {
    const limitOf = (name: string): number | undefined => registry.get(name)?.maxViewers;
    this.viewers = new ViewerCount(systemClock, viewerLimitsOf(settings), limitOf);
    const isWatchable = (name: string): boolean => WATCHABLE.has(registry.get(name)?.state ?? 'offline');
    const areReportsOn = settings['viewers.reports'] === 'on';
    const { viewers } = this;
    this.reports = areReportsOn
      ? new ViewerReports({ clock: systemClock, viewers, isWatchable, onLimit })
      : undefined;
    this.view = new StreamView({
      registry,
      reportsPath: areReportsOn ? REPORTS_PATH : undefined,
      playbackFacts,
      viewers: this.viewers,
      clock: systemClock,
      graceMs: settings['stream.grace'],
    });
    this.#process = new ProcessMeter(systemClock, log);
    this.#doctor = new Doctor({
      clock: systemClock,
      onChange: options.onIssue,
      numbers: (name) => this.numbers(name),
      viewers: (name) => ({
        stallingShare: this.reports?.stallingShare(name),
        plainAppleViewers: this.viewers.plainAppleCount(name),
      }),
      loopP99Ms: () => this.#process.loopP99Ms,
    });
    this.feed = new OperatorFeed({
      registry,
      view: this.view,
      viewers: this.viewers,
      rejected: this.rejected,
      numbers: (name) => this.numbers(name),
      process: this.#process,
      mediaBytes: () => memory.usedBytes,
      webSockets: () => this.#receiver?.peerCount ?? 0,
      clock: systemClock,
      settle: () => this.#steps.finish(),
    });
    const { reports } = this;
    this.feed.consult({
      health: (name) => this.health(name),
      encoderReport: (name) => this.encoderReport(name),
      ingest: (name) => this.ingest(name),
      ...(reports && {
        viewerFigures: (name: string) => reports.figures(name),
        viewerRows: (name: string) => reports.rows(name),
      }),
    });
    this.#steps = new SmallSteps({ clock: systemClock, log });
  }

  /** Where messages go. */
  sendTo(receiver: StatsReceiver): void {
    this.#receiver = receiver;
    this.feed.sendTo(receiver.operators);
  }

  open(): void {
    this.#process.open();
  }

  close(): void {
    this.#process.close();
    this.#steps.close();
  }

  add(stream: LiveStream): void {
    this.#meters.set(stream.name, new StreamMeter(stream, systemClock));
    this.#doctor.add(stream);
    this.feed.opened(stream.name);
  }

  remove(stream: LiveStream): void {
    this.#meters.delete(stream.name);
    this.#doctor.remove(stream);
    this.reports?.forget(stream.name);
    this.feed.closed(stream);
  }

  /** Viewers who report, and those who are only counted. */
  viewerRows(name: string): readonly ViewerRow[] {
    return this.feed.viewers(name);
  }

  /** All figures of the viewers who report; undefined if viewers.reports is off. */
  viewerSummary(name: string): ViewerSummary | undefined {
    return this.reports?.summary(name);
  }

  /** A publisher was refused. */
  refused(refusal: PublishRefusal): void {
    this.feed.rejectedPublish(this.rejected.add(refusal));
  }

  /** The last measurement of a stream. */
  numbers(name: string): StreamNumbers | undefined {
    return this.#meters.get(name)?.latest;
  }

  /** How the stream's media arrives. */
  ingest(name: string): IngestMeasure | undefined {
    return this.#doctor.ingest(name);
  }

  /** The doctor's verdict about a stream. */
  health(name: string): Health | undefined {
    return this.#doctor.health(name);
  }

  /** What the encoder of a stream reports about itself. */
  encoderReport(name: string): EncoderReport | undefined {
    return this.#doctor.encoderReport(name);
  }

  /** The report about a publish with `?test=1`. */
  testReport(id: string): TestReport | undefined {
    return this.#doctor.testReport(id);
  }

  /** A stream has another state. */
  noteState(stream: LiveStream): void {
    this.#doctor.noteState(stream);
  }

  /** Called once a second: measures every stream, and tells its followers. It goes on after it has returned. */
  tick(receiver: StatsReceiver): void {
    this.#tickNumber += 1;
    const second = this.#tickNumber;
    this.#steps.run([
      this.#checkOperators(receiver),
      this.#sweep(),
      this.#measure(receiver, second),
      this.#doctor.judge(),
      this.#tellViewers(receiver, second),
      this.feed.tellAll(),
    ]);
  }

  *#checkOperators({ operators }: StatsReceiver): Work {
    operators.check();
    yield;
  }

  *#sweep(): Work {
    this.viewers.sweep();
    yield;
    this.reports?.sweep();
  }

  *#measure(receiver: StatsReceiver, seq: number): Work {
    for (const [name, meter] of [...this.#meters]) {
      // In the meantime the stream may be forgotten, and another may have its name.
      if (this.#meters.get(name) !== meter) continue;
      const numbers = meter.measure(this.viewers.count(name));
      if (receiver.hasFollowers('stream', name))
        receiver.publish('stream', { op: 'tick', name, seq, t: systemClock.epochMs(), d: numbers }, true);
      yield;
    }
  }

  /** Followers of a state learn of another number of viewers. */
  *#tellViewers(receiver: StatsReceiver, second: number): Work {
    if (second % VIEWERS_EVERY_TICKS !== 0) return;
    const told = new Map<string, number>();
    for (const name of this.#meters.keys()) {
      if (!receiver.hasFollowers('status', name)) continue;
      const status = this.view.status(name);
      told.set(name, status.viewers);
      if (this.#toldViewers.get(name) !== status.viewers) receiver.publish('status', status, true);
      yield;
    }
    this.#toldViewers = told;
  }
}
