// `/metrics` in the text format of Prometheus: what the house counts anyway, read when it is asked for. Names follow the naming
// practices of Prometheus; no label is a peer's choice but the stream's name, and only so many names have series of their own.

import type { Registry } from 'prom-client';
import { familiesOf } from './metric-families.ts';
import type { MetricsSources } from './metrics-sources.ts';

export type RenderedMetrics = { readonly contentType: string; readonly text: string };

const MISNAMED = [
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
  'nodejs_active_resources_total',
];
/** Upper ends of the classes of waiting times, seconds: a wait is as long as a part, and 9 s at most. */
const HOLD_BUCKETS_S = [0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4];

export class Metrics {
  readonly #sources: MetricsSources;
  #registry: Promise<Registry> | undefined;

  constructor(sources: MetricsSources) {
    this.#sources = sources;
  }

  /** All of it, as it is now. */
  async render(): Promise<RenderedMetrics> {
    this.#registry ??= createRegistry(this.#sources);
    const registry = await this.#registry;
    return { contentType: registry.contentType, text: await registry.metrics() };
  }
}

/** prom-client is loaded for the first scrape: a gateway that nobody scrapes starts without it. */
async function createRegistry(sources: MetricsSources): Promise<Registry> {
  const prometheus = await import('prom-client');
  const registry = new prometheus.Registry();
  prometheus.collectDefaultMetrics({ register: registry });
  // Gauges whose names end as only those of counters may; what they list is costly to collect.
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
        // Counted elsewhere: each scrape takes over the total.
        collect() {
          this.reset();
          for (const [values, value] of read()) this.inc(values, value);
        },
      });
    }
  }
  const holds = new prometheus.Histogram({
    name: 'sluice_hls_hold_seconds',
    help: 'How long requests waited for media that had been announced, since the first scrape.',
    buckets: HOLD_BUCKETS_S,
    registers: [registry],
  });
  sources.hls.onHoldEnd = (seconds) => holds.observe(seconds);
  return registry;
}
