// The lines that tell how connections end: one for each, but a flood of the same is counted instead of written.

import type { Logger } from '../log.ts';

/** Lines per second and reason: enough to see what goes on, too few to fill a disk. */
const MAX_LINES_PER_SECOND = 10;
const WINDOW_MS = 1_000;

export type ConnectionEnd = {
  readonly code: string;
  readonly reason?: string;
  readonly remote?: string;
  readonly stream?: string;
};

type Window = { startedAt: number; lines: number; unwritten: number };

export class ConnectionLog {
  readonly #log: Logger;
  readonly #now: () => number;
  /** By reason; the reasons are our own names, so there are few. */
  readonly #windows = new Map<string, Window>();

  /** `now` is monotonic, milliseconds. */
  constructor(log: Logger, now: () => number) {
    this.#log = log;
    this.#now = now;
  }

  /** Writes one line; the first one after a flood says how many of its kind were left out (`unwritten`). */
  write(level: 'info' | 'warn', fields: ConnectionEnd, message: string): void {
    const window = this.#windowOf(fields.code);
    if (window.lines >= MAX_LINES_PER_SECOND) {
      window.unwritten += 1;
      return;
    }
    window.lines += 1;
    const { unwritten } = window;
    window.unwritten = 0;
    this.#log[level](unwritten === 0 ? fields : { ...fields, unwritten }, message);
  }

  #windowOf(code: string): Window {
    const now = this.#now();
    let window = this.#windows.get(code);
    if (window === undefined) {
      window = { startedAt: now, lines: 0, unwritten: 0 };
      this.#windows.set(code, window);
    } else if (now - window.startedAt >= WINDOW_MS) {
      window.startedAt = now;
      window.lines = 0;
    }
    return window;
  }
}
