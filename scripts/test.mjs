// `npm test [-- filters]`: prepares the checkout, finds the test programs, and runs every check and test. The last line has the
// number of tests. Options after `--` are vitest filters for the end-to-end run.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { prepare, ROOT } from './prepare.mjs';
import { runCommand, runNpm, runScript, say } from './run-command.mjs';
import { findTestTools } from './test-tools.mjs';

const folder = mkdtempSync(path.join(tmpdir(), 'sluice-test-'));
const tallyFile = path.join(folder, 'tally');
/** No colours in output that is not a terminal. */
const COLOURS = process.stdout.isTTY ? {} : { NO_COLOR: '1', FORCE_COLOR: undefined };
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));

process.exitCode = await runScript(async () => {
  await prepare();
  const env = { ...process.env, ...(await findTestTools()), ...COLOURS, SLUICE_TEST_TALLY: tallyFile };
  const code = await runTests({ cwd: ROOT, env, stdio: ['ignore', 'inherit', 'inherit'] });
  const { passed, failed, skipped } = readTally();
  process.stdout.write(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`);
  if (code === 0 && passed === 0) {
    say('no test ran');
    return 1;
  }
  return code;
});

/**
 * Runs the quick tests first; the end-to-end tests only if they pass.
 * @param {{cwd: string, env: NodeJS.ProcessEnv, stdio: import('node:child_process').StdioOptions}} options
 */
async function runTests(options) {
  const checkCode = await runNpm(['run', 'check'], options);
  if (checkCode !== 0) return checkCode;
  const vitest = path.join(ROOT, 'node_modules/vitest/vitest.mjs');
  const projects = ['--project', 'e2e', '--project', 'e2e-alone'];
  return runCommand(process.execPath, [vitest, 'run', ...projects, ...process.argv.slice(2)], options);
}

/** The sum of all completed runs. */
function readTally() {
  const sum = { passed: 0, failed: 0, skipped: 0 };
  let lines = '';
  try {
    lines = readFileSync(tallyFile, 'utf8');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  }
  for (const line of lines.split('\n').filter((text) => text !== '')) {
    const run = JSON.parse(line);
    sum.passed += run.passed;
    sum.failed += run.failed;
    sum.skipped += run.skipped;
  }
  return sum;
}
