// Reads the values of a subcommand's own options, and says what is wrong with one.

import { GatewayError } from '../errors.ts';
import type { Reading } from '../settings/setting.ts';

const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 24 * 3_600_000 };

/** `90s`, `90m`, `2h` or `30d` as milliseconds; undefined for another text. */
export function lifetimeOf(text: string): number | undefined {
  const [, amount, unit = ''] = /^(\d{1,9})([smhd])$/.exec(text) ?? [];
  const lastsMs = Number(amount) * (UNIT_MS[unit] ?? Number.NaN);
  return Number.isNaN(lastsMs) ? undefined : lastsMs;
}

/** The value that a setting has read. `place` names the option in the message. Throws GatewayError `bad_setting`. */
export function acceptedBy<Value>(place: string, reading: Reading<Value>): Value {
  if (reading.kind === 'value') return reading.value;
  throw badOption(`${place}: ${reading.fault}`);
}

export function badOption(message: string): GatewayError {
  return new GatewayError('config', 'bad_setting', message);
}
