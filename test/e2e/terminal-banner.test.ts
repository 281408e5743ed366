// What a newcomer sees in a terminal: `npm start` in a pseudo terminal of script(1), with a code that a phone can scan.
import { devNull } from 'node:os';
import { expect, it } from 'vitest';
import { whenFailed } from '../support/cleanup.ts';
import { CHECKOUT } from '../support/gateway-process.ts';
import { readQr } from '../support/read-qr.ts';
import { startProcess } from '../support/running-process.ts';

const ROOT = 'https://live.example.org';
const ESCAPES = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, 'g');
const CODE_LINE = new RegExp(`^ *${String.fromCharCode(27)}\\[30;107m`);
/** Light modules around the code. */
const QUIET = 2;
/** A checkout that was changed is built first. */
const CODE_TIMEOUT_MS = 90_000;

/** Two modules in one character, as the terminal shows them. */
function modulesOf(lines: readonly string[]): boolean[][] {
  const rows = lines.flatMap((line) => {
    const shown = [...line];
    return [shown.map((half) => '▀█'.includes(half)), shown.map((half) => '▄█'.includes(half))];
  });
  const size = (rows[0]?.length ?? 0) - 2 * QUIET;
  return rows.slice(QUIET, QUIET + size).map((row) => row.slice(QUIET, QUIET + size));
}

it('npm start in a terminal shows the address of the watch page, and the same as a code for a phone', async () => {
  // The run of all tests has no colours, and without them there is no code.
  const command = `unset NO_COLOR; stty rows 80 cols 130 && exec npm start -- --rtmp-port 0 --http-port 0 --http-public-url ${ROOT}`;
  const terminal = startProcess('script', ['-qfec', command, devNull], { cwd: CHECKOUT });
  let output = '';
  whenFailed(() => `--- what the terminal showed\n${output}`);
  await new Promise<void>((resolve, reject) => {
    setTimeout(() => reject(new Error(`no code within ${CODE_TIMEOUT_MS} ms`)), CODE_TIMEOUT_MS).unref();
    terminal.child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      if (/Scan to watch on a phone:.*\n\s*\n/s.test(output)) resolve();
    });
  });
  const lines = output.split('\n').map((line) => line.replaceAll('\r', ''));
  const [, watch = ''] = /WATCH {2}(\S+)/.exec(output.replaceAll(ESCAPES, '')) ?? [];
  expect(watch).toBe(`${ROOT}/watch/mystream`);
  const code = lines
    .filter((line) => CODE_LINE.test(line))
    .map((line) => line.trim().replaceAll(ESCAPES, ''));
  expect(readQr(modulesOf(code))).toBe(watch);
  expect(lines.length).toBeLessThan(80);
  await terminal.stop();
});
