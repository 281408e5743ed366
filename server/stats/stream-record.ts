// What is kept of one stream for operators: numbers of the last hour, segments of the last minute, and events of the last hour. Its
// memory is limited: 32 kB of numbers, and at most 450 kB of segments and events.

import { NumberHistory } from './number-history.ts';
import { DETAIL_COLUMNS, type Issue, type SegmentNote, type StreamHappening } from './operator-message.ts';
import type { WordedEvent } from './stream-events.ts';

const SEGMENTS_KEPT_MS = 60_000;
/** Four segments a second, for a publisher that comes and goes. */
const MAX_SEGMENTS = 240;
const EVENTS_KEPT_MS = 3_600_000;
/** One event in seven seconds for an hour; a publisher that comes and goes all the time makes more, and the oldest are removed. */
const MAX_EVENTS = 500;
/** A reason of a hook may be long. */
const MAX_TEXT_CHARACTERS = 300;

export class StreamRecord {
  readonly numbers = new NumberHistory(DETAIL_COLUMNS, {
    jitterMs: 'max',
    viewers: 'max',
    latencyP95Ms: 'max',
    stalls: 'sum',
    measuredViewers: 'max',
  });
  /** Findings that hold, by code. */
  issues: ReadonlyMap<string, Issue> = new Map();
  /** The tracks and the count of jumps at the last event about them. */
  media: string | undefined;
  jumps = 0;
  readonly #segments: SegmentNote[] = [];
  readonly #events: StreamHappening[] = [];

  addSegment(note: SegmentNote): void {
    this.#segments.push(note);
    if (this.#segments.length > MAX_SEGMENTS) this.#segments.shift();
  }

  addEvent(t: number, { type, text, values }: WordedEvent): StreamHappening {
    const short = Object.entries(values).map(([name, value]) => [
      name,
      typeof value === 'string' ? value.slice(0, MAX_TEXT_CHARACTERS) : value,
    ]);
    const event: StreamHappening = {
      t,
      type,
      text: text.slice(0, MAX_TEXT_CHARACTERS),
      ...(short.length === 0 ? {} : { values: Object.fromEntries(short) }),
    };
    this.#events.push(event);
    if (this.#events.length > MAX_EVENTS) this.#events.shift();
    return event;
  }

  /** Those of the last minute, oldest first. */
  segments(now: number): readonly SegmentNote[] {
    return recent(this.#segments, now - SEGMENTS_KEPT_MS);
  }

  /** Those of the last hour, oldest first. */
  events(now: number): readonly StreamHappening[] {
    return recent(this.#events, now - EVENTS_KEPT_MS);
  }
}

/** Removes what is older. */
function recent<Item extends { readonly t: number }>(items: Item[], since: number): readonly Item[] {
  const first = items.findIndex(({ t }) => t >= since);
  items.splice(0, first === -1 ? items.length : first);
  return [...items];
}
