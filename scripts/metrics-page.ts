// Renders docs/metrics.md from the families of `/metrics`.
import { HlsCounts } from '../server/stats/hls-counts.ts';
import { familiesOf } from '../server/stats/metric-families.ts';
import { MAX_NAMED_STREAMS } from '../server/stats/per-stream-families.ts';
import { STARTUP_HELP, STARTUP_NAME } from '../server/stats/viewer-families.ts';

const HEAD = `# Metrics

\`GET /metrics\` answers in the text format of Prometheus, or as OpenMetrics 1.0.0 where a client asks for that, to private networks and those of \`metrics.networks\`. Requests through a
proxy (\`X-Forwarded-For\`) are refused, because the client's address is unknown.

\`\`\`yaml
# prometheus.yml
scrape_configs:
  - job_name: sluice
    static_configs:
      - targets: ['127.0.0.1:8080']
\`\`\`

The first ${MAX_NAMED_STREAMS} streams have their own series; all others together have the label \`stream="(other)"\`. The label \`code\` is a
code of [errors.md](errors.md) or \`publishing\`. Totals of a stream restart with the stream; \`rate()\` handles that. prom-client adds
metrics of the process and of Node (\`process_*\`, \`nodejs_*\`), such as \`nodejs_eventloop_lag_p99_seconds\`.
[deploy/prometheus/alerts.yml](../deploy/prometheus/alerts.yml) has alert rules to start with, and
[deploy/grafana/sluice.json](../deploy/grafana/sluice.json) is a dashboard.

| metric | type | labels | meaning |
|---|---|---|---|
`;
const HOLDS =
  '| `sluice_hls_hold_seconds` | histogram | | How long requests waited for announced media, since the first scrape. |';
const STARTUPS = `| \`${STARTUP_NAME}\` | histogram | | ${STARTUP_HELP} |`;

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
    eventStreams: () => 0,
  });
  const rows = families.map(({ name, type, labels, help }) => {
    const shownLabels = labels.map((label) => `\`${label}\``).join(', ');
    return `| \`${name}\` | ${type} | ${shownLabels}${shownLabels === '' ? '' : ' '}| ${help} |`;
  });
  return `${HEAD}${[...rows, HOLDS, STARTUPS].join('\n')}\n`;
}
