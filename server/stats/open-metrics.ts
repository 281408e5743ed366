// The text format of Prometheus as OpenMetrics 1.0.0: a family of counters is named without `_total`, and the text has an end.
// prom-client's own OpenMetrics renames its counters for good, so later answers in the other format would be wrong.

export const OPEN_METRICS_TYPE = 'application/openmetrics-text; version=1.0.0; charset=utf-8';
const ACCEPTED = /\bapplication\/openmetrics-text\b(?!\s*;[^,]*\bq=0(?:\.0*)?\s*(?:[;,]|$))/i;
const COUNTER = /^# TYPE (\S+)_total counter$/gm;

/** Whether a client prefers OpenMetrics: Prometheus lists it first, others do not list it. */
export function acceptsOpenMetrics(accept: string | undefined): boolean {
  return accept !== undefined && ACCEPTED.test(accept);
}

export function openMetricsOf(text: string): string {
  const counters = new Set([...text.matchAll(COUNTER)].map(([, name]) => name));
  const lines = text.split('\n').filter((line) => line !== '');
  const renamed = lines.map((line) =>
    line.replace(/^# (HELP|TYPE) (\S+)_total /, (whole, what: string, name: string) =>
      counters.has(name) ? `# ${what} ${name} ` : whole,
    ),
  );
  return `${renamed.join('\n')}\n# EOF\n`;
}
