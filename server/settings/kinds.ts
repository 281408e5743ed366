// The plain kinds of settings: ports, counts, texts, addresses, paths and choices.

import { isIP } from 'node:net';
import { type Bounds, mustBe, type Reading, type Setting, scalar, textual } from './setting.ts';

const MAX_COUNT = 1_000_000;

export function port(defaultValue: number, meaning: string): Setting<number> {
  return wholeNumber(defaultValue, meaning, 'a port from 0 to 65535', { least: 0, most: 65_535 });
}

/** A limit that 0 switches off. */
export const ANY_COUNT = { least: 0, most: 1_000_000_000 } as const;

/** A number of things. */
export function count(
  defaultValue: number,
  meaning: string,
  { least, most, why }: Bounds = { least: 1, most: MAX_COUNT },
): Setting<number> {
  const form = `a whole number from ${least} to ${most}${why === undefined ? '' : ` (${why})`}`;
  return wholeNumber(defaultValue, meaning, form, { least, most });
}

function wholeNumber(defaultValue: number, meaning: string, form: string, bounds: Bounds): Setting<number> {
  return plainNumber({ defaultValue, meaning, form, bounds, type: 'integer', digits: /^\d{1,10}$/ });
}

/** A number, possibly with decimals. */
export function factor(
  defaultValue: number,
  meaning: string,
  bounds: Bounds = { least: 3, most: 100 },
): Setting<number> {
  const form = `a number from ${bounds.least} to ${bounds.most}`;
  const digits = /^\d{1,9}(?:\.\d{1,9})?$/;
  return plainNumber({ defaultValue, meaning, form, bounds, type: 'number', digits });
}

/** A number without a unit. */
function plainNumber(parts: {
  readonly defaultValue: number;
  readonly meaning: string;
  readonly form: string;
  readonly bounds: Bounds;
  /** In JSON Schema. */
  readonly type: 'integer' | 'number';
  readonly digits: RegExp;
}): Setting<number> {
  const { form, bounds, type, digits } = parts;
  const { least, most } = bounds;
  const check = (given: unknown): Reading<number> => {
    const isNumber = type === 'integer' ? Number.isSafeInteger(given) : Number.isFinite(given);
    const value = given as number;
    return isNumber && value >= least && value <= most ? { kind: 'value', value } : mustBe(form);
  };
  return scalar({
    ...parts,
    parse: (written) => (digits.test(written.trim()) ? check(Number(written)) : mustBe(form)),
    check,
    write: String,
    isPlainNumber: true,
    textSchema: { type: 'string', pattern: digits.source },
    numberSchemas: [{ type, minimum: least, maximum: most }],
  });
}

export function text(defaultValue: string, meaning: string, form = 'a text'): Setting<string> {
  return textual({ defaultValue, form, meaning });
}

/** A path prefix: begins with a slash and does not end with one. Browsers remove `.` and `..` (RFC 3986 clause 5.2.4). */
export function path(defaultValue: string, meaning: string): Setting<string> {
  const pattern = /^(?:\/(?!\.{1,2}(?:\/|$))[A-Za-z0-9._~-]+)*$/;
  return textual({ defaultValue, form: 'a path such as /tv, or empty', meaning, pattern });
}

/** An address of this machine to listen on. */
export function host(defaultValue: string, meaning: string): Setting<string> {
  const form =
    'an address of this machine such as 127.0.0.1, ::1 or a host name, without a port; empty for all';
  const faultOf = (value: string) => (isHost(value) ? undefined : `it must be ${form}`);
  const normalize = (written: string) => withoutBrackets(written.trim());
  return textual({ defaultValue, form, meaning, normalize, faultOf });
}

/** An absolute address without a query and without a final slash; empty for none. An RTMP address has an application. */
export function publicUrl(protocols: readonly string[], example: string, meaning: string): Setting<string> {
  const form = `an address such as ${example}, or empty`;
  const isAddress = (value: string): boolean => value === '' || plainUrl(value, protocols) !== undefined;
  const faultOf = (value: string) => (isAddress(value) ? undefined : `it must be ${form}`);
  const normalize = (written: string) => plainUrl(written.trim(), protocols) ?? written.trim();
  return textual({ defaultValue: '', form, meaning, normalize, faultOf });
}

function plainUrl(text: string, protocols: readonly string[]): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const { protocol, host, pathname, search, hash, username, password } = new URL(text);
  if (!protocols.includes(protocol) || host === '') return undefined;
  if ([search, hash, username, password].some((extra) => extra !== '')) return undefined;
  const path = pathname.replace(/\/+$/, '');
  return `${protocol}//${host}${path === '' && protocol.startsWith('rtmp') ? '/live' : path}`;
}

function isHost(value: string): boolean {
  return value === '' || isIP(value) !== 0 || /^(?!.*\.\.)[A-Za-z0-9](?:[A-Za-z0-9._-]{0,252})$/.test(value);
}

function withoutBrackets(value: string): string {
  return /^\[(.*)\]$/.exec(value)?.[1] ?? value;
}

/** Host sources of Content Security Policy (level 3, clause 2.3.1), separated by commas; none by default. */
export function origins(meaning: string): Setting<string> {
  const form = 'origins such as https://example.com,https://*.example.org, or empty';
  const faultOf = (value: string) => (isOriginList(value) ? undefined : `it must be ${form}`);
  return textual({ defaultValue: '', form, meaning, faultOf });
}

function isOriginList(value: string): boolean {
  const source = /^(?:https?:\/\/)?(?:\*\.)?[\w-]+(?:\.[\w-]+)*(?::(?:\d{1,5}|\*))?$/;
  return value === '' || value.split(',').every((origin) => source.test(origin.trim()));
}

export function choice<Value extends string>(
  defaultValue: Value,
  values: readonly Value[],
  meaning: string,
): Setting<Value> {
  const form = `one of ${values.join(', ')}`;
  const check = (given: unknown): Reading<Value> => {
    const value = values.find((each) => each === given);
    return value === undefined ? mustBe(form) : { kind: 'value', value };
  };
  const textSchema = { type: 'string', enum: [...values] };
  return scalar({ defaultValue, form, meaning, parse: check, check, write: String, textSchema });
}
