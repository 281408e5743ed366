// Reports of players about themselves: Common Media Client Data, versions 1 (CTA-5004) and 2 (CTA-5004-B). Values are claims of
// strangers, so each is put into a range that playback can have, and anything else is left out.

import { type CmcdData, decodeCmcd } from '@svta/cml-cmcd';

/** States of playback that matter here; `other` is any that CTA-5004-B has in addition. */
export type ReportedState =
  | 'starting'
  | 'playing'
  | 'seeking'
  | 'stalled'
  | 'paused'
  | 'ended'
  | 'failed'
  | 'left'
  | 'other';

/** What a player says about itself; each value is absent if it was not reported. */
export type ViewerReport = {
  /** `sid`, which the player chose. It is never shown. */
  readonly session: string;
  /** `cid`: for this gateway, the name of the stream. */
  readonly content?: string;
  /** `ts`: when it was made by the player's clock, milliseconds since the Unix epoch. */
  readonly madeAt?: number;
  readonly state?: ReportedState;
  /** `ltc`: from the arrival at the gateway to the display. */
  readonly latencyMs?: number;
  /** `bl`. */
  readonly bufferMs?: number;
  /** `br`, of all tracks that play. */
  readonly bitrateBps?: number;
  /** `msd`: from the wish to play to the first picture. */
  readonly startupMs?: number;
  /** `bsa`: stalls since the session began. */
  readonly stallsInAll?: number;
  /** `bs`: at least one stall since the last report. */
  readonly hasStalled: boolean;
  /** `bsd`: how long the stalls took that are over, or `bsda`, the same in all. */
  readonly stalledMs?: number;
  readonly stalledMsInAll?: number;
  /** An event of the type `e`, or the state of a fatal error. */
  readonly isError: boolean;
};

/** CTA-5004-B: 64 characters at most. */
const MAX_SESSION_CHARACTERS = 64;
/** A report has about 300 characters, and some hundreds more with the address of a request. */
const MAX_REPORT_CHARACTERS = 2_048;
/** All keys of version 2 together need half as many. The parser takes some microseconds for each. */
const MAX_SEPARATORS = 150;
/** A player sends a few in one body; more of them are a flood, and are not read. */
const MAX_REPORTS_IN_BODY = 50;
/** A stream's past (hls.dvr) is a day at most, and a viewer may be anywhere in it. */
const MAX_LATENCY_MS = 24 * 3_600_000;
/** hls.js buffers up to ten minutes. */
const MAX_BUFFER_MS = 10 * 60_000;
/** More than any encoder sends by RTMP. */
const MAX_BITRATE_KBPS = 200_000;
/** Nobody waits longer for a picture. */
const MAX_STARTUP_MS = 120_000;
/** More stalls than a day of playback can have. */
const MAX_STALLS = 100_000;
const MAX_STALLED_MS = 24 * 3_600_000;
/** 2100-01-01, milliseconds since the Unix epoch. */
const MAX_TIME_MS = 4_102_444_800_000;

const STATES: Readonly<Record<string, ReportedState>> = {
  s: 'starting',
  p: 'playing',
  k: 'seeking',
  r: 'stalled',
  a: 'paused',
  e: 'ended',
  f: 'failed',
  q: 'left',
};
const ERROR_EVENT = 'e';

export type ReportsInBody = {
  readonly reports: readonly ViewerReport[];
  /** Lines or items that are no report. */
  readonly unreadable: number;
};

/**
 * The body of an event report: one report in each line, or JSON with one object or a list, as drafts of version 2 had it.
 * `mayRead` is asked before each report, because reading one takes time.
 */
export function readReports(body: string, isJson: boolean, mayRead = () => true): ReportsInBody {
  const items = isJson ? jsonItems(body) : body.split('\n', MAX_REPORTS_IN_BODY).filter(isFilled);
  if (items === undefined) return { reports: [], unreadable: 1 };
  const reports: ViewerReport[] = [];
  let unreadable = 0;
  for (const item of items.slice(0, MAX_REPORTS_IN_BODY)) {
    if (!mayRead()) break;
    const report = readItem(item);
    if (report === undefined) unreadable += 1;
    else reports.push(report);
  }
  return { reports, unreadable };
}

/** The report in the query of a request; undefined if there is none that can be read. */
export function reportOfQuery(query: string): ViewerReport | undefined {
  if (!query.includes('CMCD=')) return undefined;
  return readItem(new URLSearchParams(query).get('CMCD') ?? '');
}

const REPORT_HEADERS = ['cmcd-session', 'cmcd-status', 'cmcd-request', 'cmcd-object'] as const;

/** Headers of a request, such as node:http has them. */
export type RequestHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** The report in four headers, which are parts of one list. Without the one that has the session there is nothing to read. */
export function reportOfHeaders(headers: RequestHeaders): ViewerReport | undefined {
  if (headers['cmcd-session'] === undefined) return undefined;
  const parts = REPORT_HEADERS.map((name) => headers[name]).filter((part) => typeof part === 'string');
  return readItem(parts.join(','));
}

function isFilled(line: string): boolean {
  return line.trim() !== '';
}

/** The time to read it is bounded. */
function isShort(text: string): boolean {
  if (text.length > MAX_REPORT_CHARACTERS) return false;
  let separators = 0;
  for (const character of text)
    if (character === ',' || character === ';' || character === ' ') separators += 1;
  return separators <= MAX_SEPARATORS;
}

function jsonItems(body: string): readonly unknown[] | undefined {
  return tried(() => {
    const value: unknown = JSON.parse(body);
    return Array.isArray(value) ? value : [value];
  });
}

function readItem(item: unknown): ViewerReport | undefined {
  if (typeof item === 'object' && item !== null) return readData(item);
  if (typeof item !== 'string' || !isShort(item)) return undefined;
  return tried(() => readData(decodeCmcd(item)));
}

/** The parser throws errors that contain the whole text; nothing of them is kept. */
function tried<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

/** Undefined without a session, because then nothing can be said about one viewer. */
function readData(data: CmcdData | object): ViewerReport | undefined {
  const values = data as Readonly<Record<string, unknown>>;
  const session = values['sid'];
  if (typeof session !== 'string' || session === '' || session.length > MAX_SESSION_CHARACTERS)
    return undefined;
  const { cid, sta, e: event } = values;
  const state = typeof sta === 'string' ? (Object.hasOwn(STATES, sta) ? STATES[sta] : 'other') : undefined;
  const bitrate = sumOf(values['br'], MAX_BITRATE_KBPS) ?? sumOf(values['ab'], MAX_BITRATE_KBPS);
  return compact({
    session,
    content: typeof cid === 'string' ? cid : undefined,
    madeAt: numberOf(values['ts'], MAX_TIME_MS),
    state,
    latencyMs: numberOf(values['ltc'], MAX_LATENCY_MS),
    bufferMs: leastOf(values['bl'], MAX_BUFFER_MS),
    bitrateBps: bitrate === undefined ? undefined : bitrate * 1000,
    startupMs: numberOf(values['msd'], MAX_STARTUP_MS),
    stallsInAll: greatestOf(values['bsa'], MAX_STALLS),
    hasStalled: values['bs'] === true,
    stalledMs: sumOf(values['bsd'], MAX_STALLED_MS),
    stalledMsInAll: greatestOf(values['bsda'], MAX_STALLED_MS),
    isError: event === ERROR_EVENT || state === 'failed',
  });
}

type WithUndefined<Type> = { [Key in keyof Type]: Type[Key] | undefined };

function compact(report: WithUndefined<Required<ViewerReport>>): ViewerReport {
  const known = Object.entries(report).filter(([, value]) => value !== undefined);
  return Object.fromEntries(known) as ViewerReport;
}

/** A number between 0 and `most`, rounded; a list has one for each type of object, of which there are few. */
function numberOf(value: unknown, most: number): number | undefined {
  const bare = typeof value === 'object' && value !== null && 'value' in value ? value.value : value;
  if (typeof bare !== 'number' || Number.isNaN(bare)) return undefined;
  return Math.round(Math.min(Math.max(bare, 0), most));
}

const MAX_LIST = 8;

function numbersOf(value: unknown, most: number): readonly number[] {
  const items = Array.isArray(value) ? value.slice(0, MAX_LIST) : [value];
  return items.map((item) => numberOf(item, most)).filter((item) => item !== undefined);
}

function sumOf(value: unknown, most: number): number | undefined {
  const items = numbersOf(value, most);
  if (items.length === 0) return undefined;
  return Math.min(
    items.reduce((sum, item) => sum + item),
    most,
  );
}

/** The buffer that runs out first. */
function leastOf(value: unknown, most: number): number | undefined {
  const items = numbersOf(value, most);
  return items.length === 0 ? undefined : Math.min(...items);
}

function greatestOf(value: unknown, most: number): number | undefined {
  const items = numbersOf(value, most);
  return items.length === 0 ? undefined : Math.max(...items);
}
