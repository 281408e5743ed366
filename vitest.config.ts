// Test projects. unit, alone, property and house are the everyday loop. e2e and e2e-alone need ffmpeg and Chromium, and so does
// long, which takes real time (`npm run test:long`).
import { defineConfig } from 'vitest/config';
import { LongestFirst } from './scripts/longest-first.ts';
import { TallyReporter } from './scripts/tally-reporter.ts';

/** Only what hangs is too slow: a busy machine is no fault of the code. */
const TIMEOUT_MS = 60_000;

/** A page on a busy machine may need seconds to show what it was told; Vitest gives up after one. */
const POLL_TIMEOUT_MS = 15_000;

/**
 * Files that replace modules, or count the calls of a class or the steps of code, or change what a page keeps as long as it is open: each
 * needs modules of its own.
 */
const ALONE = [
  'test/unit/captions/caption-cost.test.ts',
  'test/unit/captions/caption-decoder.test.ts',
  'test/unit/ingest/containment.test.ts',
  'test/unit/web/live/live-status.test.ts',
  'test/property/complexity.test.ts',
];

/** End-to-end files that load the machine, or whose viewer must not stall: no other file runs beside them. */
const E2E_ALONE = [
  'test/e2e/drain.test.ts',
  'test/e2e/hostile.test.ts',
  'test/e2e/page-join.test.ts',
  'test/e2e/watch-steadily.test.ts',
];

/** Files of one worker share modules that are loaded once: loading was a third of the run. */
const SHARED = {
  isolate: false,
  testTimeout: TIMEOUT_MS,
  setupFiles: ['test/support/file-end.ts', 'test/support/poison.ts'],
};

/** Real encoders and browsers in real time. */
const WITH_BROWSER = {
  testTimeout: 180_000,
  expect: { poll: { timeout: POLL_TIMEOUT_MS } },
  hookTimeout: TIMEOUT_MS,
  // Every secret of a run is searched for in all that its gateways say.
  setupFiles: ['test/support/leak-setup.ts'],
  globalSetup: ['test/support/leak-run.ts'],
};

/** Set by `npm test`, which adds up its runs. */
const tallyFile = process.env['SLUICE_TEST_TALLY'];

export default defineConfig({
  test: {
    ...(tallyFile === undefined ? {} : { reporters: ['default', new TallyReporter(tallyFile)] }),
    // Many tests wait for sockets and clocks: more of them at a time than there are cores.
    maxWorkers: 6,
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          ...SHARED,
          name: 'unit',
          include: ['test/unit/**/*.test.ts', 'test/fuzz/**/*.test.ts'],
          exclude: ALONE,
        },
      },
      {
        test: {
          name: 'alone',
          include: ALONE,
          setupFiles: ['test/support/poison.ts'],
          testTimeout: TIMEOUT_MS,
        },
      },
      {
        test: {
          ...SHARED,
          name: 'property',
          include: ['test/property/**/*.test.ts'],
          exclude: ALONE,
        },
      },
      { test: { ...SHARED, name: 'house', include: ['test/house/**/*.test.ts'] } },
      {
        test: {
          ...WITH_BROWSER,
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          exclude: E2E_ALONE,
          // Most of the time is waiting: two files use one of two cores.
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          ...WITH_BROWSER,
          name: 'e2e-alone',
          include: E2E_ALONE,
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: { ...WITH_BROWSER, name: 'long', include: ['test/long/**/*.test.ts'], fileParallelism: false },
      },
    ],
  },
});
