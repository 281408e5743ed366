// Log lines that a peer can cause, such as ends of connections. A flood of one kind is counted instead of written.

import type { MonotonicClock } from './clock.ts';
import type { Logger } from './log.ts';

/** Default lines per second and code, too few to fill a disk. */
const MAX_LINES_PER_SECOND = 10;
const WINDOW_MS = 1_000;

/** Fields of a line. `code` is a stable name, so there are few. */
export type LoggedEvent = {
  readonly code: string;
  readonly reason?: string;
  readonly remote?: string;
  readonly stream?: string;
};

/** Learns of each event, also of those that are not written. */
export type EventWatcher = {
  /** `text` says why, if the event has a sentence. */
  readonly onEvent: (kind: string, text: string | undefined) => void;
  readonly onUnwritten: () => void;
};

type Window = { startedAt: number; lines: number; unwritten: number; total: number };

export class EventLog {
  readonly #log: Pick<Logger, 'info' | 'warn'>;
  readonly #clock: MonotonicClock;
  readonly #maxLinesPerSecond: number;
  readonly #watcher: EventWatcher | undefined;
  /** By code or kind. */
  readonly #windows = new Map<string, Window>();

  constructor(
    log: Pick<Logger, 'info' | 'warn'>,
    clock: MonotonicClock,
    maxLinesPerSecond = MAX_LINES_PER_SECOND,
    watcher?: EventWatcher,
  ) {
    this.#watcher = watcher;
    this.#maxLinesPerSecond = maxLinesPerSecond;
    this.#log = log;
    this.#clock = clock;
  }

  /** Writes one line. The first line after a flood says how many of its code were dropped (`unwritten`). */
  write(level: 'info' | 'warn', event: LoggedEvent, message: string): void {
    this.writeAs(event.code, level, event, message);
  }

  /** The same for lines without a code, counted by `kind`. */
  writeAs(
    kind: string,
    level: 'info' | 'warn',
    fields: Readonly<Record<string, unknown>>,
    message: string,
  ): void {
    const window = this.#windowOf(kind);
    window.total += 1;
    this.#watcher?.onEvent(kind, textOf(fields));
    if (window.lines >= this.#maxLinesPerSecond) {
      this.#watcher?.onUnwritten();
      window.unwritten += 1;
      return;
    }
    window.lines += 1;
    const { unwritten } = window;
    window.unwritten = 0;
    this.#log[level](unwritten === 0 ? fields : { ...fields, unwritten }, message);
  }

  /** How often each code or kind was told since the start, lines that a flood left out included. */
  *totals(): Iterable<readonly [kind: string, count: number]> {
    for (const [kind, { total }] of this.#windows) yield [kind, total];
  }

  #windowOf(kind: string): Window {
    const nowMs = this.#clock.monotonicMs();
    let window = this.#windows.get(kind);
    if (window === undefined) {
      window = { startedAt: nowMs, lines: 0, unwritten: 0, total: 0 };
      this.#windows.set(kind, window);
    } else if (nowMs - window.startedAt >= WINDOW_MS) {
      window.startedAt = nowMs;
      window.lines = 0;
    }
    return window;
  }
}

function textOf({ reason, fault }: Readonly<Record<string, unknown>>): string | undefined {
  const text = reason ?? fault;
  return typeof text === 'string' ? text : undefined;
}
