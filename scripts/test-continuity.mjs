// `npm run test:continuity [-- --only TEXT --write]`: publishers connect, leave and change while pages play.
// --only selects scenes by a part of their name; --write puts the table of a whole run into docs/measured/continuity.md.
import path from 'node:path';
import { parseArgs } from 'node:util';
import { prepare, ROOT } from './prepare.mjs';
import { runCommand, runScript } from './run-command.mjs';
import { findTestTools } from './test-tools.mjs';

process.exitCode = await runScript(async () => {
  const { values } = parseArgs({ options: { only: { type: 'string' }, write: { type: 'boolean' } } });
  await prepare();
  const env = {
    ...process.env,
    ...(await findTestTools()),
    SLUICE_TEST_CONTINUITY_ONLY: values.only ?? '',
    SLUICE_TEST_CONTINUITY_WRITE: values.write === true ? '1' : '0',
  };
  const vitest = path.join(ROOT, 'node_modules/vitest/vitest.mjs');
  const config = path.join(ROOT, 'test/continuity/vitest.config.ts');
  return runCommand(process.execPath, [vitest, 'run', '--config', config], { cwd: ROOT, env });
});
