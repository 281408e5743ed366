// One function for all of HTTP: media first and without a framework, then pages and API. It can be mounted anywhere.

import type { IncomingMessage, ServerResponse } from 'node:http';
import express from 'express';
import type { Logger } from '../log.ts';
import { type ApiSource, createApiRouter } from './api-router.ts';
import { HlsHandler, type HlsHandlerOptions, isHlsPath } from './hls-handler.ts';
import { sendProblem } from './http-replies.ts';
import { createPagesRouter } from './pages-router.ts';

/** A node:http request listener that is also an Express or Connect middleware: what is not ours goes to `next`. */
export type HttpHandler = (
  request: IncomingMessage,
  response: ServerResponse,
  next?: (error?: unknown) => void,
) => void;

export async function createHttpHandler(options: {
  readonly hls: HlsHandlerOptions;
  readonly api: ApiSource;
  readonly webRoot: URL;
  readonly log: Logger;
}): Promise<HttpHandler> {
  const { log } = options;
  const hls = new HlsHandler(options.hls);
  const router = express.Router();
  router.use(createApiRouter(options.api));
  router.use(await createPagesRouter(options.webRoot));
  return (request, response, next) => {
    try {
      if (isHlsPath(request.url ?? '/')) return hls.handle(request, response);
      // A router needs of its request what node:http gives; the types ask for Express's additions.
      router(request as express.Request, response as express.Response, (error?: unknown) => {
        if (error !== undefined && error !== null) fail(error);
        else if (next !== undefined) next();
        else
          sendProblem(response, {
            status: 404,
            title: 'Not found',
            detail: 'There is nothing at this path.',
          });
      });
    } catch (error) {
      fail(error);
    }

    function fail(error: unknown): void {
      log.error({ err: error, path: request.url?.split('?')[0] }, 'a request failed');
      if (response.headersSent) response.destroy();
      else
        sendProblem(response, {
          status: 500,
          title: 'Internal error',
          detail: 'A fault of the gateway itself; its log tells more.',
        });
    }
  };
}
