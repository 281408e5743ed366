// All scenes of continuity, a few at a time: more pages would wait for each other's decoders.
import path from 'node:path';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  root: path.resolve(import.meta.dirname, '../..'),
  test: {
    name: 'continuity',
    include: ['test/continuity/**/*.test.ts'],
    globalSetup: ['test/continuity/write-table.ts'],
    testTimeout: 180_000,
    hookTimeout: 60_000,
    fileParallelism: false,
  },
});
