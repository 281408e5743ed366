// A vitest reporter that appends the result of a run to a file as one JSON line, so that several runs can be added up.
import { appendFileSync } from 'node:fs';
import type { Reporter, TestModule } from 'vitest/node';

export class TallyReporter implements Reporter {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  onTestRunEnd(modules: readonly TestModule[]): void {
    const tally = { passed: 0, failed: 0, skipped: 0 };
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state !== 'pending') tally[state] += 1;
      }
    }
    appendFileSync(this.#file, `${JSON.stringify(tally)}\n`);
  }
}
