// A setting: its default, its form, and how values of each source are read. Based on zod codecs.

import { z } from 'zod';
import { memoized } from '../memoized.ts';

/** The source of a raw value; sources write lists and maps differently. */
export type SettingSource = 'flag' | 'environment' | 'file' | 'program';

/** A value, or a sentence about the fault. */
export type Reading<Value> =
  | { readonly kind: 'value'; readonly value: Value }
  | { readonly kind: 'fault'; readonly fault: string };

/** One row of the table of settings. */
export type Setting<Value> = {
  readonly defaultValue: Value;
  /** The form of a value, for messages, help and documents. */
  readonly form: string;
  readonly meaning: string;
  /** The value is secret: it has no flag, because other users can see command lines, and messages do not show it. */
  readonly isSecret?: boolean;
  /** A part of the value may be secret: it has a flag, but messages do not show the value. */
  readonly hidesValue?: boolean;
  /** For a flag, `raw` is an array of all occurrences. */
  readonly read: (raw: unknown, source: SettingSource) => Reading<Value>;
  /** The value as a person writes it, with its unit; empty for an empty text. */
  readonly show: (value: Value) => string;
  /** The value in YAML. Reading it from a file gives the same value. */
  readonly toFile: (value: Value) => unknown;
  /** JSON Schema (2020-12) of the value in a file. */
  readonly jsonSchema: () => Readonly<Record<string, unknown>>;
};

/** Least and greatest value, and the reason. */
export type Bounds = {
  readonly least: number;
  readonly most: number;
  readonly why?: string;
  /** Zero is also valid, with a special meaning. */
  readonly orZero?: boolean;
};

/** Converts between text and value. */
export type Codec<Value> = z.ZodType<Value, string>;

type ScalarParts<Value> = {
  readonly defaultValue: Value;
  readonly form: string;
  readonly meaning: string;
  /** Called when the first value is read or shown: zod takes 0.2 ms for each, and most settings keep their defaults. */
  readonly text: () => Codec<Value>;
  /** The form of a program's value other than text. Called once too. */
  readonly value: () => z.ZodType<Value>;
  /** Whether YAML has a number without a unit. */
  readonly isPlainNumber?: boolean;
  /** Numbers that YAML may have without a unit; JSON Schema. */
  readonly bareNumbers?: readonly object[];
};

/** A setting of one value, written as one text. */
export function scalar<Value>(parts: ScalarParts<Value>): Setting<Value> {
  const { form, isPlainNumber = false, bareNumbers = [] } = parts;
  const text = memoized(parts.text);
  const value = memoized(parts.value);
  const show = (given: Value): string => z.encode(text(), given);
  return {
    defaultValue: parts.defaultValue,
    form,
    meaning: parts.meaning,
    read: (raw, source) => {
      const given = source === 'flag' && Array.isArray(raw) ? raw.at(-1) : raw;
      if (source === 'program' && typeof given !== 'string') return readingOf(value().safeParse(given), form);
      const written = typeof given === 'number' ? String(given) : given;
      return readingOf(z.safeDecode(text(), written as string), form);
    },
    show,
    toFile: (given) => (isPlainNumber || show(given) === '0' ? given : show(given)),
    jsonSchema: () => {
      const written = z.toJSONSchema(text(), { io: 'input' });
      const numbers = isPlainNumber ? [z.toJSONSchema(value())] : bareNumbers;
      return withoutDialect(numbers.length === 0 ? written : { anyOf: [...numbers, written] });
    },
  };
}

/** Refuses numbers: YAML reads `007` as 7 and rounds long numbers, so such a text must be in quotes. */
export function asWritten(setting: Setting<string>): Setting<string> {
  const fault = `it must be ${setting.form}, in quotes where it is all digits`;
  return {
    ...setting,
    read: (raw, source) => (typeof raw === 'number' ? { kind: 'fault', fault } : setting.read(raw, source)),
  };
}

/** Zod's messages are for programmers. A rule without our own message gets the form instead. */
function readingOf<Value>(result: z.ZodSafeParseResult<Value>, form: string): Reading<Value> {
  if (result.success) return { kind: 'value', value: result.data };
  const [issue] = result.error.issues;
  const isOurs = issue !== undefined && issue.code === 'custom';
  return { kind: 'fault', fault: isOurs ? issue.message : `it must be ${form}` };
}

function withoutDialect(schema: object): Readonly<Record<string, unknown>> {
  return JSON.parse(JSON.stringify(schema, (key, value) => (key === '$schema' ? undefined : value)));
}

/** A raw value in a message: short, on one line, in quotes if it has blanks or is empty. */
export function named(raw: unknown): string {
  const json =
    typeof raw === 'string' && /^[\x21-\x7e]+$/.test(raw) ? raw : (JSON.stringify(raw) ?? String(raw));
  return json.length > 80 ? `${json.slice(0, 77)}...` : json;
}
