// The logger: one JSON object a line on stderr; stdout belongs to the ready line. Writing a line never waits for its reader.

import type { Writable } from 'node:stream';
import { type Logger as PinoLogger, pino } from 'pino';
import { systemClock } from './clock.ts';

/** What the house needs of a logger; pino and anything shaped like it fit. */
export type Logger = Pick<PinoLogger, 'debug' | 'info' | 'warn' | 'error'>;

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';
export const LOG_LEVELS: readonly LogLevel[] = ['debug', 'info', 'warn', 'error', 'silent'];

/** Lines that wait for their reader: some seconds of all that may be logged, and little memory. */
const MAX_BUFFERED_CHARACTERS = 256 * 1024;

/** What is written to, as far as it is used. */
type LogStream = Pick<Writable, 'write' | 'on' | 'writableLength'>;

/**
 * Lines for a stream that may be a pipe nobody reads: Node buffers what the pipe does not take, without limit. Beyond a
 * limit lines are dropped, and the next one that is written comes behind one that says how many.
 */
export class LogDestination {
  readonly #stream: LogStream;
  #dropped = 0;

  constructor(stream: LogStream) {
    this.#stream = stream;
    // A pipe whose reader has gone. There is nowhere to tell it.
    stream.on('error', () => {});
  }

  write(line: string): void {
    if (this.#stream.writableLength + line.length > MAX_BUFFERED_CHARACTERS) {
      this.#dropped += 1;
      return;
    }
    this.#tellDropped();
    this.#stream.write(line);
  }

  /** Resolves when the reader has taken all lines, or after `timeoutMs`. */
  flush(timeoutMs: number): Promise<void> {
    this.#tellDropped();
    if (this.#stream.writableLength === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, timeoutMs);
      this.#stream.write('', () => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  #tellDropped(): void {
    if (this.#dropped === 0) return;
    const msg = 'log lines were dropped: standard error is not read fast enough';
    const line = {
      level: 'warn',
      time: new Date(systemClock.epochMs()).toISOString(),
      dropped: this.#dropped,
      msg,
    };
    this.#dropped = 0;
    this.#stream.write(`${JSON.stringify(line)}\n`);
  }
}

/** Where lines go, one a call, each with its line break. */
export type LogLines = { readonly write: (line: string) => void };

/** A logger that writes to standard error, or to another destination. */
export function createLogger(level: LogLevel, lines: LogLines = new LogDestination(process.stderr)): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: () => `,"time":"${new Date(systemClock.epochMs()).toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    lines,
  );
}

/** Logs nothing: the default of the library, which speaks through events. */
export const silentLogger: Logger = pino({ level: 'silent' });
