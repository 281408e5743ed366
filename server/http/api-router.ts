// The JSON API and the probes of an operator.

import express, { type Router } from 'express';
import type { StreamDetail, StreamSummary } from '../stats/stream-view.ts';
import { sendJson, sendProblem } from './http-replies.ts';

export type GatewayInfo = {
  readonly version: string;
  /** `publicUrl` is the setting of that name, where there is one: then no other address is told. */
  readonly http?: { readonly publicUrl: string };
  readonly rtmp: { readonly port: number; readonly servers: readonly string[]; readonly publicUrl?: string };
  /** With a certificate only, as `https` is. */
  readonly rtmps?: { readonly port: number; readonly servers: readonly string[] };
  readonly https?: { readonly port: number };
};

export type ApiSource = {
  /** `hostHeader` is that of the request: who came by a name is told that name. */
  readonly info: (hostHeader: string | undefined) => GatewayInfo;
  readonly streams: () => readonly StreamSummary[];
  readonly stream: (name: string) => StreamDetail | undefined;
  /** Listening and not draining. */
  readonly isReady: () => boolean;
};

export function createApiRouter(source: ApiSource): Router {
  const router = express.Router();
  router.get('/livez', (_request, response) => sendJson(response, 200, { status: 'alive' }));
  router.get('/readyz', (_request, response) => {
    if (source.isReady()) return sendJson(response, 200, { status: 'ready' });
    sendProblem(response, {
      status: 503,
      title: 'Not ready',
      detail: 'The gateway is starting or shutting down.',
    });
  });
  router.get('/api/v1/info', (request, response) => {
    const { host, ':authority': authority } = request.headers;
    sendJson(response, 200, source.info(host ?? [authority].flat()[0]));
  });
  router.get('/api/v1/streams', (_request, response) =>
    sendJson(response, 200, { streams: source.streams() }),
  );
  router.get('/api/v1/streams/:name', (request, response) => {
    // A page in a sandboxed frame has the origin "null", and asks here when it has no WebSocket.
    response.setHeader('access-control-allow-origin', '*');
    const stream = source.stream(String(request.params['name']));
    if (stream !== undefined) return sendJson(response, 200, stream);
    sendProblem(response, {
      status: 404,
      title: 'No such stream',
      detail: 'Nobody is publishing under this name.',
    });
  });
  return router;
}
