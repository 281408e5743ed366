// Writes the report: bench.json, the sections of bench.md, and bench.svg.

import { copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { writeSection } from '../test/support/document-section.ts';
import { type BenchRecord, samplesIn, writeRecord } from './bench-record.ts';
import { headlinesOf } from './headline.ts';
import type { Measurement } from './measurement.ts';
import { CHECKOUT } from './programs.ts';
import { renderHead, renderMeasurement } from './report-markdown.ts';
import { renderChart } from './report-svg.ts';

export const REPORT_FOLDER = path.join(CHECKOUT, 'docs/measured');

const PAGE = 'bench.md';

export function recordFile(folder: string): string {
  return path.join(folder, 'bench.json');
}

/** In another folder than that of the documents, the page is copied first. */
export function writeReport(folder: string, record: BenchRecord, measurements: readonly Measurement[]): void {
  mkdirSync(folder, { recursive: true });
  const page = path.join(folder, PAGE);
  if (!existsSync(page)) copyFileSync(path.join(REPORT_FOLDER, PAGE), page);
  writeRecord(recordFile(folder), record);
  const samples = samplesIn(record);
  writeSection(page, 'head', renderHead(record));
  for (const measurement of measurements) {
    writeSection(page, measurement.name, renderMeasurement(measurement, samples));
  }
  const headlines = headlinesOf(samples);
  const { date, machine } = record.runs.at(-1)?.facts ?? { date: '', machine: '' };
  if (headlines.length > 0) {
    writeFileSync(path.join(folder, 'bench.svg'), renderChart(headlines, `${date}, ${machine}`));
  }
}
