// What the page knows about one stream: the messages of its topic put together. Drawings read it; nothing here touches the page.
import type {
  DetailColumn,
  DetailNumbers,
  EncoderReport,
  Health,
  Issue,
  IssueSeverity,
  OperatorMessage,
  SegmentNote,
  StreamCard,
  StreamHappening,
  ViewerRow,
} from '../../server/stats/operator-message.ts';
import { ColumnHistory } from './column-history.ts';
import { STRIP_MS } from './segment-geometry.ts';

/** Typed so that a new column of the messages must be added here. */
const COLUMNS: Readonly<Record<DetailColumn, true>> = {
  vbps: true,
  abps: true,
  fps: true,
  gopMs: true,
  jitterMs: true,
  driftMs: true,
  avOffsetMs: true,
  viewers: true,
  latencyP50Ms: true,
  latencyP95Ms: true,
  stalls: true,
  measuredViewers: true,
};

const HOUR_MS = 3_600_000;
/** A stream that flaps has many events; the oldest are dropped. */
const MAX_EVENTS = 500;
const RANK: Readonly<Record<IssueSeverity, number>> = { error: 0, warning: 1, info: 2 };

/** Which part of the facts a message changes. */
export type FactsChange = 'all' | 'numbers' | 'segments' | 'issues' | 'events' | 'viewers';

export class StreamFacts {
  readonly history = new ColumnHistory<DetailColumn>({
    columns: Object.keys(COLUMNS) as DetailColumn[],
    combine: {
      stalls: 'sum',
      jitterMs: 'max',
      viewers: 'max',
      measuredViewers: 'max',
      latencyP95Ms: 'max',
    },
  });
  card: StreamCard | undefined;
  numbers: DetailNumbers | undefined;
  /** What the encoder reports about itself; undefined if it says nothing. */
  encoderReport: EncoderReport | undefined;
  /** The gateway's time of the last message. */
  nowMs = 0;
  segments: readonly SegmentNote[] = [];
  events: readonly StreamHappening[] = [];
  viewers: readonly ViewerRow[] = [];
  /** Players that are in no row. */
  moreViewers = 0;
  #health: Health | undefined;
  #hasChangedIssues = false;

  /** The findings, the worst first; undefined before the first message. */
  get issues(): readonly Issue[] | undefined {
    return this.#health?.issues;
  }

  /** The same; undefined while there is nothing to judge, because no findings then do not mean that all is well. */
  get judgedIssues(): readonly Issue[] | undefined {
    const isJudged = this.card?.verdict !== 'noData' || this.issues?.length !== 0;
    return isJudged ? this.issues : undefined;
  }

  /** With the gateway's sentence, as long as that is about these findings and this verdict. */
  get summarised(): Health | undefined {
    return this.#hasChangedIssues || this.card?.verdict !== this.#health?.verdict ? undefined : this.#health;
  }

  /** Whether the gateway has or had media of the stream. */
  get isKnown(): boolean {
    return this.card !== undefined && (this.card.state !== 'offline' || this.events.length > 0);
  }

  /** Takes in one message; undefined if it changes nothing here. */
  receive(message: OperatorMessage): FactsChange | undefined {
    switch (message.op) {
      case 'snapshot':
        this.#load(message);
        return 'all';
      case 'detail':
        this.card = message.card;
        this.numbers = message.d;
        this.encoderReport = message.encoderReport;
        this.#takeHealth(message.health);
        this.nowMs = message.t;
        this.history.push(message.t, message.d);
        return 'numbers';
      case 'segment':
        this.#addSegment(message.segment);
        return 'segments';
      case 'issue':
        this.#takeIssue(message.issue, message.cleared === true);
        return 'issues';
      case 'event':
        this.events = [...this.events, message.event].slice(-MAX_EVENTS);
        this.nowMs = Math.max(this.nowMs, message.event.t);
        return 'events';
      case 'viewers':
        this.viewers = message.viewers;
        this.moreViewers = message.moreViewers ?? 0;
        return 'viewers';
      default:
        return undefined;
    }
  }

  #load(message: Extract<OperatorMessage, { op: 'snapshot' }>): void {
    const { card, health, recent, hour, segments, events, viewers, moreViewers = 0, t } = message;
    this.card = card;
    this.#takeHealth(health);
    this.encoderReport = message.encoderReport;
    this.history.load(recent, hour);
    this.segments = segments;
    this.events = events.slice(-MAX_EVENTS);
    this.viewers = viewers;
    this.moreViewers = moreViewers;
    this.nowMs = t;
  }

  #takeHealth(health: Health): void {
    this.#health = { ...health, issues: worstFirst(health.issues) };
    this.#hasChangedIssues = false;
  }

  #addSegment(segment: SegmentNote): void {
    const others = this.segments.filter(({ msn, t }) => msn !== segment.msn && t > segment.t - 2 * STRIP_MS);
    this.segments = [...others, segment];
  }

  #takeIssue(issue: Issue, isCleared: boolean): void {
    const others = (this.#health?.issues ?? []).filter(({ code }) => code !== issue.code);
    const issues = isCleared ? others : worstFirst([...others, issue]);
    this.#health = { verdict: 'noData', summary: '', ...this.#health, issues };
    this.#hasChangedIssues = true;
  }

  /** Events of the last hour, the newest first. */
  recentEvents(): readonly StreamHappening[] {
    return this.events.filter(({ t }) => t > this.nowMs - HOUR_MS).toReversed();
  }
}

function worstFirst(issues: readonly Issue[]): readonly Issue[] {
  return issues.toSorted((a, b) => RANK[a.severity] - RANK[b.severity] || a.since - b.since);
}
