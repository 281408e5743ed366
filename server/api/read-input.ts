// Checks what a request brings against the schemas of its operation, and says in words what is wrong.

import type { z } from 'zod';
import { nearest } from '../settings/nearest.ts';
import type { Operation } from './operation.ts';

/** Longest refused value that an answer repeats. */
const MAX_SHOWN_CHARACTERS = 40;

export type InputFault = {
  readonly code: 'bad_parameter' | 'bad_query' | 'bad_body';
  /** A sentence. */
  readonly detail: string;
};

export type Checked<Value> = { readonly value: Value } | InputFault;

type Part = 'params' | 'query' | 'body';
type Shapes = Pick<Operation<never>, Part | 'access'>;

export function readParams(shapes: Shapes, given: Readonly<Record<string, string>>): Checked<unknown> {
  const result = shapes.params?.safeParse(given);
  if (result === undefined || result.success) return { value: result?.data ?? {} };
  // The value may be a secret that was put into the place of an id, so it is not repeated.
  return { code: 'bad_parameter', detail: `${sentenceOf(result.error, 'the path')}.` };
}

/** Public operations ignore parameters that they do not know: proxies and players add some. */
export function readQuery({ query: schema, access }: Shapes, text: string): Checked<unknown> {
  const known = Object.keys(schema?.shape ?? {});
  const given = new Map<string, readonly string[]>();
  for (const [name, value] of new URLSearchParams(text)) {
    if (known.includes(name)) given.set(name, [...(given.get(name) ?? []), value]);
    else if (access !== 'public')
      return { code: 'bad_query', detail: unknownName('query parameter', name, known) };
  }
  if (schema === undefined) return { value: {} };
  const single = [...given].map(([name, values]) => [name, values.length === 1 ? values[0] : values]);
  const result = schema.safeParse(Object.fromEntries(single));
  if (result.success) return { value: result.data };
  const values = given.get(String(result.error.issues[0]?.path[0])) ?? [];
  const shown = values.map((value) => JSON.stringify(value.slice(0, MAX_SHOWN_CHARACTERS)));
  const detail = `${sentenceOf(result.error, 'the query')}; the query has ${shown.slice(0, 2).join(' and ')}.`;
  return { code: 'bad_query', detail };
}

/** `body` is the parsed JSON. */
export function readBody({ body: schema }: Shapes, body: unknown): Checked<unknown> {
  if (schema === undefined) return { value: {} };
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    return { code: 'bad_body', detail: 'The body must be a JSON object.' };
  const unknown = Object.keys(body).find((name) => !Object.hasOwn(schema.shape, name));
  if (unknown !== undefined)
    return { code: 'bad_body', detail: unknownName('field', unknown, Object.keys(schema.shape)) };
  const result = schema.safeParse(body);
  if (result.success) return { value: result.data };
  return { code: 'bad_body', detail: `${sentenceOf(result.error, 'the body')}.` };
}

function unknownName(what: string, given: string, known: readonly string[]): string {
  const shown = JSON.stringify(given.slice(0, MAX_SHOWN_CHARACTERS));
  const near = nearest(given, known);
  if (near !== undefined) return `The ${what} ${shown} is unknown; did you mean ${near}?`;
  const hint = known.length === 0 ? 'there is none' : `known are ${known.join(', ')}`;
  return `The ${what} ${shown} is unknown; ${hint}.`;
}

/** Each schema has the words for its valid values, which follow "must be". */
function sentenceOf({ issues }: z.ZodError, whole: string): string {
  const [issue] = issues;
  if (issue === undefined) return `${whole} is invalid`;
  const place = issue.path.length === 0 ? whole : issue.path.map(String).join('.');
  return /^(?:Invalid|Too|Unrecognized)\b/.test(issue.message)
    ? `${place}: ${issue.message}`
    : `${place} must be ${issue.message}`;
}
