// The kinds of settings: how a value is written, which values are taken, and what a wrong one is told. Built on zod codecs.

import { isIP } from 'node:net';
import { z } from 'zod';
import { NetworkList } from '../address.ts';

/** Where a raw value comes from: each has its own way to write lists and maps. */
export type Source = 'flag' | 'environment' | 'file' | 'program';

/** A value, or a sentence that says what is wrong with the raw one. */
export type Reading<Value> =
  | { readonly kind: 'value'; readonly value: Value }
  | { readonly kind: 'fault'; readonly fault: string };

/** One row of the table of settings. */
export type Setting<Value> = {
  readonly defaultValue: Value;
  /** What a value looks like, for messages, help and documents. */
  readonly form: string;
  readonly meaning: string;
  /** `raw` is an array of every occurrence where it comes from a flag. */
  readonly read: (raw: unknown, source: Source) => Reading<Value>;
  /** The value as a person writes it, with its unit; empty for an empty text. */
  readonly show: (value: Value) => string;
  /** The value as YAML holds it. Reading it again from a file gives the same value. */
  readonly toFile: (value: Value) => unknown;
  /** JSON Schema (2020-12) of the value in a file. */
  readonly jsonSchema: () => Readonly<Record<string, unknown>>;
};

/** Least and greatest value, and why a lower or higher one cannot work. */
export type Bounds = {
  readonly least: number;
  readonly most: number;
  readonly why?: string;
};

const KIB = 1024;
const MIB = 1024 * KIB;
const GIB = 1024 * MIB;
/** A longer wait is a mistake, and timers of more than 24.8 days fire at once. */
const MAX_DURATION_MS = 24 * 3_600_000;
const MAX_COUNT = 1_000_000;

/** A text and the value that it stands for, in both directions. */
type Codec<Value> = z.ZodType<Value, string>;

type ScalarParts<Value> = {
  readonly defaultValue: Value;
  readonly form: string;
  readonly meaning: string;
  readonly text: Codec<Value>;
  /** What a program may give instead of a text. */
  readonly value: z.ZodType<Value>;
  /** Whether a number in YAML stands as a number, without a unit. */
  readonly isPlainNumber?: boolean;
};

function scalar<Value>(parts: ScalarParts<Value>): Setting<Value> {
  const { text, value, form, isPlainNumber = false } = parts;
  const show = (given: Value): string => z.encode(text, given);
  return {
    defaultValue: parts.defaultValue,
    form,
    meaning: parts.meaning,
    read: (raw, source) => {
      const given = source === 'flag' && Array.isArray(raw) ? raw.at(-1) : raw;
      if (source === 'program' && typeof given !== 'string') return readingOf(value.safeParse(given), form);
      const written = typeof given === 'number' ? String(given) : given;
      return readingOf(z.safeDecode(text, written as string), form);
    },
    show,
    toFile: (given) => (isPlainNumber ? given : show(given)),
    jsonSchema: () => {
      const written = z.toJSONSchema(text, { io: 'input' });
      return withoutDialect(isPlainNumber ? { anyOf: [z.toJSONSchema(value), written] } : written);
    },
  };
}

/** Zod's own words are for programmers: where a rule has no sentence of ours, the form is the answer. */
function readingOf<Value>(
  result: z.ZodSafeParseResult<Value>,
  form: string,
): Reading<Value> {
  if (result.success) return { kind: 'value', value: result.data };
  const [issue] = result.error.issues;
  const isOurs = issue !== undefined && issue.code === 'custom';
  return { kind: 'fault', fault: isOurs ? issue.message : `it must be ${form}` };
}

function withoutDialect(schema: object): Readonly<Record<string, unknown>> {
  return JSON.parse(JSON.stringify(schema, (key, value) => (key === '$schema' ? undefined : value)));
}

export function port(defaultValue: number, meaning: string): Setting<number> {
  return wholeNumber(defaultValue, meaning, 'a port from 0 to 65535', { least: 0, most: 65_535 });
}

/** How many of something. */
export function count(
  defaultValue: number,
  meaning: string,
  { least, most, why }: Bounds = { least: 1, most: MAX_COUNT },
): Setting<number> {
  const form = `a whole number from ${least} to ${most}${why === undefined ? '' : ` (${why})`}`;
  return wholeNumber(defaultValue, meaning, form, { least, most });
}

function wholeNumber(
  defaultValue: number,
  meaning: string,
  form: string,
  { least, most }: Bounds,
): Setting<number> {
  const value = z.number().int().min(least).max(most);
  const text = z.codec(z.string().trim().regex(/^\d{1,10}$/), value, { decode: Number, encode: String });
  return scalar({ defaultValue, form, meaning, text, value, isPlainNumber: true });
}

/** A number that need not be whole. */
export function factor(
  defaultValue: number,
  meaning: string,
  { least, most }: Bounds = { least: 3, most: 100 },
): Setting<number> {
  const value = z.number().min(least).max(most);
  const text = z.codec(z.string().trim().regex(/^\d{1,9}(?:\.\d{1,9})?$/), value, {
    decode: Number,
    encode: String,
  });
  const form = `a number from ${least} to ${most}`;
  return scalar({ defaultValue, form, meaning, text, value, isPlainNumber: true });
}

export function text(defaultValue: string, meaning: string, form = 'a text'): Setting<string> {
  return scalar({ defaultValue, form, meaning, text: z.string(), value: z.string() });
}

/** A mount prefix: begins with a slash and does not end with one. */
export function path(defaultValue: string, meaning: string): Setting<string> {
  const shape = z.string().regex(/^(?:\/[A-Za-z0-9._~-]+)*$/);
  return scalar({ defaultValue, form: 'a path such as /tv, or empty', meaning, text: shape, value: shape });
}

/** An address of this machine to listen on. */
export function host(defaultValue: string, meaning: string): Setting<string> {
  const form = 'an address of this machine such as 127.0.0.1, ::1 or a host name, without a port; empty for all';
  const shape = z.string().refine(isHost, { error: `it must be ${form}` });
  const bracketed = z.codec(z.string().trim(), shape, { decode: withoutBrackets, encode: (value) => value });
  return scalar({ defaultValue, form, meaning, text: bracketed, value: shape });
}

function isHost(value: string): boolean {
  return value === '' || isIP(value) !== 0 || /^(?!.*\.\.)[A-Za-z0-9](?:[A-Za-z0-9._-]{0,252})$/.test(value);
}

function withoutBrackets(value: string): string {
  return /^\[(.*)\]$/.exec(value)?.[1] ?? value;
}

export function choice<Value extends string>(
  defaultValue: Value,
  values: readonly Value[],
  meaning: string,
): Setting<Value> {
  const shape = z.enum(values) as unknown as z.ZodType<Value, string>;
  return scalar({ defaultValue, form: `one of ${values.join(', ')}`, meaning, text: shape, value: shape });
}

type Units = readonly (readonly [unit: string, size: number])[];

type MeasureParts = {
  readonly defaultValue: number;
  readonly meaning: string;
  readonly form: string;
  readonly units: Units;
  /** What a number without a unit means; it is refused when absent. */
  readonly bareUnit?: string;
  /** Units that a person who wrote a bare number may have meant. */
  readonly meantUnits: readonly [string, string];
  readonly bounds: Bounds;
};

/** A number with a unit. Its largest unit that leaves a whole number is the one that is shown. */
function measure(parts: MeasureParts): Setting<number> {
  const { defaultValue, meaning, form, units, bareUnit, bounds } = parts;
  const { least, most } = bounds;
  const sizes = new Map(units);
  const names = units.map(([unit]) => unit).join('|');
  const meant = (written: string) =>
    `did you mean ${parts.meantUnits.map((unit) => `${written}${unit}`).join(' or ')}?`;
  const value = z.number().int().superRefine((given, context) => {
    if (given >= least && given <= most) return;
    const why = bounds.why === undefined ? '' : `; ${bounds.why}`;
    context.addIssue({ code: 'custom', message: `it must be ${form}${why}` });
  });
  const written = z
    .string()
    .trim()
    .regex(new RegExp(`^\\d{1,16}(?:\\.\\d{1,9})?(?:${names})?$`))
    .superRefine((given, context) => {
      if (!/^[\d.]+$/.test(given) || Number(given) === 0) return;
      const isTooSmall = bareUnit !== undefined && Number(given) < least;
      if (bareUnit === undefined || isTooSmall)
        context.addIssue({ code: 'custom', message: meant(given) });
    });
  const decode = (given: string): number => {
    const [, digits, unit = bareUnit ?? ''] = /^([\d.]+)([A-Za-z]*)$/.exec(given) ?? [];
    return Math.round(Number(digits) * (sizes.get(unit) ?? 1));
  };
  const text = z.codec(written, value, { decode, encode: (given) => shown(given, units) });
  return scalar({ defaultValue, form, meaning, text, value });
}

function shown(value: number, units: Units): string {
  if (value === 0) return '0';
  const [unit, size] = units.findLast(([, each]) => value % each === 0) ?? ['', 1];
  return `${value / size}${unit}`;
}

const DURATION_UNITS: Units = [
  ['ms', 1],
  ['s', 1_000],
  ['m', 60_000],
  ['h', 3_600_000],
];

/**
 * `200ms`, `2s`, `1.5s`, `1m`. A bare number is refused, because people mean seconds as often as milliseconds by it.
 * A program gives a number of milliseconds, as everywhere in JavaScript.
 */
export function duration(
  defaultMs: number,
  meaning: string,
  bounds: { readonly minMs: number; readonly maxMs: number; readonly why?: string } = {
    minMs: 1,
    maxMs: MAX_DURATION_MS,
  },
): Setting<number> {
  const { minMs, maxMs, why } = bounds;
  return measure({
    defaultValue: defaultMs,
    meaning,
    form: `a duration such as 200ms, 2s or 1m, from ${shown(minMs, DURATION_UNITS)} to ${shown(maxMs, DURATION_UNITS)}`,
    units: DURATION_UNITS,
    meantUnits: ['s', 'ms'],
    bounds: { least: minMs, most: maxMs, ...(why === undefined ? {} : { why }) },
  });
}

const SIZE_UNITS: Units = [
  ['B', 1],
  ['KiB', KIB],
  ['MiB', MIB],
  ['GiB', GIB],
];

/**
 * `64MiB`, `512KiB`. A bare number is bytes: the least value of each setting is high enough that a number which was meant
 * in KiB or MiB is refused.
 */
export function bytes(
  defaultBytes: number,
  meaning: string,
  { least, most, why }: Bounds = { least: KIB, most: Number.MAX_SAFE_INTEGER },
): Setting<number> {
  const upTo = most === Number.MAX_SAFE_INTEGER ? '' : ` to ${shown(most, SIZE_UNITS)}`;
  return measure({
    defaultValue: defaultBytes,
    meaning,
    form: `a size such as 512KiB or 64MiB, from ${shown(least, SIZE_UNITS)}${upTo}`,
    units: SIZE_UNITS,
    bareUnit: 'B',
    meantUnits: ['KiB', 'MiB'],
    bounds: { least, most, ...(why === undefined ? {} : { why }) },
  });
}

const BITRATE_UNITS: Units = [
  ['bit', 1],
  ['kbit', 1_000],
  ['Mbit', 1_000_000],
  ['Gbit', 1_000_000_000],
];

/** `6Mbit`, `800kbit`; 0 for any. A bare number is refused, because encoders show kilobits. A program gives bits per second. */
export function bitrate(defaultBits: number, meaning: string): Setting<number> {
  return measure({
    defaultValue: defaultBits,
    meaning,
    form: 'bits per second such as 800kbit or 20Mbit, or 0 for any',
    units: BITRATE_UNITS,
    meantUnits: ['kbit', 'Mbit'],
    bounds: { least: 0, most: Number.MAX_SAFE_INTEGER },
  });
}

/**
 * Several values of one kind. Flags and environment variables have commas between them (a flag may also be repeated),
 * files and programs have a sequence.
 */
export function list<Value>(item: Setting<Value>, meaning: string, defaultValue: readonly Value[] = []): Setting<readonly Value[]> {
  const form = `a list with commas between, each ${item.form}`;
  return {
    defaultValue,
    form,
    meaning,
    read: (raw, source) => {
      const items = itemsOf(raw);
      if (items === undefined) return { kind: 'fault', fault: `it must be ${form}` };
      return collect(items, (each) => item.read(each, source), (each) => named(each));
    },
    show: (values) => values.map(item.show).join(','),
    toFile: (values) => values.map(item.toFile),
    jsonSchema: () => ({ anyOf: [{ type: 'array', items: item.jsonSchema() }, { type: 'string' }] }),
  };
}

/** Texts are split at commas; what a sequence holds stays as it is. Undefined for a mapping, null or a truth value. */
function itemsOf(raw: unknown): readonly unknown[] | undefined {
  if (typeof raw === 'number') return [raw];
  if (typeof raw === 'string')
    return raw
      .split(',')
      .map((each) => each.trim())
      .filter((each) => each !== '');
  if (!Array.isArray(raw)) return undefined;
  return raw.flatMap((each) => (typeof each === 'string' ? (itemsOf(each) ?? []) : [each]));
}

function collect<Item, Value>(
  items: readonly Item[],
  read: (item: Item) => Reading<Value>,
  nameOf: (item: Item) => string,
): Reading<readonly Value[]> {
  const values: Value[] = [];
  for (const each of items) {
    const reading = read(each);
    if (reading.kind === 'fault') return { kind: 'fault', fault: `${nameOf(each)}: ${reading.fault}` };
    values.push(reading.value);
  }
  return { kind: 'value', value: values };
}

/** The names that a map may use as keys. They are written before an equals sign, so they hold none. */
const MAP_KEY = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}$/;

/**
 * Values by name. A flag is repeated (`--x key=value --x other=value`), an environment variable holds a JSON object or
 * `key=value,other=value`, files and programs have a mapping.
 */
export function map<Value>(
  item: Setting<Value>,
  meaning: string,
  defaultValue: Readonly<Record<string, Value>> = {},
): Setting<Readonly<Record<string, Value>>> {
  const form = `key=value pairs, each key of letters, digits, ., - and _, each value ${item.form}`;
  return {
    defaultValue,
    form,
    meaning,
    read: (raw, source) => {
      const pairs = pairsOf(raw, source);
      if (pairs === undefined) return { kind: 'fault', fault: `it must be ${form}` };
      const reading = collect(pairs, ([key, value]) => readPair(key, value, source, item), ([key]) => named(key));
      if (reading.kind === 'fault') return reading;
      const entries = reading.value;
      const twice = entries.find(([key], at) => entries.findIndex(([other]) => other === key) !== at);
      if (twice !== undefined) return { kind: 'fault', fault: `the key ${twice[0]} is given twice` };
      return { kind: 'value', value: Object.fromEntries(entries) };
    },
    show: (values) =>
      Object.entries(values)
        .map(([key, value]) => `${key}=${item.show(value)}`)
        .join(','),
    toFile: (values) => Object.fromEntries(Object.entries(values).map(([key, value]) => [key, item.toFile(value)])),
    jsonSchema: () => ({
      type: 'object',
      propertyNames: { pattern: MAP_KEY.source },
      additionalProperties: item.jsonSchema(),
    }),
  };
}

function readPair<Value>(
  key: string,
  raw: unknown,
  source: Source,
  item: Setting<Value>,
): Reading<readonly [string, Value]> {
  if (!MAP_KEY.test(key) || key === '__proto__')
    return { kind: 'fault', fault: 'a key is letters, digits, ., - and _, at most 64' };
  if (raw === undefined) return { kind: 'fault', fault: 'it has no value; write key=value' };
  const reading = item.read(raw, source);
  return reading.kind === 'fault' ? reading : { kind: 'value', value: [key, reading.value] };
}

type Pair = readonly [key: string, value: unknown];

function pairsOf(raw: unknown, source: Source): readonly Pair[] | undefined {
  // One pair each: a value may hold commas.
  if (source === 'flag' && Array.isArray(raw)) return raw.map((each) => splitPair(String(each)));
  if (typeof raw === 'string') return raw.trim().startsWith('{') ? jsonPairs(raw) : textPairs(raw);
  return typeof raw === 'object' && raw !== null && !Array.isArray(raw) ? Object.entries(raw) : undefined;
}

function textPairs(raw: string): readonly Pair[] {
  const parts = raw.split(',').map((each) => each.trim());
  return parts.filter((each) => each !== '').map(splitPair);
}

function jsonPairs(raw: string): readonly Pair[] | undefined {
  try {
    const value: unknown = JSON.parse(raw);
    return typeof value === 'object' && value !== null ? Object.entries(value) : undefined;
  } catch {
    return undefined;
  }
}

function splitPair(pair: string): Pair {
  const at = pair.indexOf('=');
  return at === -1 ? [pair.trim(), undefined] : [pair.slice(0, at).trim(), pair.slice(at + 1)];
}

/** Networks in CIDR notation (RFC 4632) and single addresses. */
export function networks(defaultValue: readonly string[], meaning: string): Setting<readonly string[]> {
  const form = 'a network such as 192.0.2.0/24 or 2001:db8::/32, or an address';
  const shape = z.string().trim().superRefine((block, context) => {
    const fault = networkFault(block);
    if (fault !== undefined) context.addIssue({ code: 'custom', message: fault });
  });
  const item = scalar({ defaultValue: '', form, meaning, text: shape, value: shape });
  return list(item, meaning, defaultValue);
}

function networkFault(block: string): string | undefined {
  if (block === '' || block.includes(',')) return 'one network is expected';
  try {
    new NetworkList(block);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** A raw value in a message: short, on one line, in quotes where it would not be seen otherwise. */
export function named(raw: unknown): string {
  const json = typeof raw === 'string' && /^[\x21-\x7e]+$/.test(raw) ? raw : (JSON.stringify(raw) ?? String(raw));
  return json.length > 80 ? `${json.slice(0, 77)}...` : json;
}
