// A vitest reporter that writes the tests of a run and their results into docs/measured/long.md.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Reporter, TestModule } from 'vitest/node';

const FILE = path.resolve(import.meta.dirname, '../docs/measured/long.md');
const HEAD = `# Tests that take real time

Written by \`npm run test:long -- --write\`; \`npm test\` does not run these. The seconds depend on the machine.
`;

const MAX_TITLE = 100;

export default class LongReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const rows = modules.flatMap((module) =>
      [...module.children.allTests()].map((test) => {
        const seconds = ((test.diagnostic()?.duration ?? 0) / 1000).toFixed(0);
        const name = titleOf(test.fullName);
        return `| ${path.basename(module.moduleId, '.test.ts')} | ${name} | ${test.result().state} | ${seconds} |`;
      }),
    );
    const date = new Date().toISOString().slice(0, 10);
    const table = ['| file | test | result | seconds |', '|---|---|---|---|', ...rows.toSorted()];
    writeFileSync(FILE, `${HEAD}\nRun of ${date}.\n\n${table.join('\n')}\n`);
  }
}

/** A line of a table: some tests are named by the example that they run. */
function titleOf(fullName: string): string {
  const line = fullName.replaceAll(/\s+/g, ' ');
  const title = line.length > MAX_TITLE ? `${line.slice(0, MAX_TITLE)}…` : line;
  return title.replaceAll('|', '\\|').replaceAll('<', '&lt;');
}
