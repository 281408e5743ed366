// Who tidies up: what a test starts ends with that test, what a beforeAll hook starts ends with the file.
import { afterAll, onTestFailed, onTestFinished } from 'vitest';

type Dispose = () => void | Promise<void>;

const disposers: Dispose[] = [];

// Registered while the test file is collected, since hooks cannot register further hooks.
afterAll(async () => {
  for (const dispose of disposers.splice(0).reverse()) await dispose();
});

/** Runs `dispose` at the end of the running test, or of the test file when called outside a test. */
export function whenDone(dispose: Dispose): void {
  if (!registersInTest(() => onTestFinished(async () => dispose()))) whenFileDone(dispose);
}

/** Runs `dispose` at the end of the test file. */
export function whenFileDone(dispose: Dispose): void {
  disposers.push(dispose);
}

/** Prints a report on stderr should the running test fail; outside a test there is no one failure to wait for. */
export function whenFailed(describe: () => string): void {
  registersInTest(() => onTestFailed(() => void process.stderr.write(`${describe()}\n`)));
}

/** vitest tells only by throwing whether a test is running. */
function registersInTest(register: () => void): boolean {
  try {
    register();
    return true;
  } catch {
    return false;
  }
}
