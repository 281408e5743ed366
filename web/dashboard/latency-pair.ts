// The latency of viewers in short.
import type { StreamCard } from '../../server/stats/operator-message.ts';
import { formatLatency } from '../page/format.ts';
import { dashboardWords } from '../words/dashboard.ts';

/** `1.8 s / 2.4 s`: p50 and p95; it says so if no viewer reports it. */
export function latencyPair({
  latencyP50Ms,
  latencyP95Ms,
}: Pick<StreamCard, 'latencyP50Ms' | 'latencyP95Ms'>): string {
  if (latencyP50Ms === undefined) return dashboardWords.cards.notMeasured;
  return `${formatLatency(latencyP50Ms)} / ${formatLatency(latencyP95Ms)}`;
}
