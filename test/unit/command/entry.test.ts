// The command in a process of its own: what it says, its exit codes, and its end on a signal.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import { whenDone } from '../support/cleanup.ts';

const CHECKOUT = path.resolve(import.meta.dirname, '../..');
const MAIN = ['--import', 'tsx', path.join(CHECKOUT, 'server/main.ts')];
const EXIT_USAGE = 2;

function run(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [...MAIN, ...args],
      { cwd: CHECKOUT, timeout: 20_000 },
      (error, stdout, stderr) => {
        resolve({ code: error === null ? 0 : Number(error.code ?? -1), stdout, stderr });
      },
    );
  });
}

test('an unknown option is one line and exit 2', async () => {
  const { code, stdout, stderr } = await run('--rtmp-prot', '1');
  expect({ code, stdout, stderr }).toEqual({
    code: EXIT_USAGE,
    stdout: '',
    stderr: 'sluice: option --rtmp-prot is unknown; did you mean --rtmp-port?\n',
  });
}, 20_000);

test('print-config shows every value and where it comes from', async () => {
  const { code, stdout } = await run('--print-config', '--hls-part', '300ms');
  expect(code).toBe(0);
  expect(stdout).toMatch(/^hls\.part +300 +--hls-part$/m);
  expect(stdout).toMatch(/^rtmp\.port +1935 +default$/m);
}, 20_000);

test('a busy port says which setting chooses another', async () => {
  const blocker = createServer().listen(0, '127.0.0.1');
  whenDone(() => void blocker.close());
  await once(blocker, 'listening');
  const address = blocker.address();
  const port = typeof address === 'object' && address !== null ? String(address.port) : '';
  const loopback = ['--rtmp-host', '127.0.0.1', '--http-host', '127.0.0.1', '--log-level', 'silent'];
  const rtmp = await run(...loopback, '--rtmp-port', port, '--http-port', '0');
  expect([rtmp.code, rtmp.stderr]).toEqual([
    EXIT_USAGE,
    expect.stringContaining(`--rtmp-port ${Number(port) + 1}`),
  ]);
  const http = await run(...loopback, '--rtmp-port', '0', '--http-port', port);
  expect([http.code, http.stderr]).toEqual([
    EXIT_USAGE,
    expect.stringContaining(`--http-port ${Number(port) + 1}`),
  ]);
  const both = await run(...loopback, '--rtmp-port', port, '--http-port', port);
  expect([both.code, both.stderr]).toEqual([
    EXIT_USAGE,
    expect.stringContaining('rtmp.port and http.port are the same'),
  ]);
}, 30_000);

test.each(['SIGTERM', 'SIGINT'] as const)(
  'the demo plays, and %s ends it with exit 0',
  async (signal) => {
    const args = [
      '--rtmp-port',
      '0',
      '--http-port',
      '0',
      '--rtmp-host',
      '127.0.0.1',
      '--http-host',
      '127.0.0.1',
    ];
    const child = spawn(process.execPath, [...MAIN, '--demo', ...args], { cwd: CHECKOUT });
    whenDone(() => void child.kill('SIGKILL'));
    const exited = once(child, 'exit');
    child.stderr.resume();
    const [line] = await once(createInterface({ input: child.stdout }), 'line');
    const ready = JSON.parse(String(line)) as { msg: string; httpPort: number };
    expect(ready.msg).toBe('ready');
    const playlist = await fetch(`http://127.0.0.1:${ready.httpPort}/live/demo/index.m3u8`);
    expect([playlist.status, await playlist.text()]).toEqual([
      200,
      expect.stringContaining('#EXT-X-STREAM-INF'),
    ]);
    child.kill(signal);
    expect(await exited).toEqual([0, null]);
  },
  30_000,
);
