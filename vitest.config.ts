// Five test projects: unit, property and house are the everyday loop; e2e and long need ffmpeg and Chromium, and long is
// what takes real time (`npm run test:long`).
import { defineConfig } from 'vitest/config';
import { TallyReporter } from './scripts/tally-reporter.ts';

/** Only what hangs is too slow: a busy machine is no fault of the code. */
const TIMEOUT_MS = 60_000;

/** A page on a busy machine may need seconds to show what it was told; Vitest gives up after one. */
const POLL_TIMEOUT_MS = 15_000;

/** Real encoders and browsers in real time: one file after the other. */
const WITH_BROWSER = {
  testTimeout: 180_000,
  expect: { poll: { timeout: POLL_TIMEOUT_MS } },
  hookTimeout: TIMEOUT_MS,
  fileParallelism: false,
};

/** Set by `npm test`, which adds up its runs. */
const tallyFile = process.env['SLUICE_TEST_TALLY'];

export default defineConfig({
  test: {
    ...(tallyFile === undefined ? {} : { reporters: ['default', new TallyReporter(tallyFile)] }),
    // Many tests wait for sockets and clocks: more of them at a time than there are cores.
    maxWorkers: 4,
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.ts', 'test/fuzz/**/*.test.ts'],
          setupFiles: ['test/support/poison.ts'],
          testTimeout: TIMEOUT_MS,
        },
      },
      {
        test: {
          name: 'property',
          include: ['test/property/**/*.test.ts'],
          setupFiles: ['test/support/poison.ts'],
          testTimeout: TIMEOUT_MS,
        },
      },
      { test: { name: 'house', include: ['test/house/**/*.test.ts'], testTimeout: TIMEOUT_MS } },
      { test: { name: 'e2e', include: ['test/e2e/**/*.test.ts'], ...WITH_BROWSER } },
      { test: { name: 'long', include: ['test/long/**/*.test.ts'], ...WITH_BROWSER } },
    ],
  },
});
