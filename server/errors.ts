// The error type of the gateway: a stable code from the tables in errors/, and a sentence for people.

import { API_ERRORS } from './errors/api-errors.ts';
import type { ErrorRow } from './errors/error-row.ts';
import { LIBRARY_ERRORS } from './errors/library-errors.ts';
import { MEDIA_ERRORS } from './errors/media-errors.ts';
import { OPERATOR_ERRORS } from './errors/operator-errors.ts';
import { PUBLISH_ERRORS } from './errors/publish-errors.ts';
import { VIEWER_ERRORS } from './errors/viewer-errors.ts';

/** A `limit` belongs to the whole stream, whichever track reached it. The command prints a `config` error without a stack. */
export type ErrorKind = 'invalid-data' | 'invalid-state' | 'unsupported' | 'limit' | 'timeout' | 'config';

/** The values in a message, such as `codec`, with which pages write the sentence in their own language. */
export type ErrorValues = Readonly<Record<string, string>>;

/** Every code, by audience; docs/errors.md is generated from it. A code never changes its name or meaning. */
export const ERROR_TABLES = {
  publisher: { ...PUBLISH_ERRORS, ...MEDIA_ERRORS },
  viewer: VIEWER_ERRORS,
  operator: { ...OPERATOR_ERRORS, ...API_ERRORS },
  library: LIBRARY_ERRORS,
} as const;

/** Who can fix an error. */
export type ErrorAudience = keyof typeof ERROR_TABLES;

type CodesOf<Table> = Table extends Table ? keyof Table & string : never;

/** A code of the gateway. An authorizer may refuse with other codes. */
export type ErrorCode = CodesOf<(typeof ERROR_TABLES)[ErrorAudience]>;

/**
 * Thrown where a fault is found and caught once per connection, request or start-up.
 * `code` is snake_case, stable, and safe as a metric label. `message` names the wrong value.
 */
export class GatewayError extends Error {
  readonly kind: ErrorKind;
  readonly code: ErrorCode;
  readonly values: ErrorValues | undefined;

  /** Without a value to name, leave `message` out: the table's sentence is used. */
  constructor(kind: ErrorKind, code: ErrorCode, message = sentenceOf(code), values?: ErrorValues) {
    super(message);
    this.name = 'GatewayError';
    this.kind = kind;
    this.code = code;
    this.values = values;
  }
}

const ROWS: Readonly<Record<ErrorCode, ErrorRow>> = Object.assign({}, ...Object.values(ERROR_TABLES));

function sentenceOf(code: ErrorCode): string {
  const { what, remedy } = ROWS[code];
  return `${what}; ${remedy}`;
}

/** Ends a `switch` over a union: an unhandled member fails to compile. */
export function assertNever(value: never): never {
  throw new Error(`unreachable: ${JSON.stringify(value)}`);
}
