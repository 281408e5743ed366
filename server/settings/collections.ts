// Settings of several values: lists, maps and lists of networks, written differently in each source.

import { networkFault } from '../address.ts';
import { named, type Reading, type Setting, type SettingSource, textual } from './setting.ts';

/**
 * Several values of one kind: separated by commas in flags and environment variables (a flag may also be repeated), a sequence
 * in files and programs.
 */
export function list<Value>(
  item: Setting<Value>,
  meaning: string,
  defaultValue: readonly Value[] = [],
): Setting<readonly Value[]> {
  const form = `a list with commas between, each ${item.form}`;
  return {
    defaultValue,
    form,
    meaning,
    read: (raw, source) => {
      const items = itemsOf(raw);
      if (items === undefined) return { kind: 'fault', fault: `it must be ${form}` };
      return collect(
        items,
        (each) => item.read(each, source),
        (each) => named(each),
      );
    },
    show: (values) => values.map(item.show).join(','),
    toFile: (values) => values.map(item.toFile),
    jsonSchema: () => ({ anyOf: [{ type: 'array', items: item.jsonSchema() }, { type: 'string' }] }),
  };
}

/** Splits text at commas; items of a sequence are unchanged. Undefined for a mapping, null or a boolean. */
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

/** Allowed keys of a map, without an equals sign. */
const MAP_KEY = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}$/;

/**
 * Values by name: a repeated flag (`--x key=value --x other=value`), a JSON object or `key=value,other=value` in an environment
 * variable, a mapping in files and programs.
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
      const reading = collect(
        pairs,
        ([key, value]) => readPair(key, value, source, item),
        ([key]) => named(key),
      );
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
    toFile: (values) =>
      Object.fromEntries(Object.entries(values).map(([key, value]) => [key, item.toFile(value)])),
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
  source: SettingSource,
  item: Setting<Value>,
): Reading<readonly [string, Value]> {
  if (!MAP_KEY.test(key) || key === '__proto__')
    return { kind: 'fault', fault: 'a key is letters, digits, ., - and _, at most 64' };
  if (raw === undefined) return { kind: 'fault', fault: 'it has no value; write key=value' };
  const reading = item.read(raw, source);
  return reading.kind === 'fault' ? reading : { kind: 'value', value: [key, reading.value] };
}

type Pair = readonly [key: string, value: unknown];

function pairsOf(raw: unknown, source: SettingSource): readonly Pair[] | undefined {
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
  const normalize = (written: string) => written.trim();
  const item = textual({ defaultValue: '', form, meaning, normalize, faultOf: networkFault });
  return list(item, meaning, defaultValue);
}
