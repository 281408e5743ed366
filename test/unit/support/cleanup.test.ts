// What a test file starts ends with that file, also where the files of a worker share their modules.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { CHECKOUT } from '../../support/gateway-process.ts';
import { runProcess } from '../../support/running-process.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const VITEST = path.join(CHECKOUT, 'node_modules/vitest/vitest.mjs');
const support = (file: string): string => JSON.stringify(path.join(CHECKOUT, 'test/support', file));

test('each of two files that share modules runs what it registered for its end, and in its own time', async () => {
  const folder = temporaryFolder('cleanup');
  const order = path.join(folder, 'order');
  for (const name of ['a', 'b']) {
    writeFileSync(
      path.join(folder, `${name}.test.mjs`),
      `import { appendFileSync } from 'node:fs';
       import { test } from 'vitest';
       import { whenDone } from ${support('cleanup.ts')};
       const note = (what) => appendFileSync(${JSON.stringify(order)}, '${name} ' + what + '\\n');
       whenDone(() => note('ends'));
       test('runs', () => note('runs'));`,
    );
  }
  const config = path.join(folder, 'vitest.config.mjs');
  const options = {
    isolate: false,
    fileParallelism: false,
    setupFiles: [path.join(CHECKOUT, 'test/support/file-end.ts')],
  };
  writeFileSync(config, `export default { test: ${JSON.stringify(options)} };`);
  await runProcess(process.execPath, [VITEST, 'run', '--root', folder, '--config', config], {
    cwd: CHECKOUT,
    timeoutMs: 30_000,
  });
  const lines = readFileSync(order, 'utf8').trim().split('\n');
  expect([lines.slice(0, 2), lines.slice(2)].sort()).toEqual([
    ['a runs', 'a ends'],
    ['b runs', 'b ends'],
  ]);
});
