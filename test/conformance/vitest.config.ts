// The vitest project of the conformance matrix: `npm run test:conformance`.
import path from 'node:path';
import { defineConfig } from 'vitest/config';

/** Clips are encoded once; the longest shape is followed for 75 s. */
const TEST_TIMEOUT_MS = 600_000;

export default defineConfig({
  root: path.resolve(import.meta.dirname, '../..'),
  test: {
    name: 'conformance',
    include: ['test/conformance/**/*.test.ts'],
    testTimeout: TEST_TIMEOUT_MS,
    hookTimeout: 60_000,
    fileParallelism: false,
  },
});
