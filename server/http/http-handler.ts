// The handler for all of HTTP, which can be mounted anywhere. Media comes first and without a framework, for speed.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Request, Response, Router } from 'express';
import type { Logger } from '../log.ts';
import { memoized } from '../memoized.ts';
import { CmcdHandler, type CmcdHandlerOptions, isCmcdPath } from './cmcd-handler.ts';
import { HlsHandler, type HlsHandlerOptions } from './hls-handler.ts';
import { isHlsPath } from './hls-target.ts';
import type { MediaRoute } from './http-exchange.ts';
import { type Problem, redirectTo, sendProblem } from './http-replies.ts';
import { isOver } from './is-over.ts';
import { requirePages } from './page-files.ts';
import { withoutToken } from './playback-door.ts';
import { sendProblemFor } from './problem-page.ts';
import { pathAndQuery } from './request-target.ts';
import type { RouterOptions } from './router.ts';

/** A node:http request listener that is also an Express or Connect middleware: other paths go to `next`. */
export type HttpHandler = (
  request: IncomingMessage,
  response: ServerResponse,
  next?: (error?: unknown) => void,
) => void;

const NOT_FOUND: Problem = { status: 404, title: 'Not found', detail: 'There is nothing at this path.' };
const BAD_REQUEST: Problem = { status: 400, title: 'Bad request', detail: 'The path cannot be decoded.' };
const BAD_TARGET: Problem = {
  status: 400,
  title: 'Bad request',
  detail: 'The request target is neither a path nor an http URL (RFC 9112 clause 3.2).',
};
const NO_TUNNEL: Problem = {
  status: 405,
  title: 'Not allowed',
  detail: 'CONNECT is for proxies; this is an origin server.',
};
const METHODS = 'GET, HEAD, OPTIONS';
const ALLOWED: readonly string[] = ['allow', METHODS];
const INTERNAL_ERROR: Problem = {
  status: 500,
  title: 'Internal error',
  detail: 'The gateway has failed; its log has the reason.',
  code: 'internal_error',
};

export type HttpHandlerOptions = RouterOptions & {
  readonly hls: Omit<HlsHandlerOptions, 'reports'>;
  /** Absent if players have nowhere to report to. */
  readonly cmcd?: CmcdHandlerOptions;
  /** Prefix of every path, unless the mounting server removes it; empty, or such as `/tv`. */
  readonly basePath: string;
  readonly log: Logger;
};

/** `loadRest` loads what is not loaded at start, before a request needs it. `media` is the part for media alone. */
export type GatewayHandler = HttpHandler & {
  readonly loadRest: () => Promise<unknown>;
  readonly media: MediaRoute;
};

/** Throws GatewayError if the pages are not built. */
export function createHttpHandler(options: HttpHandlerOptions): GatewayHandler {
  const { log, basePath } = options;
  requirePages(options.webRoot);
  const cmcd = options.cmcd && new CmcdHandler(options.cmcd);
  const hls = new HlsHandler({ ...options.hls, reports: cmcd });
  /** Of everything but media; loaded with its first request. */
  let router: Router | undefined;
  const withRouter = memoized(async () => {
    const { createRouter } = await import('./router.ts');
    router = createRouter(options);
    return router;
  });
  const handle: HttpHandler = (request, response, next) => {
    const url = request.url ?? '/';
    try {
      // The client may have left while an asynchronous handler ran before this one.
      if (isOver(response)) return;
      request.url = withoutPrefix(pathAndQuery(url), basePath);
      if (!request.url.startsWith('/')) return refuseTarget(request, response);
      if (isHlsPath(request.url)) return hls.handle(request, response);
      if (cmcd !== undefined && isCmcdPath(request.url)) return cmcd.handle(request, response);
      if (isFolderWithoutSlash(request, url)) return redirectToFolder(response, url, request);
      if (router !== undefined) return route(router);
      withRouter()
        .then((loaded) => {
          if (!isOver(response)) route(loaded);
        })
        .catch(fail);
    } catch (error) {
      fail(error);
    }

    function route(routes: Router): void {
      // A router needs only what node:http provides, but its types require Express's additions.
      routes(request as Request, response as Response, (error?: unknown) => {
        request.url = url;
        if (error !== undefined && error !== null) fail(error);
        else if (next !== undefined) next();
        else sendProblemFor(request, response, NOT_FOUND, 'notFound');
      });
    }

    function fail(error: unknown): void {
      if (isClientFault(error)) return sendProblemFor(request, response, BAD_REQUEST, 'notFound');
      tellFault(log, error, url);
      if (response.headersSent) response.destroy();
      else sendProblem(response, INTERNAL_ERROR);
    }
  };
  return Object.assign(handle, { loadRest: withRouter, media: mediaRoute(hls, options) });
}

function mediaRoute(hls: HlsHandler, { basePath, log }: HttpHandlerOptions): MediaRoute {
  return {
    serves: (target) => isHlsPath(withoutPrefix(pathAndQuery(target), basePath)),
    handle: (request, reply) => {
      const { url = '' } = request;
      try {
        request.url = withoutPrefix(pathAndQuery(url), basePath);
        hls.handle(request, reply);
      } catch (error) {
        tellFault(log, error, url);
        if (reply.headersSent) reply.destroy();
        else sendProblem(reply, INTERNAL_ERROR);
      }
    },
  };
}

function tellFault(log: Logger, error: unknown, url: string): void {
  log.error({ err: error, path: withoutToken(pathAndQuery(url).split('?')[0] ?? '') }, 'a request failed');
}

/** CONNECT, `OPTIONS *` (RFC 9110 clauses 9.3.6 and 9.3.7) and invalid targets. */
function refuseTarget(request: IncomingMessage, response: ServerResponse): void {
  if (request.method === 'CONNECT') sendProblem(response, NO_TUNNEL, ALLOWED);
  else if (request.method !== 'OPTIONS' || request.url !== '*') sendProblem(response, BAD_TARGET);
  else response.writeHead(204, { allow: METHODS }).end();
}

/** `/tv/watch/x` → `/watch/x`; a path without the prefix is unchanged. */
function withoutPrefix(url: string, prefix: string): string {
  if (prefix === '' || !url.startsWith(prefix)) return url;
  const rest = url.slice(prefix.length);
  if (rest.startsWith('/')) return rest;
  return rest === '' || rest.startsWith('?') ? `/${rest}` : url;
}

/** The path as the browser sees it: Express and Connect keep it when they remove a mount prefix. */
function originalPath(request: IncomingMessage, url: string): string {
  const original = 'originalUrl' in request ? request.originalUrl : undefined;
  return pathAndQuery(typeof original === 'string' ? original : url).split('?')[0] ?? '';
}

/** Whether the path is the prefix without a slash, where relative addresses of the page would be wrong. */
function isFolderWithoutSlash(request: IncomingMessage, url: string): boolean {
  const isRoot = request.url === '/' || request.url?.startsWith('/?') === true;
  return isRoot && !originalPath(request, url).endsWith('/');
}

function redirectToFolder(response: ServerResponse, url: string, request: IncomingMessage): void {
  const path = originalPath(request, url);
  redirectTo(response, `${path.slice(path.lastIndexOf('/') + 1)}/`);
}

/** The router's error for a path that cannot be decoded, which is a fault of the client. */
function isClientFault(error: unknown): boolean {
  if (typeof error !== 'object' || error === null || !('status' in error)) return false;
  return typeof error.status === 'number' && error.status >= 400 && error.status < 500;
}
