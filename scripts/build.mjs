// `npm run build`: dist/server and dist/live by tsc, dist/web by vite. With `--if-stale`, only when the sources have changed.
import { prepare } from './prepare.mjs';
import { runScript } from './run-command.mjs';

process.exitCode = await runScript(async () => {
  await prepare({ force: !process.argv.includes('--if-stale') });
  return 0;
});
