// Makes the messages for operators: keeps the history of every stream and of the process, and once a second tells those who follow.
// Without followers only the history is kept.

import type { Clock } from '../clock.ts';
import type { LiveStream } from '../live/live-stream.ts';
import type { StreamRegistry } from '../live/stream-registry.ts';
import type { Work } from '../small-steps.ts';
import { NumberHistory } from './number-history.ts';
import {
  type DetailNumbers,
  type EncoderReport,
  type Health,
  type OperatorMessage,
  type RejectedAttempt,
  SERVER_COLUMNS,
  type SegmentNote,
  type ServerColumn,
  type ServerSnapshotMessage,
  type SnapshotMessage,
  type StreamCard,
  type StreamsMessage,
  type ViewerRow,
} from './operator-message.ts';
import type { ProcessMeter } from './process-meter.ts';
import type { RejectedPublish, RejectedPublishes } from './rejected-publishes.ts';
import type { OperatorTopic, StreamNumbers } from './stats-message.ts';
import { mediaLine, NO_HEALTH, streamCard, type ViewerFigures } from './stream-card.ts';
import { stateEvent, type WordedEvent } from './stream-events.ts';
import { StreamRecords } from './stream-records.ts';
import type { StreamView } from './stream-view.ts';
import type { ViewerCount } from './viewer-count.ts';
import { ViewerRows, type ViewerTable } from './viewer-rows.ts';

/** Their table is large. A player reports a stall within a second, and operators see it within five seconds. */
const VIEWERS_EVERY_TICKS = 3;
/** Seconds of bit rates in the first message about all streams. */
const SPARK_SECONDS = 60;

/** Those who follow operators' topics. */
export type OperatorReceiver = {
  readonly hasFollowers: (topic: OperatorTopic, name?: string) => boolean;
  /** Names whose `detail` is followed. */
  readonly followedNames: () => Iterable<string>;
  /** To all followers of one topic; slow ones miss it. */
  readonly publish: (topic: OperatorTopic, name: string | undefined, message: OperatorMessage) => void;
};

/** The first messages of subscriptions. */
export type OperatorSource = {
  readonly streams: () => StreamsMessage;
  readonly server: () => ServerSnapshotMessage;
  readonly detail: (name: string) => SnapshotMessage;
};

/** What other parts know of a stream; undefined while it is unknown. */
export type StreamInsights = {
  readonly health: (name: string) => Health | undefined;
  /** What the encoder reports about itself. */
  readonly encoderReport: (name: string) => EncoderReport | undefined;
  readonly ingest: (
    name: string,
  ) => Readonly<Record<'jitterMs' | 'driftMs' | 'avOffsetMs', number | undefined>> | undefined;
  readonly viewerFigures: (name: string) => ViewerFigures | undefined;
  /** Viewers who report. */
  readonly viewerRows: (name: string) => readonly ViewerRow[];
};

const NO_INSIGHTS: StreamInsights = {
  health: () => undefined,
  encoderReport: () => undefined,
  ingest: () => undefined,
  viewerFigures: () => undefined,
  viewerRows: () => [],
};

export type OperatorFeedOptions = {
  readonly registry: Pick<StreamRegistry, 'get' | 'list'>;
  readonly view: Pick<StreamView, 'status'>;
  readonly viewers: Pick<ViewerCount, 'groups' | 'total'>;
  readonly rejected: Pick<RejectedPublishes, 'list'>;
  /** The last measurement of a stream. */
  readonly numbers: (name: string) => StreamNumbers | undefined;
  readonly process: Pick<ProcessMeter, 'measure'>;
  readonly mediaBytes: () => number;
  readonly webSockets: () => number;
  readonly clock: Clock;
  /** Finishes `tellAll` of this second: a first message must not have a part of it that the next message has again. */
  readonly settle?: () => void;
};

const TIMESTAMP_JUMP: WordedEvent = {
  type: 'timestampJump',
  values: {},
  text: 'The timestamps of the encoder jumped.',
};

export class OperatorFeed implements OperatorSource {
  readonly #options: OperatorFeedOptions;
  readonly #records: StreamRecords;
  readonly #rows = new ViewerRows();
  readonly #process = new NumberHistory<ServerColumn>(SERVER_COLUMNS, {
    loopP99Ms: 'max',
    rssBytes: 'max',
    mediaBytes: 'max',
    streams: 'max',
    viewers: 'max',
    websockets: 'max',
  });
  #insights = NO_INSIGHTS;
  #receiver: OperatorReceiver | undefined;
  #seq = 0;

  constructor(options: OperatorFeedOptions) {
    this.#options = options;
    this.#records = new StreamRecords(options.clock);
  }

  /** Where messages go. */
  sendTo(receiver: OperatorReceiver): void {
    this.#receiver = receiver;
  }

  /** Takes more of what is known of streams. */
  consult(insights: Partial<StreamInsights>): void {
    this.#insights = { ...this.#insights, ...insights };
  }

  streams = (): StreamsMessage => {
    this.#options.settle?.();
    const message = this.#streams();
    const keys = message.streams.map(({ name }) => name);
    const columns = keys.map((name) =>
      this.#records.of(name).numbers.recentSums(['vbps', 'abps'], SPARK_SECONDS),
    );
    return { ...message, bps: { stepMs: 1_000, endsAt: message.t, keys, columns } };
  };

  #streams = (): StreamsMessage => {
    const names = this.#options.registry.list().map(({ name }) => name);
    const streams = names.sort().map((name) => this.#card(name));
    return { op: 'streams', seq: this.#seq, t: this.#options.clock.epochMs(), streams };
  };

  server = (): ServerSnapshotMessage => {
    this.#options.settle?.();
    return {
      op: 'serverSnapshot',
      seq: this.#seq,
      t: this.#options.clock.epochMs(),
      recent: this.#process.recent(),
      hour: this.#process.hour(),
      rejected: this.#options.rejected.list().map(shownAttempt),
    };
  };

  detail = (name: string): SnapshotMessage => {
    this.#options.settle?.();
    const t = this.#options.clock.epochMs();
    const record = this.#records.of(name);
    return {
      op: 'snapshot',
      name,
      seq: this.#seq,
      t,
      card: this.#card(name),
      health: this.#healthOf(name),
      ...this.#encoderReportOf(name),
      recent: record.numbers.recent(),
      hour: record.numbers.hour(),
      segments: record.segments(t),
      events: record.events(t),
      ...this.#viewersOf(name, t),
    };
  };

  /** A stream has a new state, or is forgotten. */
  stateChanged(stream: LiveStream): void {
    this.event(stream.name, stateEvent(stream));
  }

  opened(name: string): void {
    this.#records.open(name);
  }

  /** The stream is forgotten; its record is kept for a while if there was media. */
  closed(stream: LiveStream): void {
    this.#records.close(stream.name, stream.hasCarriedMedia);
  }

  event(name: string, what: WordedEvent): void {
    const event = this.#records.get(name)?.addEvent(this.#options.clock.epochMs(), what);
    if (event !== undefined) this.#tell('detail', name, () => ({ op: 'event', name, event }));
  }

  /** A segment of the first rendition is complete. */
  segment(name: string, note: Omit<SegmentNote, 't'>): void {
    const segment = { ...note, t: this.#options.clock.epochMs() };
    this.#records.get(name)?.addSegment(segment);
    this.#tell('detail', name, () => ({ op: 'segment', name, segment }));
  }

  rejectedPublish(rejection: RejectedPublish): void {
    this.#tell('server', undefined, () => ({ op: 'rejected', rejected: shownAttempt(rejection) }));
  }

  /** Once a second, after every stream was measured: each stream in a step. */
  *tellAll(): Work {
    this.#seq += 1;
    const t = this.#options.clock.epochMs();
    this.#tickServer(t);
    this.#records.forget();
    for (const [name, record] of this.#records) {
      const stream = this.#options.registry.get(name);
      record.numbers.push(t, this.#numbersOf(name));
      if (stream !== undefined) this.#noteChanges(stream);
      yield;
    }
    for (const name of [...(this.#receiver?.followedNames() ?? [])]) {
      this.#tickDetail(name, t);
      yield;
    }
    this.#tell('streams', undefined, this.#streams);
  }

  #tickServer(t: number): void {
    const { process, mediaBytes, webSockets, registry, viewers } = this.#options;
    const { loopP99Ms = null, ...measured } = process.measure();
    const d = {
      ...measured,
      loopP99Ms,
      mediaBytes: mediaBytes(),
      streams: registry.list().length,
      viewers: viewers.total,
      websockets: webSockets(),
    };
    this.#process.push(t, d);
    this.#tell('server', undefined, () => ({ op: 'server', seq: this.#seq, t, d }));
  }

  #tickDetail(name: string, t: number): void {
    const card = this.#card(name);
    const d = this.#numbersOf(name);
    const health = this.#healthOf(name);
    const said = this.#encoderReportOf(name);
    this.#tell('detail', name, () => ({ op: 'detail', name, seq: this.#seq, t, card, d, health, ...said }));
    if (this.#seq % VIEWERS_EVERY_TICKS !== 0) return;
    this.#tell('detail', name, () => ({ op: 'viewers', name, t, ...this.#viewersOf(name, t) }));
  }

  /** Events that nobody reports: other tracks, repaired timestamps, and findings. */
  #noteChanges(stream: LiveStream): void {
    const { name, source } = stream;
    const record = this.#records.of(name);
    const media = mediaLine(this.#options.numbers(name));
    // The frame rate is measured, so it is no change.
    const tracks = media.replace(/ [\d.]+ fps/, '');
    if (tracks !== '' && tracks !== record.media) {
      record.media = tracks;
      this.event(name, { type: 'tracks', values: {}, text: tracks });
    }
    const jumps = source === undefined ? 0 : source.repairs.jumps + source.repairs.stepsBack;
    if (jumps > record.jumps) this.event(name, TIMESTAMP_JUMP);
    record.jumps = jumps;
    this.#noteIssues(name);
  }

  #noteIssues(name: string): void {
    const record = this.#records.of(name);
    const present = new Map(this.#healthOf(name).issues.map((issue) => [issue.code, issue]));
    if (present.size === 0 && record.issues.size === 0) return;
    for (const [code, issue] of record.issues) {
      if (present.has(code)) continue;
      this.#tell('detail', name, () => ({ op: 'issue', name, issue, cleared: true }));
      this.event(name, { type: 'issueCleared', values: { issue: code }, text: `Over now: ${issue.title}` });
    }
    for (const [code, issue] of present) {
      const before = record.issues.get(code);
      if (before?.since === issue.since && before.severity === issue.severity) continue;
      this.#tell('detail', name, () => ({ op: 'issue', name, issue }));
      if (before === undefined)
        this.event(name, { type: 'issue', values: { issue: code }, text: issue.title });
    }
    record.issues = present;
  }

  /** All viewers of a stream, those who report first. */
  viewers(name: string): readonly ViewerRow[] {
    const counted = this.#options.viewers.groups(name, this.#options.clock.epochMs());
    return this.#rows.all(this.#insights.viewerRows(name), counted);
  }

  #card(name: string): StreamCard {
    const { registry, view, numbers } = this.#options;
    const stream = registry.get(name);
    return streamCard({
      status: view.status(name),
      numbers: numbers(name),
      health: this.#healthOf(name),
      figures: this.#insights.viewerFigures(name),
      encoder: stream?.publisher?.encoder,
      testOf: stream?.testOf,
    });
  }

  #healthOf(name: string): Health {
    return this.#insights.health(name) ?? NO_HEALTH;
  }

  #encoderReportOf(name: string): { readonly encoderReport?: EncoderReport } {
    const encoderReport = this.#insights.encoderReport(name);
    return encoderReport === undefined ? {} : { encoderReport };
  }

  #numbersOf(name: string): DetailNumbers {
    const numbers = this.#options.numbers(name);
    const ingest = this.#insights.ingest(name);
    const figures = this.#insights.viewerFigures(name);
    return {
      vbps: numbers?.vbps ?? null,
      abps: numbers?.abps ?? null,
      fps: numbers?.fps ?? null,
      gopMs: numbers?.gopMs ?? null,
      jitterMs: rounded(ingest?.jitterMs),
      driftMs: rounded(ingest?.driftMs),
      avOffsetMs: rounded(ingest?.avOffsetMs),
      viewers: numbers?.viewers ?? null,
      latencyP50Ms: rounded(figures?.latencyP50Ms),
      latencyP95Ms: rounded(figures?.latencyP95Ms),
      stalls: figures?.stallsLastSecond ?? null,
      measuredViewers: figures?.measured ?? null,
    };
  }

  #viewersOf(name: string, t: number): ViewerTable {
    return this.#rows.table(this.#insights.viewerRows(name), this.#options.viewers.groups(name, t));
  }

  /** Makes the message only if somebody follows. */
  #tell(topic: OperatorTopic, name: string | undefined, make: () => OperatorMessage): void {
    if (this.#receiver?.hasFollowers(topic, name) === true) this.#receiver.publish(topic, name, make());
  }
}

function shownAttempt({ at, ...refusal }: RejectedPublish): RejectedAttempt {
  return { t: at, ...refusal };
}

function rounded(value: number | undefined): number | null {
  return value === undefined ? null : Math.round(value * 100) / 100;
}
