// The metrics named in docs/metrics.md and in the alert rules exist.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { renderMetricsPage } from '../../scripts/metrics-page.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8');

test('docs/metrics.md shows every metric as it is (`npm run docs` writes it)', () => {
  expect(read('docs/metrics.md')).toBe(renderMetricsPage());
});

test('alert rules ask for metrics that there are', () => {
  const page = renderMetricsPage();
  const named = read('deploy/prometheus/alerts.yml').match(/\bsluice_[a-z_]+/g) ?? [];
  expect(named.length).toBeGreaterThan(4);
  expect(named.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
});
