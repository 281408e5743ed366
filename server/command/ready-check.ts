// `--check-ready`: asks the gateway on this machine whether it is ready, for a container's health check.

import { readdirSync, readFileSync } from 'node:fs';
import { request } from 'node:http';
import { ownHost } from '../reachable-hosts.ts';
import type { Settings } from '../settings/table.ts';

const TIMEOUT_MS = 2_500;
const CHECK_FLAG = '--check-ready';
/** Subcommands: `sluice key …` is no gateway. */
const OTHER_COMMANDS: readonly (string | undefined)[] = ['key', 'token', 'admin-token'];

/**
 * The command-line options of the running gateway, so that the check finds a port that was set with a flag. A health check shares
 * only the environment and the folder of its container. Undefined if no gateway (or no /proc) is found.
 */
export function runningOptions(mainFile: string, proc = '/proc'): readonly string[] | undefined {
  for (const pid of pidsOf(proc)) {
    const words = commandLineOf(`${proc}/${pid}/cmdline`);
    // `node [options of node] FILE [options]`
    const at = words.findIndex((word) => word === mainFile || (word !== '' && mainFile.endsWith(`/${word}`)));
    const options = words.slice(at + 1);
    if (at >= 1 && !options.includes(CHECK_FLAG) && !OTHER_COMMANDS.includes(options[0])) return options;
  }
  return undefined;
}

/** Whether `/readyz` answers 200. A gateway that is stopping answers 503 and is not ready. */
export function isReady(settings: Settings): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = request(
      {
        host: ownHost(settings['http.host']),
        port: settings['http.port'],
        path: `${settings['http.base-path']}/readyz`,
        timeout: TIMEOUT_MS,
      },
      (response) => {
        response.resume();
        resolve(response.statusCode === 200);
      },
    );
    probe.once('timeout', () => probe.destroy());
    probe.once('close', () => resolve(false));
    probe.on('error', () => resolve(false));
    probe.end();
  });
}

function pidsOf(proc: string): string[] {
  try {
    return readdirSync(proc).filter((name) => /^\d+$/.test(name));
  } catch {
    return [];
  }
}

function commandLineOf(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').split('\0').slice(0, -1);
  } catch {
    return [];
  }
}
