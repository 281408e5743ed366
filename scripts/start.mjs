// `npm start [-- options]`: installs and builds if needed, then runs the gateway in this process, so that signals and the exit
// code are the gateway's.
import { pathToFileURL } from 'node:url';
import { MAIN_FILE, prepare } from './prepare.mjs';
import { runScript } from './run-command.mjs';

const PARENT_CHECK_MS = 500;

const code = await runScript(async () => {
  await prepare();
  return 0;
});
if (code === 0) {
  // Express shows stack traces to clients outside production.
  if (process.env.NODE_ENV === undefined) process.env.NODE_ENV = 'production';
  process.argv = [process.argv[0] ?? 'node', MAIN_FILE, ...process.argv.slice(2)];
  endWithParent();
  await import(pathToFileURL(MAIN_FILE).href);
} else {
  process.exitCode = code;
}

/**
 * `kill` of an `npm start` ends npm and its shell, but not this process, which would keep the ports. So stop when the shell has
 * ended.
 */
function endWithParent() {
  if (process.env.npm_lifecycle_event === undefined || process.platform === 'win32') return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    process.kill(process.pid, 'SIGTERM');
  }, PARENT_CHECK_MS);
  timer.unref();
}
