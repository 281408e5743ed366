// Replies in plain node:http, so that they work under Express and without it; errors are RFC 9457 problem details.

import type { ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { ErrorCode } from '../errors.ts';
import type { HttpReply } from './http-exchange.ts';
import { type RepeatedAnswer, sendRepeated } from './repeated-answer.ts';

const NO_STORE = 'no-store';
const PROBLEM_TYPE = 'application/problem+json';

/** Statuses of problems, with reason phrases for answers without a ServerResponse. */
const REASONS = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  408: 'Request Timeout',
  409: 'Conflict',
  410: 'Gone',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  416: 'Range Not Satisfiable',
  429: 'Too Many Requests',
  431: 'Request Header Fields Too Large',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  503: 'Service Unavailable',
} as const;
/** Statuses after which the same request may succeed in a few seconds. */
const RETRY_LATER: readonly number[] = [429, 503];

export type Problem = {
  readonly status: keyof typeof REASONS;
  readonly title: string;
  /** What was wrong and what to do. */
  readonly detail: string;
  /** A code of the tables in server/errors/, where there is one. */
  readonly code?: ErrorCode;
};

export function sendJson(response: ServerResponse, status: number, value: unknown): void {
  const body = Buffer.from(`${JSON.stringify(value)}\n`);
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': body.length,
    'cache-control': NO_STORE,
    'x-content-type-options': 'nosniff',
  });
  response.end(response.req.method === 'HEAD' ? undefined : body);
}

/** Repeated problems with their last headers: ten thousand clients may get the same one at once. */
const answers = new WeakMap<
  Problem,
  { readonly headers: readonly string[]; readonly answer: RepeatedAnswer }
>();
const NO_HEADERS: readonly string[] = [];
const PROBLEM_HEADERS: readonly string[] = [
  ...['content-type', `${PROBLEM_TYPE}; charset=utf-8`],
  ...['cache-control', NO_STORE],
  ...['x-content-type-options', 'nosniff'],
];

/** An error, never cached, because the URL may work a second later. `headers` alternates names and values. */
export function sendProblem(
  response: HttpReply,
  problem: Problem,
  headers: readonly string[] = NO_HEADERS,
): void {
  let known = answers.get(problem);
  if (known?.headers !== headers) {
    const body =
      known?.answer.body ?? Buffer.from(`${JSON.stringify({ type: 'about:blank', ...problem })}\n`);
    const answer = { status: problem.status, headers: [...PROBLEM_HEADERS, ...headers], body };
    known = { headers, answer };
    answers.set(problem, known);
  }
  sendRepeated(response, known.answer);
}

/** Characters of a query that a Location header may repeat (RFC 3986 clause 3.4, roughly). */
export const VISIBLE_ASCII = /^[\x21-\x7e]*$/;

/** A permanent redirect to `location`, which is relative, with the query of `target`. */
export function redirectTo(response: ServerResponse, location: string, target = ''): void {
  const queryAt = target.indexOf('?');
  const query = queryAt < 0 ? '' : target.slice(queryAt);
  response.writeHead(308, {
    location: VISIBLE_ASCII.test(query) ? `${location}${query}` : location,
    'cache-control': NO_STORE,
  });
  response.end();
}

/** A problem as a complete HTTP/1.1 response that closes the connection, for use without a ServerResponse. */
export function problemMessage(problem: Problem): string {
  const body = `${JSON.stringify({ type: 'about:blank', ...problem })}\n`;
  const head = [
    `HTTP/1.1 ${problem.status} ${REASONS[problem.status]}`,
    'Connection: close',
    `Content-Type: ${PROBLEM_TYPE}; charset=utf-8`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    `Cache-Control: ${NO_STORE}`,
    ...(RETRY_LATER.includes(problem.status) ? ['Retry-After: 5'] : []),
  ];
  return `${head.join('\r\n')}\r\n\r\n${body}`;
}

/** Answers an invalid request or a refused upgrade, and closes the connection. */
export function endWithProblem(socket: Duplex, problem: Problem): void {
  socket.end(problemMessage(problem), () => socket.destroy());
}
