// The messages of `WS /ws/v1` for operators: everything about what comes in and how it is watched. Pages import types from
// this file only. Topics need the scope `read` of an admin token, as the API does.

import type { StreamState } from '../live/stream-state.ts';
import type { FixValues, PlainValues } from './issue-values.ts';

export type { OperatorTopic } from './stats-message.ts';

/** Messages of clients. A later `sub` is answered with a new snapshot; another token replaces the one before. */
export type OperatorClientMessage =
  | {
      op: 'sub';
      topic: 'streams' | 'server';
      /** An admin token; not needed on a private network while the gateway has none. */
      token?: string;
    }
  | { op: 'sub'; topic: 'detail'; name: string; token?: string }
  | { op: 'unsub'; topic: 'streams' | 'server' }
  | { op: 'unsub'; topic: 'detail'; name: string };

export type IssueSeverity = 'info' | 'warning' | 'error';

/** One finding about a stream: what is wrong, what was expected, and what to do. It holds until it is cleared. */
export type Issue = {
  /** A code of docs/doctor.md, such as `gopLong`. */
  code: string;
  severity: IssueSeverity;
  /** Texts are English. Pages in other languages write their own, from the code and the values. */
  title: string;
  /** What was measured, with its unit. */
  observed: string;
  /** What it should be. */
  expected: string;
  fix: {
    /** The menu path in the version of OBS that pushes; absent if OBS has no such setting. */
    obs?: string;
    /** The flags of ffmpeg. */
    ffmpeg?: string;
    /** For every encoder. */
    generic: string;
  };
  /** The values in `observed`, such as `longestMs`; units are in their names. Those of each code: `IssueValues`. */
  values: PlainValues;
  /** What `fix` depends on. */
  fixValues: FixValues;
  /** Milliseconds since the Unix epoch. */
  since: number;
};

/** `noData` until a few seconds of media have arrived; `ok` has warnings, `bad` has errors. */
export type Verdict = 'good' | 'ok' | 'bad' | 'noData';

export type Health = {
  verdict: Verdict;
  /** The verdict in one sentence. */
  summary: string;
  /** The worst first. */
  issues: readonly Issue[];
};

/**
 * What an encoder reports about itself over the last 30 s: OBS does in its Broadcast Performance Metrics. Numbers of pictures, and of them those
 * that were lost on their way.
 */
export type EncoderReport = {
  /** Composed, and of them those that were late because rendering was too slow. */
  rendered: number;
  lagged: number;
  /** Given to the encoder, and of them those that it skipped because it was too slow. */
  input: number;
  skipped: number;
  /** Handed to the connection, and of them those that it dropped because the network was too slow. */
  output: number;
  dropped: number;
  /** Milliseconds from composing a picture to handing it to the connection. */
  encodeMs?: number;
  /** Milliseconds from composing a picture to its arrival here, if the clock of the encoder's machine is right. */
  captureMs?: number;
  /** By the encoder's clock pictures arrive before they are sent, or half a minute later. */
  clocksDisagree?: true;
};

/** One stream as a card shows it. */
export type StreamCard = {
  name: string;
  state: StreamState;
  /** Milliseconds since the Unix epoch. */
  since: number;
  verdict: Verdict;
  /** The title of the worst issue, and its code. */
  topIssue?: string;
  topIssueCode?: string;
  issueCount: number;
  /** Such as `avc1.640028 1920×1080 30 fps · mp4a.40.2 48 kHz`. */
  media?: string;
  encoder?: string;
  viewers: number;
  /** Of a publish with `?test=1`: the public name of its key. Nobody can watch it, and its report is the page `/tests/NAME`. */
  testOf?: string;
  /** Bits per second over the last second. */
  bps: number;
  /** Of the viewers who report it. */
  latencyP50Ms?: number;
  latencyP95Ms?: number;
};

/** Once a second: all streams, sorted by name. */
export type StreamsMessage = {
  op: 'streams';
  seq: number;
  t: number;
  streams: readonly StreamCard[];
  /** On subscription only: the bit rate of each stream in the last minute, by the second; its columns have the names of streams. */
  bps?: History<string>;
};

/** Columns of the history of a stream; a value is null while it is unknown. */
export const DETAIL_COLUMNS = [
  'vbps',
  'abps',
  'fps',
  'gopMs',
  /** How irregularly media arrives, RFC 3550 clause 6.4.1. */
  'jitterMs',
  /** Media time minus wall time since the source began: negative when the upload is too slow. */
  'driftMs',
  /** Sound minus pictures at the same moment of arrival. */
  'avOffsetMs',
  'viewers',
  'latencyP50Ms',
  'latencyP95Ms',
  /** Stalls of viewers in this second. */
  'stalls',
  /** Viewers who report. */
  'measuredViewers',
] as const;
export type DetailColumn = (typeof DETAIL_COLUMNS)[number];
export type DetailNumbers = Readonly<Record<DetailColumn, number | null>>;

/**
 * Equal steps, oldest first; `columns[i]` belongs to `keys[i]`, and its last value to the time `endsAt`. Steps of ten seconds are means, but
 * the sum of `stalls`, and the highest of `jitterMs`, `viewers`, `measuredViewers`, `latencyP95Ms`, `loopP99Ms` and of the process's counts.
 */
export type History<Column extends string> = {
  stepMs: number;
  endsAt: number;
  keys: readonly Column[];
  columns: readonly (readonly (number | null)[])[];
};

/** One segment of the first rendition, once it is complete. */
export type SegmentNote = {
  msn: number;
  /** When it was complete, milliseconds since the Unix epoch. */
  t: number;
  durationMs: number;
  bytes: number;
  /** Duration, bytes, and 1 if it begins with a key frame. */
  parts: readonly (readonly [durationMs: number, bytes: number, isIndependent: 0 | 1])[];
  /** It follows a discontinuity. */
  discontinuity?: true;
  /** It has no media (EXT-X-GAP). */
  gap?: true;
};

/** Something that happened: `live`, `stalled`, `reconnecting`, `tracks`, `timestampJump`, `issue`, `issueCleared`, … */
export type StreamHappening = {
  t: number;
  type: string;
  /** In English. Pages in other languages write their own, from the type and the values. */
  text: string;
  /** The values in `text`; units are in their names. Absent if there are none. */
  values?: PlainValues;
};

/** One player; addresses are truncated. */
export type ViewerRow = {
  /** Made at random by the player, or by the gateway for those who do not report. */
  id: string;
  /** Browser and system, such as `Firefox · Linux`. */
  player: string;
  /** `measured` by its own reports (CMCD), or `counted` by its requests. */
  kind: 'measured' | 'counted';
  /** Players in this row: more than one behind one address with one user agent. */
  count: number;
  /** Truncated: 192.0.2.x, 2001:db8:1:: */
  network?: string;
  latencyMs?: number;
  bufferMs?: number;
  stalls?: number;
  bitrateBps?: number;
  startupMs?: number;
  /** Milliseconds since the Unix epoch. */
  since: number;
};

/** On subscription to `detail`: the last 300 s by the second, the last hour by ten seconds, and what is known now. */
export type SnapshotMessage = {
  op: 'snapshot';
  name: string;
  seq: number;
  t: number;
  card: StreamCard;
  health: Health;
  /** Absent while the encoder reports nothing about itself. */
  encoderReport?: EncoderReport;
  recent: History<DetailColumn>;
  hour: History<DetailColumn>;
  /** Of the last 60 s. */
  segments: readonly SegmentNote[];
  /** Of the last hour, oldest first. */
  events: readonly StreamHappening[];
  viewers: readonly ViewerRow[];
  /** Players that are in no row, because there are too many rows. */
  moreViewers?: number;
};

/** Once a second. A gap in `seq` means that some were skipped: subscribe again for a snapshot. */
export type DetailMessage = {
  op: 'detail';
  name: string;
  seq: number;
  t: number;
  card: StreamCard;
  d: DetailNumbers;
  /** With what was measured now. */
  health: Health;
  encoderReport?: EncoderReport;
};

export type SegmentMessage = { op: 'segment'; name: string; segment: SegmentNote };
export type IssueMessage = { op: 'issue'; name: string; issue: Issue; cleared?: true };
export type EventMessage = { op: 'event'; name: string; event: StreamHappening };
/** Every three seconds. */
export type ViewersMessage = {
  op: 'viewers';
  name: string;
  t: number;
  /** At most 500: those who report first, then the largest. */
  viewers: readonly ViewerRow[];
  moreViewers?: number;
};

/** Columns of the process. */
export const SERVER_COLUMNS = [
  'cpuPercent',
  'loopP99Ms',
  'rssBytes',
  'mediaBytes',
  'streams',
  'viewers',
  'websockets',
] as const;
export type ServerColumn = (typeof SERVER_COLUMNS)[number];

/** A publish that was refused. */
export type RejectedAttempt = {
  t: number;
  /** Absent if the name was not valid. */
  name?: string;
  remoteAddress: string;
  code: string;
  reason: string;
  /** The values in the reason; absent if there are none. */
  values?: Readonly<Record<string, string>>;
  encoder?: string;
};

/** On subscription to `server`. */
export type ServerSnapshotMessage = {
  op: 'serverSnapshot';
  seq: number;
  t: number;
  recent: History<ServerColumn>;
  hour: History<ServerColumn>;
  rejected: readonly RejectedAttempt[];
};
/** Once a second. */
export type ServerMessageTick = {
  op: 'server';
  seq: number;
  t: number;
  d: Readonly<Record<ServerColumn, number | null>>;
};
export type RejectedMessage = { op: 'rejected'; rejected: RejectedAttempt };

export type OperatorMessage =
  | StreamsMessage
  | SnapshotMessage
  | DetailMessage
  | SegmentMessage
  | IssueMessage
  | EventMessage
  | ViewersMessage
  | ServerSnapshotMessage
  | ServerMessageTick
  | RejectedMessage;
