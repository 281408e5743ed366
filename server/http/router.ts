// Everything but media: API, metrics and pages. In a module of its own, because Express and the schemas of the API take 100 ms to load.

import express, { type Router } from 'express';
import { type ApiOptions, createApiRouter } from './api-router.ts';
import { createMetricsRouter, type MetricsRouterOptions } from './metrics-router.ts';
import { createPagesRouter, type PagesOptions } from './pages-router.ts';
import { createPlaybackRouter, type PlaybackRouterOptions } from './playback-router.ts';

export type RouterOptions = Omit<PagesOptions, 'isSigned'> & {
  readonly api: ApiOptions;
  readonly metrics: MetricsRouterOptions;
  /** Absent if every stream is public. */
  readonly playback?: PlaybackRouterOptions;
};

/** Throws GatewayError if the pages are not built. */
export function createRouter(options: RouterOptions): Router {
  const router = express.Router();
  if (options.playback !== undefined) router.use(createPlaybackRouter(options.playback));
  router.use(createApiRouter(options.api));
  router.use(createMetricsRouter(options.metrics));
  const { playback } = options;
  const isSigned = (name: string): boolean => playback?.playback.isSigned(name) === true;
  router.use(createPagesRouter({ ...options, isSigned }));
  return router;
}
