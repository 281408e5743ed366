// Numbers that only the dashboard shows, as text with a unit. What all pages show is in page/format.ts.

import { numberFormat, timeFormat } from '../words/language.ts';
import { words } from '../words/stream.ts';

export const NOTHING = '–';

/** 24 hours: a log has them too. */
const HOURS = { hour: '2-digit', hourCycle: 'h23' } as const;

const whole = numberFormat({ maximumFractionDigits: 0 });
const oneDigit = numberFormat({ minimumFractionDigits: 1, maximumFractionDigits: 1 });
const clock = timeFormat({ ...HOURS, minute: '2-digit', second: '2-digit' });
const minutes = timeFormat({ ...HOURS, minute: '2-digit' });
const day = timeFormat({ day: 'numeric', month: 'short' });

type Maybe = number | null | undefined;

/** `12 ms`, `−3.4 ms`, `1,250 ms`. */
export function formatMs(ms: Maybe): string {
  if (!isKnown(ms)) return NOTHING;
  const digits = Math.abs(ms) < 9.95 && !Number.isInteger(ms) ? oneDigit : whole;
  return `${withMinus(digits(ms))} ms`;
}

/** `4.2 %`. */
export function formatPercent(percent: Maybe): string {
  if (!isKnown(percent)) return NOTHING;
  return words.units.percent((percent < 9.95 ? oneDigit : whole)(percent));
}

/** `20:14:05`, in the visitor's time zone. */
export function formatClock(epochMs: number): string {
  return clock(epochMs);
}

/** `20:14`. */
export function formatMinute(epochMs: number): string {
  return minutes(epochMs);
}

/** `May 1`: when it changes, moments that are shown need their date. */
export function formatDay(epochMs: number): string {
  return day(epochMs);
}

/** The time of day, with the date before it if that is not today's. */
export function formatMoment(epochMs: number, nowMs: number): string {
  const date = formatDay(epochMs);
  return date === formatDay(nowMs) ? formatClock(epochMs) : `${date} ${formatMinute(epochMs)}`;
}

function withMinus(text: string): string {
  return text === '-0' || text === '-0.0' ? text.slice(1) : text.replace('-', '−');
}

function isKnown(value: Maybe): value is number {
  return value !== null && value !== undefined && Number.isFinite(value);
}
