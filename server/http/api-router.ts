// The JSON API and the health checks.

import express, { type Router } from 'express';
import { isStreamName } from '../live/stream-name.ts';
import type { StreamDetail, StreamSummaries, StreamSummary } from '../stats/stream-view.ts';
import { type Problem, sendJson, sendProblem } from './http-replies.ts';

export type GatewayInfo = {
  readonly version: string;
  /** `publicUrl`: the setting; if it is set, no other address is shown. */
  readonly http?: { readonly publicUrl: string };
  readonly rtmp: {
    readonly port: number;
    readonly servers: readonly string[];
    readonly publicUrl?: string;
    /** Encoders need a publish key, which is not the stream name. */
    readonly needsKey?: true;
  };
  /** With a certificate only, like `https`. */
  readonly rtmps?: { readonly port: number; readonly servers: readonly string[] };
  readonly https?: { readonly port: number };
};

export type ApiSource = {
  /** `hostHeader` is that of the request; its name is used in addresses. */
  readonly info: (hostHeader: string | undefined) => GatewayInfo;
  /** At most `limit` streams sorted by name, from the first name after `after`. */
  readonly streams: (after: string, limit: number) => StreamSummaries;
  readonly stream: (name: string) => StreamDetail | undefined;
  /** Listening and not draining. */
  readonly isReady: () => boolean;
};

/** The answer of `GET /api/v1/streams`. With `next` there are more, after that name. */
export type StreamList = { readonly streams: readonly StreamSummary[]; readonly next?: string };

/**
 * Streams in one answer, about 200 bytes each. It equals the default of `stream.max-streams`, so that a client
 * without `limit` gets all of them.
 */
const MAX_STREAMS_PER_PAGE = 1_000;
/** Longest refused value that the answer repeats. */
const MAX_SHOWN_CHARACTERS = 40;

const NO_SUCH_STREAM: Problem = {
  status: 404,
  title: 'No such stream',
  detail: 'Nobody is publishing this name.',
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
  router.get('/api/v1/streams', (request, response) => {
    const wanted = pageOf(request.url);
    if ('status' in wanted) return sendProblem(response, wanted);
    const { streams, hasMore } = source.streams(wanted.after, wanted.limit);
    const last = streams.at(-1);
    const list: StreamList = hasMore && last !== undefined ? { streams, next: last.name } : { streams };
    sendJson(response, 200, list);
  });
  router.get('/api/v1/streams/:name', (request, response) => {
    // A page in a sandboxed frame has the origin "null" and uses the API if it has no WebSocket.
    response.setHeader('access-control-allow-origin', '*');
    const stream = source.stream(String(request.params['name']));
    if (stream === undefined) sendProblem(response, NO_SUCH_STREAM);
    else sendJson(response, 200, stream);
  });
  return router;
}

/** The `limit` and `after` of a query, or why they are invalid. */
function pageOf(url: string): { readonly after: string; readonly limit: number } | Problem {
  const queryAt = url.indexOf('?');
  if (queryAt < 0) return { after: '', limit: MAX_STREAMS_PER_PAGE };
  const query = new URLSearchParams(url.slice(queryAt));
  const limits = query.getAll('limit');
  const [limit = String(MAX_STREAMS_PER_PAGE)] = limits;
  if (limits.length > 1 || !/^[1-9]\d{0,3}$/.test(limit) || Number(limit) > MAX_STREAMS_PER_PAGE)
    return badQuery(`limit must be one whole number from 1 to ${MAX_STREAMS_PER_PAGE}`, limits);
  const names = query.getAll('after');
  const [after] = names;
  if (names.length > 1 || (after !== undefined && !isStreamName(after)))
    return badQuery('after must be one stream name, such as "next" of the previous page', names);
  return { after: after ?? '', limit: Number(limit) };
}

function badQuery(rule: string, values: readonly string[]): Problem {
  const given = values.map((value) => JSON.stringify(value.slice(0, MAX_SHOWN_CHARACTERS)));
  return {
    status: 400,
    title: 'Bad query',
    detail: `${rule}; the query has ${given.slice(0, 2).join(' and ')}.`,
  };
}
