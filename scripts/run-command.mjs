// Child processes of the scripts. Their output goes to stderr by default (stdout is for the gateway), they do not read stdin,
// and they end with the script.
import { spawn } from 'node:child_process';
import path from 'node:path';

/** A fault to show as one sentence, without a stack. */
export class ScriptError extends Error {}

/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set();
const SIGNAL_NUMBERS = { SIGINT: 2, SIGTERM: 15 };

/**
 * Runs a command to its end; resolves with its exit code (128 for a signal).
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{cwd: string, env?: NodeJS.ProcessEnv, stdio?: import('node:child_process').StdioOptions}} options
 * @returns {Promise<number>}
 */
export function runCommand(command, args, options) {
  return new Promise((resolve, reject) => {
    // A .cmd file (npm on Windows) needs the shell. No argument comes from outside.
    const shell = process.platform === 'win32' && command.endsWith('.cmd');
    const child = spawn(command, args, {
      stdio: ['ignore', process.stderr, process.stderr],
      ...options,
      shell,
    });
    running.add(child);
    child.once('error', (error) => {
      running.delete(child);
      reject(new ScriptError(`${command} could not be started: ${error.message}`));
    });
    child.once('exit', (code) => {
      running.delete(child);
      resolve(code ?? 128);
    });
  });
}

/**
 * Runs npm, preferably the one that started this script.
 * @param {readonly string[]} args
 * @param {{cwd: string, env?: NodeJS.ProcessEnv, stdio?: import('node:child_process').StdioOptions}} options
 */
export function runNpm(args, options) {
  const startedBy = process.env.npm_execpath;
  if (startedBy !== undefined && path.basename(startedBy) === 'npm-cli.js') {
    return runCommand(process.execPath, [startedBy, ...args], options);
  }
  return runCommand(process.platform === 'win32' ? 'npm.cmd' : 'npm', args, options);
}

/**
 * Runs a script's body. SIGINT and SIGTERM end its children and then the process. A ScriptError is printed as one line. The
 * signal handlers are removed when the body has ended.
 * @param {() => Promise<number>} body resolves with the exit code
 * @returns {Promise<number>}
 */
export async function runScript(body) {
  const handlers = Object.entries(SIGNAL_NUMBERS).map(([name, number]) => {
    const handler = () => {
      for (const child of running) child.kill('SIGTERM');
      process.exit(128 + number);
    };
    process.on(name, handler);
    return { name, handler };
  });
  try {
    return await body();
  } catch (error) {
    if (!(error instanceof ScriptError)) throw error;
    say(error.message);
    return 1;
  } finally {
    for (const { name, handler } of handlers) process.off(name, handler);
  }
}

/**
 * One line of progress, on stderr.
 * @param {string} text
 */
export function say(text) {
  process.stderr.write(`sluice: ${text}\n`);
}
