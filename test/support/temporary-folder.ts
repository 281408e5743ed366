// A folder for the files of one test.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { whenDone } from './cleanup.ts';

/** A new, empty folder. It is removed at the end of the running test, or of the test file when called outside a test. */
export function temporaryFolder(name: string): string {
  const folder = mkdtempSync(path.join(tmpdir(), `sluice-${name}-`));
  whenDone(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
