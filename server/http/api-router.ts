// The JSON API with its OpenAPI document and its reference page, and the health checks.

import express, { type Router } from 'express';
import { openApiDocument } from '../api/openapi.ts';
import { type ApiGateway, OPERATIONS } from '../api/operations.ts';
import type { EventLog } from '../event-log.ts';
import type { OnLimit } from '../limit-tally.ts';
import type { Logger } from '../log.ts';
import { memoized } from '../memoized.ts';
import type { AdminGate } from './admin-gate.ts';
import type { EventStreams } from './event-streams.ts';
import { getRoute } from './get-route.ts';
import { redirectTo, sendJson, sendProblem } from './http-replies.ts';
import { createOperationRouter } from './operation-router.ts';
import { ReferencePage } from './reference-page.ts';
import { type RepeatedAnswer, sendRepeated } from './repeated-answer.ts';

export type ApiOptions = {
  readonly version: string;
  readonly gateway: ApiGateway;
  readonly gate: AdminGate;
  /** Listening and not draining. */
  readonly isReady: () => boolean;
  readonly log: Logger;
  readonly refusals: EventLog;
  readonly events: Pick<EventStreams, 'open'>;
  readonly onLimit?: OnLimit;
};

const API_PATH = '/api/v1';

export function createApiRouter(options: ApiOptions): Router {
  const { isReady, version } = options;
  const router = express.Router();
  getRoute(router, '/livez', (_request, response) => sendJson(response, 200, { status: 'alive' }));
  getRoute(router, '/readyz', (_request, response) => {
    if (isReady()) return sendJson(response, 200, { status: 'ready' });
    sendProblem(response, {
      status: 503,
      title: 'Not ready',
      detail: 'The gateway is starting or shutting down.',
    });
  });
  const described = memoized(() => {
    const document = openApiDocument(version);
    return { json: jsonAnswer(document), page: new ReferencePage(document) };
  });
  getRoute(router, `${API_PATH}/openapi.json`, (_request, response) =>
    sendRepeated(response, described().json),
  );
  getRoute(router, API_PATH, (request, response) => {
    const [path = ''] = request.url.split('?');
    // Addresses in the page are relative to the folder.
    if (path.endsWith('/')) described().page.send(response);
    else redirectTo(response, 'v1/', request.url);
  });
  router.use(API_PATH, createOperationRouter({ ...options, operations: OPERATIONS }));
  return router;
}

function jsonAnswer(value: unknown): RepeatedAnswer {
  const headers = [
    ...['content-type', 'application/json; charset=utf-8'],
    ...['cache-control', 'no-cache'],
    ...['x-content-type-options', 'nosniff'],
  ];
  return { status: 200, headers, body: Buffer.from(`${JSON.stringify(value, null, 2)}\n`) };
}
