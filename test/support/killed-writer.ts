// Kills processes that replace a file of the store, at seeded moments, and checks what they leave.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { build } from 'vite';
import { expect } from 'vitest';
import { FolderStore } from '../../server/store/folder-store.ts';
import { fillerOf, VERSIONS } from './endless-writer.ts';
import { temporaryFolder } from './temporary-folder.ts';

const LANES = 4;
/** Longer than some writes, so that kills hit each step of a write. */
const LONGEST_RUN_MS = 25;
const SEED = 16_001;

function newFolder(): string {
  return temporaryFolder('store');
}

/** One file that Node starts at once: a loader for TypeScript would take most of the time. */
async function buildWriter(): Promise<string> {
  const outDir = newFolder();
  await build({
    logLevel: 'error',
    configFile: false,
    build: {
      ssr: path.join(import.meta.dirname, 'endless-writer.ts'),
      outDir,
      emptyOutDir: false,
      rolldownOptions: { output: { entryFileNames: 'endless-writer.mjs' } },
    },
    ssr: { noExternal: true },
  });
  return path.join(outDir, 'endless-writer.mjs');
}

/** Mulberry32. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

async function killWriter(program: string, folder: string, runMs: number): Promise<void> {
  const writer = spawn(process.execPath, [program, folder], { stdio: ['ignore', 'pipe', 'pipe'] });
  let stderr = '';
  writer.stderr.on('data', (text) => {
    stderr += text;
  });
  const ended = once(writer, 'close');
  await Promise.race([once(writer.stdout, 'data'), ended.then(() => Promise.reject(new Error(stderr)))]);
  await delay(runMs);
  writer.kill('SIGKILL');
  expect((await ended)[1]).toBe('SIGKILL');
}

/** Kills `killCount` writers, some at the same time. After each, the file must be complete and newer than before. */
export async function killWriters(killCount: number): Promise<void> {
  const program = await buildWriter();
  const killsPerLane = killCount / LANES;
  const lane = async (number: number): Promise<void> => {
    const folder = newFolder();
    const next = random(SEED + number);
    let last = 0;
    for (let kill = 0; kill < killsPerLane; kill += 1) {
      const at = `seed ${SEED + number}, kill ${kill}`;
      await killWriter(program, folder, next() * LONGEST_RUN_MS);
      const content = await (await FolderStore.open(folder)).read(VERSIONS);
      expect(content?.filler, at).toBe(fillerOf(content?.version ?? 0));
      expect(content?.version, at).toBeGreaterThan(last);
      last = content?.version ?? 0;
    }
    // The next write removes the locks and temporary files of all killed writers.
    const store = await FolderStore.open(folder);
    await store.update(VERSIONS, () => ({ version: last + 1, filler: fillerOf(last + 1) }));
    expect(readdirSync(folder)).toEqual(['versions.json']);
  };
  await Promise.all(Array.from({ length: LANES }, (_, number) => lane(number)));
}
