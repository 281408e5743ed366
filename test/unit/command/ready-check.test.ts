// The check finds the running gateway that uses the same file, and ignores other commands.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { runningOptions } from '../../../server/command/ready-check.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const MAIN = '/srv/dist/server/main.js';

/** A folder like /proc with these command lines. */
function procWith(...commandLines: readonly (readonly string[])[]): string {
  const proc = temporaryFolder('proc');
  for (const [at, words] of commandLines.entries()) {
    mkdirSync(path.join(proc, String(at + 1)));
    writeFileSync(path.join(proc, String(at + 1), 'cmdline'), words.map((word) => `${word}\0`).join(''));
  }
  return proc;
}

test('the options are those of the gateway, not of a check or a subcommand beside it', () => {
  const gateway = ['node', MAIN, '--http-port', '9090'];
  const others = [
    ['node', MAIN, '--check-ready'],
    ['node', MAIN, 'key', 'list', '--data-dir', '/data'],
    ['node', MAIN, 'token', 'show', '--data-dir', '/data'],
    ['node', MAIN, 'admin-token', 'list', '--data-dir', '/data'],
    ['node', '/srv/other.js'],
  ];
  expect(runningOptions(MAIN, procWith(...others, gateway))).toEqual(['--http-port', '9090']);
  expect(runningOptions(MAIN, procWith(...others))).toBeUndefined();
});
