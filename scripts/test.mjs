// `npm test [-- filters]`: prepares the checkout, gets the test programs, then runs every check and test.
// Options after `--` go to the end-to-end run (vitest filters).
import path from 'node:path';
import { prepare, ROOT } from './prepare.mjs';
import { runCommand, runNpm, runScript } from './run-command.mjs';
import { findTestTools } from './test-tools.mjs';

process.exitCode = await runScript(async () => {
  await prepare();
  const env = { ...process.env, ...(await findTestTools()) };
  const options = { cwd: ROOT, env };
  const checkCode = await runNpm(['run', 'check'], options);
  if (checkCode !== 0) return checkCode;
  const vitest = path.join(ROOT, 'node_modules/vitest/vitest.mjs');
  return runCommand(process.execPath, [vitest, 'run', '--project', 'e2e', ...process.argv.slice(2)], options);
});
