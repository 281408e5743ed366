// The vitest project of the players: one player at a time.
import path from 'node:path';
import { defineConfig } from 'vitest/config';

/** One player's run takes about two minutes; one that must be restarted takes a minute more. */
const RUN_MS = 240_000;

export default defineConfig({
  root: path.resolve(import.meta.dirname, '../..'),
  test: {
    name: 'players',
    include: ['test/players/**/*.test.ts'],
    globalSetup: ['test/players/write-table.ts'],
    testTimeout: RUN_MS,
    hookTimeout: 60_000,
    fileParallelism: false,
  },
});
