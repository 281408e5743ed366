// `npm start [-- options]`: installs and builds when missing or stale, then becomes the gateway. The gateway
// runs in this very process, so signals and the exit code are its own and no parent stands in between.
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
 * `kill` of an `npm start` reaches npm and its shell but not us, and would leave a gateway behind that nobody
 * can see holding the ports: when that shell is gone, stop as if the signal had come here.
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
