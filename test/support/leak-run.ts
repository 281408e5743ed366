// Once for all end-to-end files of a run: adds up what was searched for secrets, and fails a complete run that did not search every
// place, because a search that sees nothing finds nothing.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestProject } from 'vitest/node';
import { PLACES, type Place } from './leak-search.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The file to which each test file appends what it has searched. */
    leakTally: string;
  }
}

type Seen = {
  readonly file: string;
  readonly secrets: number;
  readonly counts: Readonly<Record<Place, number>>;
};

export default function setup(project: TestProject): () => Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'sluice-leaks-'));
  const tally = path.join(folder, 'tally');
  writeFileSync(tally, '');
  project.provide('leakTally', tally);
  return async () => {
    const lines = readFileSync(tally, 'utf8').split('\n').slice(0, -1);
    rmSync(folder, { recursive: true, force: true });
    const seen = lines.map((line) => JSON.parse(line) as Seen);
    const totals = PLACES.map(
      (place) => [place, seen.reduce((sum, { counts }) => sum + counts[place], 0)] as const,
    );
    const secrets = seen.reduce((sum, each) => sum + each.secrets, 0);
    const texts = totals.map(([place, count]) => `${count} ${place}`).join(', ');
    process.stdout.write(`searched for ${secrets} secrets in ${seen.length} files: ${texts}\n`);
    const { testFiles } = await project.globTestFiles();
    const isComplete = testFiles.every((file) => seen.some((each) => each.file === file));
    const missed = totals.filter(([, count]) => count === 0).map(([place]) => place);
    if (project.name === 'e2e' && isComplete && missed.length > 0)
      throw new Error(`the search for secrets has seen nothing of: ${missed.join(', ')}`);
  };
}
