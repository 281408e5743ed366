// The logger: one JSON object a line on stderr; stdout belongs to the ready line.

import { type Logger as PinoLogger, pino } from 'pino';

/** What the house needs of a logger; pino and anything shaped like it fit. */
export type Logger = Pick<PinoLogger, 'debug' | 'info' | 'warn' | 'error'>;

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';
export const LOG_LEVELS: readonly LogLevel[] = ['debug', 'info', 'warn', 'error', 'silent'];

const STDERR = 2;

/** Where lines go, one a call, each with its line break. */
export type LogLines = { readonly write: (line: string) => void };

export function createLogger(level: LogLevel, lines: LogLines = stderrLines()): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    lines,
  );
}

function stderrLines(): LogLines {
  return pino.destination({ fd: STDERR, sync: true });
}

/** Logs nothing: the default of the library, which speaks through events. */
export const silentLogger: Logger = pino({ level: 'silent' });
