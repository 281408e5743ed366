// Settings that are lists of records. Each field of a record is read like a setting.

import { nearest } from './nearest.ts';
import type { Reading, Setting, SettingSource } from './setting.ts';

export type RecordField<Value> = { readonly setting: Setting<Value>; readonly isRequired: boolean };
type FieldTable = Readonly<Record<string, RecordField<never>>>;

/** `max-bitrate` → `maxBitrate`. */
type CamelName<Name extends string> = Name extends `${infer Head}-${infer Tail}`
  ? `${Head}${Capitalize<CamelName<Tail>>}`
  : Name;
type ValueOf<Field> = Field extends { readonly setting: Setting<infer Value> } ? Value : never;
type NamesWith<Fields, IsRequired extends boolean> = {
  [Name in keyof Fields & string]: Fields[Name] extends { readonly isRequired: IsRequired } ? Name : never;
}[keyof Fields & string];

/** One record, its names in camelCase. */
export type RecordOf<Fields> = {
  readonly [Name in NamesWith<Fields, true> as CamelName<Name>]: ValueOf<Fields[Name]>;
} & { readonly [Name in NamesWith<Fields, false> as CamelName<Name>]?: ValueOf<Fields[Name]> };

export function required<Value>(setting: Setting<Value>) {
  return { setting, isRequired: true } as const;
}

export function optional<Value>(setting: Setting<Value>) {
  return { setting, isRequired: false } as const;
}

/** Records: a sequence of mappings in files and programs, JSON in an environment variable. */
export function records<Fields extends { readonly [Name in keyof Fields]: { readonly setting: object } }>(
  fields: Fields,
  meaning: string,
): Setting<readonly RecordOf<Fields>[]> {
  const table = fields as unknown as FieldTable;
  const names = Object.keys(table);
  const form = `a list of records with ${names.join(', ')}`;
  const isSecret = Object.values(table).some(({ setting }) => setting.isSecret === true);
  const toFile = (values: readonly RecordOf<Fields>[]): unknown =>
    values.map((value) => recordToFile(table, value as Readonly<Record<string, unknown>>));
  return {
    defaultValue: [],
    form,
    meaning,
    ...(isSecret ? { isSecret } : {}),
    read: (raw, source) => {
      const items = itemsFrom(raw);
      if (items === undefined) return { kind: 'fault', fault: `it must be ${form}` };
      const values: RecordOf<Fields>[] = [];
      for (const [index, item] of items.entries()) {
        const reading = readRecord(table, item, source);
        if (reading.kind === 'fault')
          return { kind: 'fault', fault: `record ${index + 1}: ${reading.fault}` };
        values.push(reading.value as RecordOf<Fields>);
      }
      return { kind: 'value', value: values };
    },
    show: (values) => (values.length === 0 ? '' : JSON.stringify(toFile(values))),
    toFile,
    jsonSchema: () => ({
      type: 'array',
      items: {
        type: 'object',
        properties: Object.fromEntries(
          Object.entries(table).map(([name, { setting }]) => [
            name,
            { ...setting.jsonSchema(), description: `${setting.meaning} It is ${setting.form}.` },
          ]),
        ),
        required: names.filter((name) => table[name]?.isRequired === true),
        additionalProperties: false,
      },
    }),
  };
}

/** Undefined if it is neither a sequence nor a JSON array. */
function itemsFrom(raw: unknown): readonly unknown[] | undefined {
  if (Array.isArray(raw)) return raw;
  // If all records are commented out, YAML gives null.
  if (raw === null || (typeof raw === 'string' && raw.trim() === '')) return [];
  if (typeof raw !== 'string') return undefined;
  try {
    const value: unknown = JSON.parse(raw);
    return Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function readRecord(
  table: FieldTable,
  raw: unknown,
  source: SettingSource,
): Reading<Readonly<Record<string, unknown>>> {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw))
    return { kind: 'fault', fault: `it must be a mapping of ${Object.keys(table).join(', ')}` };
  const values = new Map<string, unknown>();
  for (const [given, value] of Object.entries(raw)) {
    if (value === undefined) continue;
    const name = given.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    const field = Object.hasOwn(table, name) ? table[name] : undefined;
    if (field === undefined) return { kind: 'fault', fault: unknownField(given, Object.keys(table)) };
    const reading = (field.setting as unknown as Setting<unknown>).read(value, source);
    if (reading.kind === 'fault') return { kind: 'fault', fault: `${name}: ${reading.fault}` };
    values.set(camel(name), reading.value);
  }
  const missing = Object.entries(table).find(
    ([name, { isRequired }]) => isRequired && !values.has(camel(name)),
  );
  if (missing !== undefined) return { kind: 'fault', fault: `${missing[0]} is missing` };
  return { kind: 'value', value: Object.fromEntries(values) };
}

/** A secret may be written in place of a field's name by mistake, so the message shows it only if it looks like a name. */
function unknownField(given: string, known: readonly string[]): string {
  const hint = `known are ${known.join(', ')}`;
  if (!/^[A-Za-z-]{1,20}$/.test(given)) return `it has an unknown field; ${hint}`;
  const near = nearest(given, known);
  return `the field ${given} is unknown; ${near === undefined ? hint : `did you mean ${near}?`}`;
}

function recordToFile(table: FieldTable, value: Readonly<Record<string, unknown>>): unknown {
  const entries = Object.entries(table).flatMap(([name, { setting }]) => {
    const own = value[camel(name)];
    return own === undefined ? [] : [[name, (setting as unknown as Setting<unknown>).toFile(own)]];
  });
  return Object.fromEntries(entries);
}

function camel(name: string): string {
  return name.replaceAll(/-([a-z])/g, (_all, letter: string) => letter.toUpperCase());
}
