// Replies in plain node:http, so that they work under Express and without it; errors are RFC 9457 problem details.

import type { ServerResponse } from 'node:http';

const NO_STORE = 'no-store';

export type Problem = {
  readonly status: 400 | 404 | 405 | 500 | 503;
  readonly title: string;
  /** What was wrong and what to do. */
  readonly detail: string;
};

export function sendJson(
  response: ServerResponse,
  status: number,
  value: unknown,
  type = 'application/json',
): void {
  const body = Buffer.from(`${JSON.stringify(value)}\n`);
  response.writeHead(status, {
    'content-type': `${type}; charset=utf-8`,
    'content-length': body.length,
    'cache-control': NO_STORE,
    'x-content-type-options': 'nosniff',
  });
  response.end(response.req.method === 'HEAD' ? undefined : body);
}

/** An error, never cached: the same URL may be right in a second. */
export function sendProblem(response: ServerResponse, problem: Problem): void {
  sendJson(response, problem.status, { type: 'about:blank', ...problem }, 'application/problem+json');
}
