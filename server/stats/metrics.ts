// `/metrics` in the text format of Prometheus and as OpenMetrics, from counters that exist anyway. Names follow the naming practices of
// Prometheus. The only label that peers choose is the stream's name, and the number of names is limited.

import type { Registry } from 'prom-client';
import { familiesOf } from './metric-families.ts';
import type { MetricsSources } from './metrics-sources.ts';
import { acceptsOpenMetrics, OPEN_METRICS_TYPE, openMetricsOf } from './open-metrics.ts';
import { STARTUP_BUCKETS_S, STARTUP_HELP, STARTUP_NAME } from './viewer-families.ts';

export type RenderedMetrics = { readonly contentType: string; readonly text: string };

const MISNAMED = [
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
  'nodejs_active_resources_total',
];
/** Buckets of waiting times, seconds: a wait is usually one part, and 9 s at most. */
const HOLD_BUCKETS_S = [0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4];

export class Metrics {
  readonly #sources: MetricsSources;
  #registry: Promise<Registry> | undefined;

  constructor(sources: MetricsSources) {
    this.#sources = sources;
  }

  /** The current metrics, in the format that the header Accept of a request asks for. */
  async render(accept?: string): Promise<RenderedMetrics> {
    this.#registry ??= createRegistry(this.#sources);
    const registry = await this.#registry;
    const text = await registry.metrics();
    return acceptsOpenMetrics(accept)
      ? { contentType: OPEN_METRICS_TYPE, text: openMetricsOf(text) }
      : { contentType: registry.contentType, text };
  }
}

/** prom-client is loaded at the first scrape, so that other gateways start faster. */
async function createRegistry(sources: MetricsSources): Promise<Registry> {
  const prometheus = await import('prom-client');
  const registry = new prometheus.Registry();
  prometheus.collectDefaultMetrics({ register: registry });
  // Gauges with names of counters, which are expensive to collect.
  for (const name of MISNAMED) registry.removeSingleMetric(name);
  for (const { name, help, type, labels, read } of familiesOf(sources)) {
    const options = { name, help, labelNames: [...labels], registers: [registry] };
    if (type === 'gauge') {
      new prometheus.Gauge({
        ...options,
        collect() {
          this.reset();
          for (const [values, value] of read()) this.set(values, value);
        },
      });
    } else {
      new prometheus.Counter({
        ...options,
        // Counted elsewhere; each scrape copies the total.
        collect() {
          this.reset();
          for (const [values, value] of read()) this.inc(values, value);
        },
      });
    }
  }
  const holds = new prometheus.Histogram({
    name: 'sluice_hls_hold_seconds',
    help: 'How long requests waited for announced media, since the first scrape.',
    buckets: HOLD_BUCKETS_S,
    registers: [registry],
  });
  sources.hls.onHoldEnd = (seconds) => holds.observe(seconds);
  const startups = new prometheus.Histogram({
    name: STARTUP_NAME,
    help: STARTUP_HELP,
    buckets: STARTUP_BUCKETS_S,
    registers: [registry],
  });
  if (sources.viewerReports !== undefined)
    sources.viewerReports.onStartup = (seconds) => startups.observe(seconds);
  return registry;
}
