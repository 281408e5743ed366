// The logger: one JSON object per line on stderr (stdout has the ready line). Writing never waits for the reader.

import type { Writable } from 'node:stream';
import type { Logger as PinoLogger } from 'pino';
import { systemClock } from './clock.ts';
import { loadPackage } from './packages.ts';

/** The methods of a logger that are used; pino has them. */
export type Logger = Pick<PinoLogger, 'debug' | 'info' | 'warn' | 'error'>;

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';
export const LOG_LEVELS: readonly LogLevel[] = ['debug', 'info', 'warn', 'error', 'silent'];

/** Most bytes of lines that wait for the reader: some seconds of logging. */
const MAX_BUFFERED_CHARACTERS = 256 * 1024;

/** The used methods of a writable stream. */
type LogStream = Pick<Writable, 'write' | 'on' | 'writableLength'>;

/**
 * Writes lines to a stream that may be a pipe without a reader. Node buffers without a limit, so above a limit lines are
 * dropped. A line with their number precedes the next line.
 */
export class LogDestination {
  readonly #stream: LogStream;
  #dropped = 0;

  constructor(stream: LogStream) {
    this.#stream = stream;
    // The reader of the pipe has gone, so the error cannot be logged.
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

/** Receives one line per call, with its line break. */
export type LogLines = { readonly write: (line: string) => void };

/** A logger that writes to standard error, or to another destination. */
export function createLogger(level: LogLevel, lines: LogLines = new LogDestination(process.stderr)): Logger {
  return new LazyLogger(level, lines);
}

type LogMethod = keyof Logger;
type Entry = Parameters<Logger['info']>;

/** pino, loaded with the first line that is written. */
class LazyLogger implements Logger {
  readonly debug = this.#method('debug');
  readonly info = this.#method('info');
  readonly warn = this.#method('warn');
  readonly error = this.#method('error');
  readonly #lines: LogLines;
  #level: LogLevel;
  #pino: PinoLogger | undefined;

  constructor(level: LogLevel, lines: LogLines) {
    this.#level = level;
    this.#lines = lines;
  }

  /** The least level of lines; the API reads and sets it. */
  get level(): LogLevel {
    return this.#level;
  }

  set level(level: LogLevel) {
    this.#level = level;
    if (this.#pino !== undefined) this.#pino.level = level;
  }

  #method(method: LogMethod): (...entry: Entry) => void {
    const order = LOG_LEVELS.indexOf(method);
    return (...entry) => {
      if (order < LOG_LEVELS.indexOf(this.#level)) return;
      this.#pino ??= pinoLogger(this.#level, this.#lines);
      this.#pino[method](...entry);
    };
  }
}

function pinoLogger(level: LogLevel, lines: LogLines): PinoLogger {
  const { pino } = loadPackage<typeof import('pino')>('pino');
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

/** Logs nothing: the default of the library, which has events. */
export const silentLogger: Logger = createLogger('silent', { write: () => undefined });
