// The plain kinds of settings: ports, counts, texts, addresses, paths and choices.

import { isIP } from 'node:net';
import { z } from 'zod';
import { type Bounds, type Codec, type Setting, scalar } from './setting.ts';

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

function wholeNumber(
  defaultValue: number,
  meaning: string,
  form: string,
  { least, most }: Bounds,
): Setting<number> {
  const value = (): z.ZodType<number, number> => z.number().int().min(least).max(most);
  const digits = (): z.ZodType<string, string> =>
    z
      .string()
      .trim()
      .regex(/^\d{1,10}$/);
  const text = (): Codec<number> => z.codec(digits(), value(), { decode: Number, encode: String });
  return scalar({ defaultValue, form, meaning, text, value, isPlainNumber: true });
}

/** A number, possibly with decimals. */
export function factor(
  defaultValue: number,
  meaning: string,
  { least, most }: Bounds = { least: 3, most: 100 },
): Setting<number> {
  const value = (): z.ZodType<number, number> => z.number().min(least).max(most);
  const digits = (): z.ZodType<string, string> =>
    z
      .string()
      .trim()
      .regex(/^\d{1,9}(?:\.\d{1,9})?$/);
  const text = (): Codec<number> => z.codec(digits(), value(), { decode: Number, encode: String });
  const form = `a number from ${least} to ${most}`;
  return scalar({ defaultValue, form, meaning, text, value, isPlainNumber: true });
}

export function text(defaultValue: string, meaning: string, form = 'a text'): Setting<string> {
  return scalar({ defaultValue, form, meaning, text: () => z.string(), value: () => z.string() });
}

/** A path prefix: begins with a slash and does not end with one. */
export function path(defaultValue: string, meaning: string): Setting<string> {
  const shape = () => z.string().regex(/^(?:\/[A-Za-z0-9._~-]+)*$/);
  return scalar({ defaultValue, form: 'a path such as /tv, or empty', meaning, text: shape, value: shape });
}

/** An address of this machine to listen on. */
export function host(defaultValue: string, meaning: string): Setting<string> {
  const form =
    'an address of this machine such as 127.0.0.1, ::1 or a host name, without a port; empty for all';
  const shape = () => z.string().refine(isHost, { error: `it must be ${form}` });
  const bracketed = () =>
    z.codec(z.string().trim(), shape(), { decode: withoutBrackets, encode: (value) => value });
  return scalar({ defaultValue, form, meaning, text: bracketed, value: shape });
}

/** An absolute address without a query and without a final slash; empty for none. An RTMP address has an application. */
export function publicUrl(protocols: readonly string[], example: string, meaning: string): Setting<string> {
  const form = `an address such as ${example}, or empty`;
  const isAddress = (value: string): boolean => value === '' || plainUrl(value, protocols) !== undefined;
  const shape = () => z.string().refine(isAddress, { error: `it must be ${form}` });
  const written = () =>
    z.codec(z.string().trim(), shape(), {
      decode: (value) => plainUrl(value, protocols) ?? value,
      encode: (value) => value,
    });
  return scalar({ defaultValue: '', form, meaning, text: written, value: shape });
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
  const shape = () => z.string().refine(isOriginList, { error: `it must be ${form}` });
  return scalar({ defaultValue: '', form, meaning, text: shape, value: shape });
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
  const shape = () => z.enum(values) as unknown as z.ZodType<Value, string>;
  return scalar({ defaultValue, form: `one of ${values.join(', ')}`, meaning, text: shape, value: shape });
}
