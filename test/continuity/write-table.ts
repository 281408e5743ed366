// Results of the scenes, kept in the temporary folder, and the table made of them at the end of a run: printed always,
// written into docs/performance.md when SLUICE_TEST_CONTINUITY_WRITE is 1.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { writeSection } from '../support/document-section.ts';
import { markdownTable } from '../support/interop-tables.ts';
import type { SceneResult } from './play-scene.ts';

const FOLDER = path.join(tmpdir(), 'sluice-continuity-results');
const DOCUMENT = path.resolve(import.meta.dirname, '../../docs/performance.md');

/** Keeps results for the table; called once for each group of scenes. */
export function keepResults(results: readonly SceneResult[]): void {
  mkdirSync(FOLDER, { recursive: true });
  const number = String(readdirSync(FOLDER).length).padStart(3, '0');
  writeFileSync(path.join(FOLDER, `${number}.json`), JSON.stringify(results));
}

/** vitest calls it before the run; what it returns is called after. */
export default function setUp(): () => void {
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER, { recursive: true });
  return () => {
    const results = readdirSync(FOLDER)
      .sort()
      .flatMap((name): SceneResult[] => JSON.parse(readFileSync(path.join(FOLDER, name), 'utf8')));
    const text = table(results);
    process.stdout.write(`\n${text}\n\n`);
    if (process.env['SLUICE_TEST_CONTINUITY_WRITE'] === '1') writeSection(DOCUMENT, 'continuity', text);
  };
}

function table(results: readonly SceneResult[]): string {
  const header = [
    'What happened',
    'Discontinuities',
    'Picture stood still',
    'Pictures a second at the end',
    'Result',
  ];
  const rows = results.map((result) => [
    result.name,
    String(result.discontinuities),
    `${(result.frozenMs / 1000).toFixed(1)} s`,
    result.picturesPerSecond.toFixed(0),
    result.faults.length === 0 ? 'passed' : `failed: ${result.faults.join('; ')}`,
  ]);
  return markdownTable(header, rows);
}
