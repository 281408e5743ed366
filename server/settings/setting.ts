// A setting: its default, its form, and how values of each source are read. They need no
// package: zod would take a tenth of a start (docs/decisions/0020).

/** The source of a raw value; sources write lists and maps differently. */
export type SettingSource = 'flag' | 'environment' | 'file' | 'program';

/** A value, or a sentence about the fault. */
export type Reading<Value> =
  | { readonly kind: 'value'; readonly value: Value }
  | { readonly kind: 'fault'; readonly fault: string };

/** JSON Schema (2020-12). */
export type JsonSchema = Readonly<Record<string, unknown>>;

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
  /** Of the value in a file. */
  readonly jsonSchema: () => JsonSchema;
};

/** Least and greatest value, and the reason. */
export type Bounds = {
  readonly least: number;
  readonly most: number;
  readonly why?: string;
  /** Zero is also valid, with a special meaning. */
  readonly orZero?: boolean;
};

type ScalarParts<Value> = {
  readonly defaultValue: Value;
  readonly form: string;
  readonly meaning: string;
  /** Reads a text. */
  readonly parse: (text: string) => Reading<Value>;
  /** Checks a program's value other than a text. */
  readonly check: (given: unknown) => Reading<Value>;
  readonly write: (value: Value) => string;
  /** Whether YAML has a number without a unit. */
  readonly isPlainNumber?: boolean;
  /** JSON Schema of the text, and of numbers that YAML may have in its place. */
  readonly textSchema: JsonSchema;
  readonly numberSchemas?: readonly JsonSchema[];
};

/** A setting of one value, written as one text. */
export function scalar<Value>(parts: ScalarParts<Value>): Setting<Value> {
  const { form, parse, check, write, isPlainNumber = false, textSchema, numberSchemas = [] } = parts;
  return {
    defaultValue: parts.defaultValue,
    form,
    meaning: parts.meaning,
    read: (raw, source) => {
      const given = source === 'flag' && Array.isArray(raw) ? raw.at(-1) : raw;
      if (source === 'program' && typeof given !== 'string') return check(given);
      const written = typeof given === 'number' ? String(given) : given;
      return typeof written === 'string' ? parse(written) : mustBe(form);
    },
    show: write,
    toFile: (given) => (isPlainNumber || write(given) === '0' ? given : write(given)),
    jsonSchema: () => (numberSchemas.length === 0 ? textSchema : { anyOf: [...numberSchemas, textSchema] }),
  };
}

type TextParts = Pick<ScalarParts<string>, 'defaultValue' | 'form' | 'meaning'> & {
  /** The value of a text that may be written in several ways. */
  readonly normalize?: (text: string) => string;
  /** What is wrong with a value. */
  readonly faultOf?: (value: string) => string | undefined;
  /** The value's form, also for editors. */
  readonly pattern?: RegExp;
};

/** A setting whose value is a text. */
export function textual(parts: TextParts): Setting<string> {
  const { form, normalize = (text) => text, faultOf = () => undefined, pattern } = parts;
  const check = (given: unknown): Reading<string> => {
    if (typeof given !== 'string' || pattern?.test(given) === false) return mustBe(form);
    const fault = faultOf(given);
    return fault === undefined ? { kind: 'value', value: given } : { kind: 'fault', fault };
  };
  return scalar({
    ...parts,
    parse: (text) => check(normalize(text)),
    check,
    write: (value) => value,
    textSchema: { type: 'string', ...(pattern === undefined ? {} : { pattern: pattern.source }) },
  });
}

/** Refuses numbers: YAML reads `007` as 7 and rounds long numbers, so such a text must be in quotes. */
export function asWritten(setting: Setting<string>): Setting<string> {
  const fault = `it must be ${setting.form}, in quotes where it is all digits`;
  return {
    ...setting,
    read: (raw, source) => (typeof raw === 'number' ? { kind: 'fault', fault } : setting.read(raw, source)),
  };
}

/** The fault of a value that has not the form. */
export function mustBe(form: string): Reading<never> {
  return { kind: 'fault', fault: `it must be ${form}` };
}

/** A raw value in a message: short, on one line, in quotes if it has blanks or is empty. */
export function named(raw: unknown): string {
  const json =
    typeof raw === 'string' && /^[\x21-\x7e]+$/.test(raw) ? raw : (JSON.stringify(raw) ?? String(raw));
  return json.length > 80 ? `${json.slice(0, 77)}...` : json;
}
