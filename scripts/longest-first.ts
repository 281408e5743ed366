// The order of test files: those that wait the longest begin first, so that none of them runs alone at the end.
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that take more than twenty seconds, the longest first. */
const LONGEST: readonly string[] = [
  'test/e2e/continuity.test.ts',
  'test/e2e/signed-streams.test.ts',
  'test/e2e/page-controls.test.ts',
  'test/e2e/conformance.test.ts',
  'test/e2e/watch-states.test.ts',
  'test/e2e/page-layout.test.ts',
  'test/e2e/watch-page.test.ts',
  'test/unit/ingest/rtmp-connection.test.ts',
  'test/unit/check/planted-faults.test.ts',
  'test/unit/command/entry.test.ts',
  'test/unit/http/upgrades.test.ts',
  'test/unit/http/hls-holding.test.ts',
  'test/unit/ingest/takeover.test.ts',
];

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const placeOf = ({ moduleId }: TestSpecification): number => {
      const place = LONGEST.findIndex((file) => moduleId.endsWith(file));
      return place === -1 ? LONGEST.length : place;
    };
    return sorted.sort((one, other) => placeOf(one) - placeOf(other));
  }
}
