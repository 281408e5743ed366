// The record of a publish key in `keys.list` and in the file of `keys.file`.

import { networks } from './collections.ts';
import { ANY_COUNT, choice, count } from './kinds.ts';
import { bitrate } from './measures.ts';
import { nameText } from './name-text.ts';
import { optional, type RecordOf, records, required } from './records.ts';
import { type SecretForm, secretText } from './secret-text.ts';
import { mustBe, type Reading, type Setting, scalar } from './setting.ts';

/** The characters of a stream name, because encoders send the key in its place. Shorter keys could be guessed. */
const KEY_SHAPE = /^[A-Za-z0-9_-]{16,64}$/;
/** A date, or a date with a time and an offset from UTC (RFC 3339). */
const INSTANT_SHAPE = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?:Z|[+-]\d{2}:\d{2}))?$/;
const DAY_MS = 24 * 3_600_000;

const KEY_FORM: SecretForm = {
  what: 'key',
  form: '16 to 64 letters, digits, "-" or "_"',
  valid: KEY_SHAPE,
};

/** Milliseconds since the Unix epoch. */
function instant(meaning: string): Setting<number> {
  const form =
    'a date such as 2026-12-31 (to the end of that day in UTC), or a time such as 2026-12-31T18:00Z';
  const check = (given: unknown): Reading<number> =>
    Number.isSafeInteger(given) && (given as number) >= 0
      ? { kind: 'value', value: given as number }
      : mustBe(form);
  return scalar({
    defaultValue: 0,
    form,
    meaning,
    parse: (text) => check(instantOf(text.trim())),
    check,
    write: (value) => new Date(value).toISOString(),
    textSchema: { type: 'string' },
  });
}

/** Undefined if the text is not a valid date or time; 2026-02-30 is not. */
export function instantOf(text: string): number | undefined {
  if (!INSTANT_SHAPE.test(text)) return undefined;
  const [date = ''] = text.split('T');
  const midnight = Date.parse(`${date}T00:00:00Z`);
  // Date.parse reads 30 February as 2 March.
  if (Number.isNaN(midnight) || !new Date(midnight).toISOString().startsWith(date)) return undefined;
  const at = text === date ? midnight + DAY_MS - 1 : Date.parse(text);
  return Number.isNaN(at) ? undefined : at;
}

/** The fields of a key, as they are written in files and options. */
export const KEY_FIELDS = {
  name: required(nameText('The public name that is published.')),
  key: required(secretText('The secret that the encoder sends as its stream key.', KEY_FORM)),
  takeover: optional(
    choice<'silent' | 'newest'>(
      'silent',
      ['silent', 'newest'],
      'When this publisher may take the name from another one, in place of stream.takeover.',
    ),
  ),
  expires: optional(instant('When the key stops working; a publication that runs goes on.')),
  networks: optional(networks([], 'Networks that it works from; any when absent.')),
  'max-bitrate': optional(bitrate(0, 'What the publisher may send, in place of rtmp.max-bitrate.')),
  'max-viewers': optional(
    count(
      0,
      'Viewers of the stream at the same time, in place of stream.max-viewers; 0 for no limit.',
      ANY_COUNT,
    ),
  ),
};

/** One key. `expires` is milliseconds since the Unix epoch, `maxBitrate` bits per second. */
export type KeyRecord = RecordOf<typeof KEY_FIELDS>;

export function publishKeys(meaning: string): Setting<readonly KeyRecord[]> {
  return records(KEY_FIELDS, meaning);
}
