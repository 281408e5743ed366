// Keeps the results of scenes in the temporary folder and prints them as a table at the end of a run. With
// SLUICE_TEST_CONTINUITY_WRITE=1 it writes the table into docs/measured/continuity.md.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { markdownTable, writeTable } from '../support/measured-tables.ts';
import type { SceneResult } from './play-scene.ts';

const FOLDER = path.join(tmpdir(), 'sluice-continuity-results');

/** Keeps results for the table; called once for each group of scenes. */
export function keepResults(results: readonly SceneResult[]): void {
  mkdirSync(FOLDER, { recursive: true });
  const number = String(readdirSync(FOLDER).length).padStart(3, '0');
  writeFileSync(path.join(FOLDER, `${number}.json`), JSON.stringify(results));
}

/** vitest calls it before the run, and calls the returned function after the run. */
export default function setUp(): () => void {
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER, { recursive: true });
  return () => {
    const results = readdirSync(FOLDER)
      .sort()
      .flatMap((name): SceneResult[] => JSON.parse(readFileSync(path.join(FOLDER, name), 'utf8')));
    const text = table(results);
    process.stdout.write(`\n${text}\n\n`);
    if (process.env['SLUICE_TEST_CONTINUITY_WRITE'] === '1') writeTable('continuity.md', 'continuity', text);
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
