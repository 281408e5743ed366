// Clean-up: what a test starts ends with that test; what a beforeAll hook starts ends with the file.
import { afterAll, onTestFailed, onTestFinished } from 'vitest';

type Dispose = () => void | Promise<void>;

const disposers: Dispose[] = [];

// Registered while the test file is collected, because hooks cannot register hooks. Where files share modules, this is of the first
// file only; file-end.ts does it for each.
afterAll(endFile);

/** Ends what the test file started. */
export async function endFile(): Promise<void> {
  for (const dispose of disposers.splice(0).reverse()) await dispose();
}

/** Runs `dispose` at the end of the running test, or of the test file when called outside a test. */
export function whenDone(dispose: Dispose): void {
  if (!registersInTest(() => onTestFinished(async () => dispose()))) whenFileDone(dispose);
}

/** Runs `dispose` at the end of the test file. */
export function whenFileDone(dispose: Dispose): void {
  disposers.push(dispose);
}

/** Prints a report on stderr if the running test fails; does nothing outside a test. */
export function whenFailed(describe: () => string): void {
  registersInTest(() => onTestFailed(() => void process.stderr.write(`${describe()}\n`)));
}

/** vitest throws if no test is running. */
function registersInTest(register: () => void): boolean {
  try {
    register();
    return true;
  } catch {
    return false;
  }
}
