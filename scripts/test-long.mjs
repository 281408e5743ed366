// `npm run test:long [-- --write] [filters]`: the end-to-end tests that take real time, which `npm test` leaves out.
// --write puts the result of the whole run into docs/measured/long.md.
import path from 'node:path';
import { parseArgs } from 'node:util';
import { prepare, ROOT } from './prepare.mjs';
import { runCommand, runScript } from './run-command.mjs';
import { findTestTools } from './test-tools.mjs';

process.exitCode = await runScript(async () => {
  const { values, positionals } = parseArgs({
    options: { write: { type: 'boolean', default: false } },
    allowPositionals: true,
  });
  await prepare();
  const env = { ...process.env, ...(await findTestTools()) };
  const vitest = path.join(ROOT, 'node_modules/vitest/vitest.mjs');
  const reporters = ['--reporter', 'default'];
  if (values.write) reporters.push('--reporter', './scripts/long-reporter.ts');
  return runCommand(process.execPath, [vitest, 'run', '--project', 'long', ...reporters, ...positionals], {
    cwd: ROOT,
    env,
  });
});
