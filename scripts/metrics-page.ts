// docs/metrics.md, written from the families of `/metrics`.
import { HlsCounts } from '../server/stats/hls-counts.ts';
import { familiesOf, MAX_NAMED_STREAMS } from '../server/stats/metric-families.ts';

const HEAD = `# Metrics

\`GET /metrics\` answers in the text format of Prometheus. It is for private networks; \`metrics.networks\` names more. A request that
a proxy forwards (\`X-Forwarded-For\`) is refused, because the proxy's address says nothing about who asks.

\`\`\`yaml
# prometheus.yml
scrape_configs:
  - job_name: sluice
    static_configs:
      - targets: ['127.0.0.1:8080']
\`\`\`

The first ${MAX_NAMED_STREAMS} streams have series of their own; all others together have the label \`stream="(other)"\`. The label \`code\` is
a code of [errors.md](errors.md), or \`publishing\`. Totals of a stream begin anew with the stream, and \`rate()\` bears that. Beside these
there are the metrics of the process and of Node that prom-client gives (\`process_*\`, \`nodejs_*\`), such as
\`nodejs_eventloop_lag_p99_seconds\`. [deploy/prometheus/alerts.yml](../deploy/prometheus/alerts.yml) has rules to begin with.

| metric | type | labels | what it says |
|---|---|---|---|
`;
const HOLDS =
  '| `sluice_hls_hold_seconds` | histogram | | How long requests waited for media that had been announced, since the first scrape. |';

/** The whole page. Written by \`npm run docs\`. */
export function renderMetricsPage(): string {
  const families = familiesOf({
    version: '',
    streams: () => [],
    viewers: () => 0,
    memory: { usedBytes: 0, maxBytes: 0 },
    hls: new HlsCounts(),
    rtmp: { connectionCount: 0, totals: () => [] },
    http: { connectionCount: 0, sentBytes: 0, refusals: () => [] },
    webSockets: () => 0,
  });
  const rows = families.map(({ name, type, labels, help }) => {
    const shownLabels = labels.map((label) => `\`${label}\``).join(', ');
    return `| \`${name}\` | ${type} | ${shownLabels}${shownLabels === '' ? '' : ' '}| ${help} |`;
  });
  return `${HEAD}${[...rows, HOLDS].join('\n')}\n`;
}
