// The one error type of the gateway: a stable code of the tables in errors/ for machines, a sentence for people.

import type { ErrorRow } from './errors/error-row.ts';
import { LIBRARY_ERRORS } from './errors/library-errors.ts';
import { MEDIA_ERRORS } from './errors/media-errors.ts';
import { OPERATOR_ERRORS } from './errors/operator-errors.ts';
import { PUBLISH_ERRORS } from './errors/publish-errors.ts';
import { VIEWER_ERRORS } from './errors/viewer-errors.ts';

/** What sort of fault it is: a `limit` is the whole stream's, whichever track reached it; `config` is the command's to explain. */
export type ErrorKind = 'invalid-data' | 'invalid-state' | 'unsupported' | 'limit' | 'timeout' | 'config';

/** Every code, under whom it concerns. docs/errors.md is written from it. A code never changes its name or meaning. */
export const ERROR_TABLES = {
  publisher: { ...PUBLISH_ERRORS, ...MEDIA_ERRORS },
  viewer: VIEWER_ERRORS,
  operator: OPERATOR_ERRORS,
  library: LIBRARY_ERRORS,
} as const;

/** Whom an error concerns: who can do something about it. */
export type ErrorAudience = keyof typeof ERROR_TABLES;

type CodesOf<Table> = Table extends Table ? keyof Table & string : never;

/** A code of the gateway. An authorizer's refusals may have others. */
export type ErrorCode = CodesOf<(typeof ERROR_TABLES)[ErrorAudience]>;

/**
 * Thrown where a fault is found and caught once per connection, request or start-up.
 * `code` is snake_case, stable, and safe as a metric label; `message` names the offending value.
 */
export class GatewayError extends Error {
  readonly kind: ErrorKind;
  readonly code: ErrorCode;

  /** `message` may be left out where there is no value to name: then it is the table's. */
  constructor(kind: ErrorKind, code: ErrorCode, message = sentenceOf(code)) {
    super(message);
    this.name = 'GatewayError';
    this.kind = kind;
    this.code = code;
  }
}

const ROWS: Readonly<Record<ErrorCode, ErrorRow>> = Object.assign({}, ...Object.values(ERROR_TABLES));

/** What was wrong and what to do, in general. */
function sentenceOf(code: ErrorCode): string {
  const { what, remedy } = ROWS[code];
  return `${what}; ${remedy}`;
}

/** Ends a `switch` over a union: a new member that is not handled fails to compile. */
export function assertNever(value: never): never {
  throw new Error(`unreachable: ${JSON.stringify(value)}`);
}
