// `/metrics` for Prometheus, for private networks only, because names and numbers of streams are not public.

import type { IncomingMessage } from 'node:http';
import express, { type Router } from 'express';
import type { NetworkList } from '../address.ts';
import { plainAddress } from '../address.ts';
import { isPrivateAddress } from '../private-address.ts';
import type { TrustedProxies } from '../proxied/trusted-proxies.ts';
import type { Metrics } from '../stats/metrics.ts';
import { isForwarded } from './forwarded-request.ts';
import { getRoute } from './get-route.ts';
import { type Problem, sendProblem } from './http-replies.ts';

export type MetricsRouterOptions = {
  readonly metrics: Pick<Metrics, 'render'>;
  /** Further networks that may read metrics. */
  readonly networks: NetworkList;
  readonly proxies: TrustedProxies;
};

const FORWARDED: Problem = {
  status: 403,
  title: 'Not for the public',
  detail:
    'Metrics are not served through a proxy that is not in proxies.trusted; let Prometheus connect to the gateway directly.',
};

const UNNAMED: Problem = {
  status: 403,
  title: 'Not for the public',
  detail:
    'The proxy does not name its client in the header of proxies.header, so the client is unknown; correct the setting, or let Prometheus connect to the gateway directly.',
};

export function createMetricsRouter({ metrics, networks, proxies }: MetricsRouterOptions): Router {
  const router = express.Router();
  getRoute(router, '/metrics', (request, response, next) => {
    const problem = refusalOf(request, networks, proxies);
    if (problem !== undefined) return sendProblem(response, problem);
    metrics.render(request.headers.accept).then(({ contentType, text }) => {
      const body = Buffer.from(text);
      response.writeHead(200, {
        'content-type': contentType,
        'content-length': body.length,
        'cache-control': 'no-store',
        vary: 'Accept',
      });
      response.end(request.method === 'HEAD' ? undefined : body);
    }, next);
  });
  return router;
}

function refusalOf(
  request: IncomingMessage,
  networks: NetworkList,
  proxies: TrustedProxies,
): Problem | undefined {
  const address = plainAddress(proxies.clientOf(request) ?? 'unknown');
  if (!isPrivateAddress(address) && !networks.has(address)) {
    return {
      status: 403,
      title: 'Not for the public',
      detail: `Metrics are for private networks, and ${address} is a public address; add its network to metrics.networks.`,
    };
  }
  if (!isForwarded(request)) return undefined;
  if (!proxies.has(request.socket.remoteAddress)) return FORWARDED;
  // Of several proxies the first one may not name its client. Its own address is private, also where its client is not.
  return proxies.has(address) ? UNNAMED : undefined;
}
