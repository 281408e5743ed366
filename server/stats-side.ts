// Connects what is measured of streams and viewers to the rest of a gateway.

import { systemClock } from './clock.ts';
import { viewerLimitsOf } from './component-options.ts';
import type { StatsSocket } from './http/stats-socket.ts';
import type { PublishRefusal } from './live/authorizer.ts';
import type { LiveStream } from './live/live-stream.ts';
import type { StreamRegistry } from './live/stream-registry.ts';
import type { Logger } from './log.ts';
import type { GatewayMemory } from './media/media-memory.ts';
import type { Settings } from './settings/table.ts';
import { StreamMeter } from './stats/collect-stats.ts';
import { OperatorFeed } from './stats/operator-feed.ts';
import { ProcessMeter } from './stats/process-meter.ts';
import { RejectedPublishes } from './stats/rejected-publishes.ts';
import type { StreamNumbers } from './stats/stats-message.ts';
import { type PlaybackFacts, StreamView } from './stats/stream-view.ts';
import { ViewerCount } from './stats/viewer-count.ts';

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
};

export class StatsSide {
  readonly viewers: ViewerCount;
  readonly view: StreamView;
  readonly rejected = new RejectedPublishes(systemClock);
  /** Messages for operators. */
  readonly feed: OperatorFeed;
  readonly #meters = new Map<string, StreamMeter>();
  readonly #process: ProcessMeter;
  #receiver: StatsReceiver | undefined;
  /** The numbers of viewers that followers of `status` were last told. */
  #toldViewers: ReadonlyMap<string, number> = new Map();
  #tickNumber = 0;

  constructor({ settings, registry, playbackFacts, memory, log }: StatsSideOptions) {
    const limitOf = (name: string): number | undefined => registry.get(name)?.maxViewers;
    this.viewers = new ViewerCount(systemClock, viewerLimitsOf(settings), limitOf);
    this.view = new StreamView({
      registry,
      playbackFacts,
      viewers: this.viewers,
      clock: systemClock,
      graceMs: settings['stream.grace'],
    });
    this.#process = new ProcessMeter(systemClock, log);
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
    });
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
  }

  add(stream: LiveStream): void {
    this.#meters.set(stream.name, new StreamMeter(stream, systemClock));
    this.feed.opened(stream.name);
  }

  remove(stream: LiveStream): void {
    this.#meters.delete(stream.name);
    this.feed.closed(stream);
  }

  /** A publisher was refused. */
  refused(refusal: PublishRefusal): void {
    this.feed.rejectedPublish(this.rejected.add(refusal));
  }

  /** The last measurement of a stream. */
  numbers(name: string): StreamNumbers | undefined {
    return this.#meters.get(name)?.latest;
  }

  /** Called once a second: measures every stream, and tells its followers. */
  tick(receiver: StatsReceiver): void {
    this.viewers.sweep();
    this.#tickNumber += 1;
    for (const [name, meter] of this.#meters) {
      const numbers = meter.measure(this.viewers.count(name));
      if (!receiver.hasFollowers('stream', name)) continue;
      const seq = this.#tickNumber;
      receiver.publish('stream', { op: 'tick', name, seq, t: systemClock.epochMs(), d: numbers }, true);
    }
    if (this.#tickNumber % VIEWERS_EVERY_TICKS === 0) this.#tellViewers(receiver);
    receiver.operators.check();
    this.feed.tick();
  }

  /** Followers of a state learn of another number of viewers. */
  #tellViewers(receiver: StatsReceiver): void {
    const told = new Map<string, number>();
    for (const name of this.#meters.keys()) {
      if (!receiver.hasFollowers('status', name)) continue;
      const status = this.view.status(name);
      told.set(name, status.viewers);
      if (this.#toldViewers.get(name) === status.viewers) continue;
      receiver.publish('status', status, true);
    }
    this.#toldViewers = told;
  }
}
