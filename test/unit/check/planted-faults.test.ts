// For each rule, one fault in a stream that is otherwise correct: exactly its code is reported.
import { describe, expect, test } from 'vitest';
import { checkStream } from '../../../server/check/check-stream.ts';
import { HTTP_FAULTS, MEDIA_FAULTS, SLOW_FAULTS } from './planted-media-faults.ts';
import {
  DELTA_FAULTS,
  HISTORY_FAULTS,
  MULTIVARIANT_FAULTS,
  type PlantedFault,
  SYNTAX_FAULTS,
  TIMING_FAULTS,
} from './planted-playlist-faults.ts';
import { startOrigin } from './scripted-origin.ts';

/** A machine busy with other tests is not a fault of the origin. */
const PATIENT_MS = 20_000;

describe.each<[string, readonly PlantedFault[]]>([
  ['syntax', SYNTAX_FAULTS],
  ['durations, dates and hints', TIMING_FAULTS],
  ['from one playlist to the next', HISTORY_FAULTS],
  ['multivariant playlist', MULTIVARIANT_FAULTS],
  ['delta updates', DELTA_FAULTS],
  ['media', MEDIA_FAULTS],
  ['HTTP', HTTP_FAULTS],
])('%s', (_group, faults) => {
  test.concurrent.each(faults)('$name', ({ codes, script }) => find(script, codes, PATIENT_MS), 60_000);
});

// These depend on time: on a machine that pauses longer than the network may, the origin is late.
describe('clocks', { retry: 3 }, () => {
  test.concurrent.each(SLOW_FAULTS)('$name', ({ codes, script }) => find(script, codes, 300), 60_000);
});

async function find(
  script: PlantedFault['script'],
  codes: readonly string[],
  networkMs: number,
): Promise<void> {
  const origin = await startOrigin(script);
  const report = await checkStream({ url: origin.url, seconds: 45, networkMs }).finally(origin.close);
  const found = report.findings.map(({ code, examples }) => `${code}: ${examples[0]?.message}`);
  expect(report.findings.map(({ code }) => code).sort(), found.join('\n')).toEqual([...codes].sort());
}
