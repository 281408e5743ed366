// Numbers that only the dashboard shows, as text with a unit. What all pages show is in page/format.ts.

export const NOTHING = '–';

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const oneDigit = new Intl.NumberFormat('en', { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const minutes = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });

type Maybe = number | null | undefined;

/** `12 ms`, `−3.4 ms`, `1,250 ms`. */
export function formatMs(ms: Maybe): string {
  if (!isKnown(ms)) return NOTHING;
  const digits = Math.abs(ms) < 9.95 && !Number.isInteger(ms) ? oneDigit : whole;
  return `${withMinus(digits.format(ms))} ms`;
}

/** `4.2 %`. */
export function formatPercent(percent: Maybe): string {
  if (!isKnown(percent)) return NOTHING;
  return `${(percent < 9.95 ? oneDigit : whole).format(percent)} %`;
}

/** `182 MB`, `1.4 GB`, `12 kB`: powers of 1000. */
export function formatBytes(bytes: Maybe): string {
  if (!isKnown(bytes)) return NOTHING;
  if (bytes >= 999.5e6) return `${oneDigit.format(bytes / 1e9)} GB`;
  if (bytes >= 999.5e3) return `${(bytes < 9.95e6 ? oneDigit : whole).format(bytes / 1e6)} MB`;
  if (bytes >= 1000) return `${whole.format(bytes / 1000)} kB`;
  return `${whole.format(bytes)} B`;
}

/** `20:14:05`, in the visitor's time zone. */
export function formatClock(epochMs: number): string {
  return clock.format(epochMs);
}

/** `20:14`. */
export function formatMinute(epochMs: number): string {
  return minutes.format(epochMs);
}

/** The time of day, with the date before it if that is not today's. */
export function formatMoment(epochMs: number, nowMs: number): string {
  const date = day.format(epochMs);
  return date === day.format(nowMs) ? formatClock(epochMs) : `${date} ${formatMinute(epochMs)}`;
}

function withMinus(text: string): string {
  return text === '-0' || text === '-0.0' ? text.slice(1) : text.replace('-', '−');
}

function isKnown(value: Maybe): value is number {
  return value !== null && value !== undefined && Number.isFinite(value);
}
