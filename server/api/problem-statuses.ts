// HTTP statuses of the errors that operations may have, and what every operation may answer (RFC 9457, RFC 9110 clause 15).

import type { ErrorCode } from '../errors.ts';
import type { Access } from './operation.ts';

export type ProblemStatus = 400 | 401 | 403 | 404 | 405 | 409 | 413 | 415 | 429 | 500 | 503;

const STATUSES = {
  bad_parameter: 400,
  bad_query: 400,
  bad_body: 400,
  admin_token_needed: 401,
  unknown_admin_token: 401,
  admin_scope: 403,
  admin_network: 403,
  admin_proxied: 403,
  admin_host: 403,
  foreign_origin: 403,
  playback_token_missing: 403,
  playback_token_invalid: 403,
  playback_token_expired: 403,
  playback_token_not_yet: 403,
  playback_token_wrong_stream: 403,
  playback_token_wrong_network: 403,
  playback_token_unchecked: 503,
  no_such_stream: 404,
  no_such_test: 404,
  no_such_key: 404,
  no_such_admin_token: 404,
  name_not_closed: 404,
  bad_method: 405,
  no_such_webhook: 404,
  bad_playback_token: 400,
  no_publisher: 409,
  no_picture: 409,
  too_many_caption_languages: 409,
  no_data_dir: 409,
  log_level_fixed: 409,
  body_too_large: 413,
  bad_content_type: 415,
  token_attempts: 429,
  internal_error: 500,
  data_dir_busy: 503,
} as const satisfies Partial<Record<ErrorCode, ProblemStatus>>;

/** 500 for an error that is not the caller's fault, such as a folder that cannot be written. */
export function statusOf(code: ErrorCode): ProblemStatus {
  return Object.hasOwn(STATUSES, code) ? STATUSES[code as keyof typeof STATUSES] : 500;
}

/** `no_such_stream` → `No such stream`: the title of a problem. */
export function titleOf(code: ErrorCode): string {
  const words = code.replaceAll('_', ' ');
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}

const OPERATOR_CODES: readonly ErrorCode[] = [
  'admin_token_needed',
  'unknown_admin_token',
  'admin_network',
  'admin_proxied',
  'admin_host',
  'token_attempts',
];

/** What an operation may be refused with before it runs. */
export function commonErrors(operation: {
  readonly access: Access;
  readonly params?: unknown;
  readonly query?: unknown;
  readonly body?: unknown;
  readonly isEventStream?: true;
}): readonly ErrorCode[] {
  const { access, params, query, body, isEventStream } = operation;
  const isPublic = access === 'public';
  return [
    ...(isPublic ? [] : OPERATOR_CODES),
    ...(access === 'write' ? (['admin_scope', 'foreign_origin'] as const) : []),
    ...(isEventStream === true ? (['foreign_origin'] as const) : []),
    ...(params === undefined || isPublic ? [] : (['bad_parameter'] as const)),
    ...(query === undefined && isPublic ? [] : (['bad_query'] as const)),
    ...(body === undefined ? [] : (['bad_body', 'body_too_large', 'bad_content_type'] as const)),
    ...(isPublic ? [] : (['internal_error'] as const)),
  ];
}
