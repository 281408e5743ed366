// The command in its own process: its output, its exit codes, and its end on a signal.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import { whenDone } from '../../support/cleanup.ts';

const CHECKOUT = path.resolve(import.meta.dirname, '../../..');
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
}, 60_000);

test('print-config shows every value and where it comes from', async () => {
  const { code, stdout } = await run('--print-config', '--hls-part', '300ms');
  expect(code).toBe(0);
  expect(stdout).toMatch(/^ {2}part: 300ms +# --hls-part$/m);
  expect(stdout).toMatch(/^ {2}port: 1935 +# default$/m);
}, 60_000);

test.each(['-h', '-v', '--print-schema'])(
  '%s prints on standard output, and nothing else',
  async (flag) => {
    const { code, stdout, stderr } = await run(flag);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.length).toBeGreaterThan(0);
  },
  20_000,
);

test.each([
  ['rtmp.port', ['--http-port', '0', '--rtmp-port']],
  ['http.port', ['--rtmp-port', '0', '--http-port']],
])(
  'a busy %s is one sentence, with no log line before it',
  async (setting, args) => {
    const blocker = createServer().listen(0, '127.0.0.1');
    whenDone(() => void blocker.close());
    await once(blocker, 'listening');
    const address = blocker.address();
    const port = typeof address === 'object' && address !== null ? String(address.port) : '';
    const { code, stdout, stderr } = await run(
      ...['--rtmp-host', '127.0.0.1', '--http-host', '127.0.0.1', ...args, port],
    );
    expect({ code, stdout }).toEqual({ code: EXIT_USAGE, stdout: '' });
    expect(stderr.split('\n')).toHaveLength(2);
    expect(stderr.startsWith(`sluice: ${setting}: port ${port} is used by `)).toBe(true);
    expect(stderr).toContain(`choose another port: --${setting.replace('.', '-')} `);
  },
  30_000,
);

test('an unreadable certificate names its path once', async () => {
  const { code, stderr } = await run(
    '--tls-certificate',
    'gone.pem',
    '--tls-key',
    'gone.key',
    '--rtmp-port',
    '0',
  );
  expect({ code, stderr }).toEqual({
    code: EXIT_USAGE,
    stderr: 'sluice: tls.certificate: the file gone.pem cannot be used: there is no such file\n',
  });
}, 60_000);

test('the demo plays where RTMP listens on one address and HTTP on another, and the check finds it ready', async () => {
  const hosts = ['--rtmp-host', '127.0.0.2', '--http-host', '127.0.0.3'];
  const child = spawn(
    process.execPath,
    [...MAIN, '--demo', '--rtmp-port', '0', '--http-port', '0', ...hosts],
    {
      cwd: CHECKOUT,
    },
  );
  whenDone(() => void child.kill('SIGKILL'));
  child.stderr.resume();
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  const ready = JSON.parse(String(line)) as { httpPort: number; servers: string[] };
  expect(ready.servers).toEqual([expect.stringMatching(/^rtmp:\/\/127\.0\.0\.2:\d+\/live$/)]);
  const playlist = await fetch(`http://127.0.0.3:${ready.httpPort}/live/demo/index.m3u8`);
  expect(playlist.status).toBe(200);
  // As large as it is drawn: its pixels are square.
  expect(await playlist.text()).toContain('RESOLUTION=960x540');
  const address = ['--http-host', '127.0.0.3', '--http-port', String(ready.httpPort)];
  expect((await run('--check-ready', ...address)).code).toBe(0);
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  await exited;
  expect((await run('--check-ready', ...address)).code).toBe(1);
}, 120_000);

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
