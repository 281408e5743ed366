// A path that answers GET and HEAD, with its answer to OPTIONS (RFC 9110 clause 9.3.7). Without one Express would answer 200 with a body.

import type { ServerResponse } from 'node:http';
import type { Request, RequestHandler, Router } from 'express';
import { sendPreflight } from './preflight.ts';

const METHODS = 'GET, HEAD, OPTIONS';

export type RoutePolicy = {
  /** Pages of other origins may read the answer, so a preflight is allowed (Fetch standard clause 3.2.2). */
  readonly anyOrigin?: boolean;
};

export function getRoute(
  router: Router,
  path: string,
  handler: RequestHandler,
  { anyOrigin = false }: RoutePolicy = {},
): void {
  router.get(path, handler);
  router.options(path, (request, response) => sendOptions(request, response, METHODS, anyOrigin));
}

/** A preflight of another origin fails without the headers that allow it. */
export function sendOptions(
  request: Request,
  response: ServerResponse,
  methods: string,
  anyOrigin: boolean,
): void {
  if (anyOrigin) sendPreflight(request, response, methods);
  else response.writeHead(204, { allow: methods }).end();
}
