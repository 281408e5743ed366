// Strict reader of attribute lists: names, separators, and the form of each value (RFC 8216bis 4.2).

import type { RuleCode } from './rules.ts';

/** A line of a playlist. */
export type Line = { readonly number: number; readonly text: string };

/** Reports a fault on a line. */
export type LineTell = (code: RuleCode, message: string, line?: Line) => void;

/** A decimal number as it was written. */
export type Decimal = {
  readonly value: number;
  /** Half a unit of its last digit: the rounding error. Trailing zeros may be omitted. */
  readonly resolution: number;
};

const ATTRIBUTE = /([A-Z0-9-]+)=("[^"]*"|[^",\s]+)(,|$)/y;
const DECIMAL_INTEGER = /^\d{1,20}$/;
const DECIMAL_FLOAT = /^\d+(?:\.(\d+))?$/;
const ENUMERATED = /^[^",\s]+$/;
const RESOLUTION = /^(\d+)x(\d+)$/;

export class AttributeList {
  readonly #values = new Map<string, string>();
  readonly #tag: string;
  readonly #line: Line;
  readonly #tell: LineTell;

  constructor(tag: string, text: string, line: Line, tell: LineTell) {
    this.#tag = tag;
    this.#line = line;
    this.#tell = tell;
    ATTRIBUTE.lastIndex = 0;
    let at = 0;
    while (at < text.length) {
      const match = ATTRIBUTE.exec(text);
      const [, name, value, separator] = match ?? [];
      if (name === undefined || value === undefined) {
        this.#fault(`is not an attribute list at ${JSON.stringify(text.slice(at, at + 40))}`);
        return;
      }
      if (this.#values.has(name)) this.#fault(`has ${name} twice`);
      this.#values.set(name, value);
      at = ATTRIBUTE.lastIndex;
      if (separator === ',' && at === text.length) this.#fault('ends with a comma');
    }
  }

  get names(): readonly string[] {
    return [...this.#values.keys()];
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  /** Reports missing attributes. */
  require(...names: readonly string[]): boolean {
    const missing = names.filter((name) => !this.#values.has(name));
    for (const name of missing) this.#tell('attribute_missing', `${this.#tag} has no ${name}`, this.#line);
    return missing.length === 0;
  }

  integer(name: string): number | undefined {
    const value = this.#read(name, DECIMAL_INTEGER, 'a decimal integer');
    return value === undefined ? undefined : Number(value);
  }

  decimal(name: string): Decimal | undefined {
    const value = this.#read(name, DECIMAL_FLOAT, 'a decimal number');
    return value === undefined ? undefined : parseDecimal(value);
  }

  quoted(name: string): string | undefined {
    return this.#read(name, /^".*"$/, 'a quoted string')?.slice(1, -1);
  }

  enumerated(name: string, allowed?: readonly string[]): string | undefined {
    const value = this.#read(name, ENUMERATED, 'an enumerated string (without quotes)');
    if (value === undefined || allowed === undefined || allowed.includes(value)) return value;
    this.#fault(`has ${name}=${value}; it is one of ${allowed.join(', ')}`);
    return undefined;
  }

  /** Attributes that are YES or absent. */
  yes(name: string): boolean {
    return this.enumerated(name, ['YES', 'NO']) === 'YES';
  }

  resolution(name: string): { readonly width: number; readonly height: number } | undefined {
    const match = RESOLUTION.exec(this.#read(name, RESOLUTION, 'a resolution such as 1280x720') ?? '');
    return match === null ? undefined : { width: Number(match[1]), height: Number(match[2]) };
  }

  #read(name: string, form: RegExp, what: string): string | undefined {
    const value = this.#values.get(name);
    if (value === undefined || form.test(value)) return value;
    this.#fault(`has ${name}=${value}, which is not ${what}`);
    return undefined;
  }

  #fault(what: string): void {
    this.#tell('attribute_syntax', `${this.#tag} ${what}`, this.#line);
  }
}

/** A number with fewer digits is read as if zeros followed. */
const FEWEST_DIGITS = 3;
const ASSUMED_DIGITS = 4;

/** A decimal-floating-point (clause 4.2); undefined for anything else. */
export function parseDecimal(text: string): Decimal | undefined {
  const match = DECIMAL_FLOAT.exec(text);
  if (match === null) return undefined;
  const digits = match[1]?.length ?? 0;
  return { value: Number(text), resolution: 0.5 * 10 ** -(digits < FEWEST_DIGITS ? ASSUMED_DIGITS : digits) };
}
