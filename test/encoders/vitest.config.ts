// The vitest project of the encoders: one encoder at a time, each for the duration in SLUICE_TEST_ENCODER_MINUTES.
import path from 'node:path';
import { defineConfig } from 'vitest/config';
import { LONG_MINUTES } from './run-options.ts';

/** The start of an encoder and a browser, clips, dissection. */
const AROUND_MS = 180_000;

export default defineConfig({
  root: path.resolve(import.meta.dirname, '../..'),
  test: {
    name: 'encoders',
    include: ['test/encoders/**/*.test.ts'],
    globalSetup: ['test/encoders/write-tables.ts'],
    testTimeout: LONG_MINUTES * 60_000 + AROUND_MS,
    hookTimeout: 60_000,
    fileParallelism: false,
  },
});
