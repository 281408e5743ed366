// The table of docs/measured/conformance.md, from the checker's reports.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import path from 'node:path';
import type { CheckReport } from '../../server/check/check-stream.ts';
import { CHECKOUT } from '../support/gateway-process.ts';
import { FFMPEG } from '../support/test-tools.ts';

const FILE = path.join(CHECKOUT, 'docs/measured/conformance.md');
const BEGIN = '<!-- conformance: written by `SLUICE_TEST_CONFORMANCE_WRITE=1 npm run test:conformance` -->';
const END = '<!-- /conformance -->';

/** Replaces the text between the marks. Throws when the marks do not exist. */
export function writeConformanceTable(reports: ReadonlyMap<string, CheckReport>): void {
  const text = readFileSync(FILE, 'utf8');
  const [from, to] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (from < 0 || to < from) throw new Error(`${FILE} has no place for the table`);
  const table = renderTable(reports);
  writeFileSync(FILE, `${text.slice(0, from + BEGIN.length)}\n\n${table}\n${text.slice(to)}`);
}

function renderTable(reports: ReadonlyMap<string, CheckReport>): string {
  const version = execFileSync(FFMPEG, ['-version'], { encoding: 'utf8' }).split(' ')[2];
  const date = new Date().toISOString().slice(0, 10);
  return [
    `${date}; Node ${process.version}, ffmpeg ${version}, ${cpus().length} shared cores, up to seven streams at a time.`,
    '',
    '| stream | parts | segments | part target | latency, ms: median / p95 | holds, ms: median / p95 | found |',
    '|---|---|---|---|---|---|---|',
    ...[...reports].map(([name, report]) => renderRow(name, report)),
    '',
  ].join('\n');
}

function renderRow(name: string, report: CheckReport): string {
  const [rendition] = report.renditions;
  const quantiles = (one: { p50: number; p95: number } | undefined): string =>
    one === undefined ? '–' : `${one.p50} / ${one.p95}`;
  const found = report.findings.map(({ code, total }) => `${code} × ${total}`).join(', ');
  const cells = [
    name,
    rendition?.parts ?? 0,
    rendition?.segments ?? 0,
    `${rendition?.partTarget ?? '–'} s`,
    quantiles(rendition?.latencyMs),
    quantiles(rendition?.holdMs),
    found === '' ? 'nothing' : found,
  ];
  return `| ${cells.join(' | ')} |`;
}
