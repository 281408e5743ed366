// A port that cannot be opened: which process holds it, and which port is free.
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { explainListenError } from '../../../server/command/listen-fault.ts';
import { portHolder } from '../../../server/command/port-holder.ts';
import { runningOptions } from '../../../server/command/ready-check.ts';
import { whenDone } from '../../support/cleanup.ts';
import { settingsFrom } from '../../support/settings.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const systemError = (code: string, more: object): Error => Object.assign(new Error(code), { code, ...more });

async function messageFor(error: Error, sections: object): Promise<string> {
  const explained = await explainListenError(error, settingsFrom(sections));
  return explained instanceof Error ? explained.message : String(explained);
}

async function listen(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  whenDone(() => void server.close());
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

test('a busy port: the setting, the program that holds it, and a port that is free', async () => {
  const port = await listen();
  const message = await messageFor(systemError('EADDRINUSE', { port, address: '127.0.0.1' }), {
    rtmp: { port: 0, host: '127.0.0.1' },
    http: { port, host: '127.0.0.1' },
  });
  expect(message).toMatch(new RegExp(`^http\\.port: port ${port} is used by `));
  if (process.platform === 'linux') expect(message).toContain(`(process ${process.pid})`);
  const [, advised = ''] = /--http-port (\d+)$/.exec(message) ?? [];
  expect(Number(advised)).toBeGreaterThan(port);
  const free = createServer();
  whenDone(() => void free.close());
  await new Promise<void>((resolve, reject) => {
    free.once('error', reject);
    free.listen(Number(advised), '127.0.0.1', resolve);
  });
});

test('a busy 1935 never advises the port of RTMPS, nor any other port of ours', async () => {
  const message = await messageFor(systemError('EADDRINUSE', { port: 1935, address: '127.0.0.1' }), {
    rtmp: { host: '127.0.0.1' },
    http: { port: 1937 },
  });
  expect(message).toMatch(/--rtmp-port \d+$/);
  expect(message).not.toMatch(/--rtmp-port 193[5-7]$/);
});

test('one port on two addresses: the one that failed is named', async () => {
  const port = await listen();
  const sections = { rtmp: { port, host: '127.0.0.1' }, http: { port, host: '127.0.0.2' } };
  const busy = (address: string) => systemError('EADDRINUSE', { port, address });
  expect(await messageFor(busy('127.0.0.2'), sections)).toMatch(/^http\.port/);
  expect(await messageFor(busy('127.0.0.1'), sections)).toMatch(/^rtmp\.port/);
});

test('a port below 1024, an address that is not ours, and what is none of these', async () => {
  const forbidden = systemError('EACCES', { port: 80, address: '::' });
  expect(await messageFor(forbidden, { http: { port: 80 } })).toMatch(
    /^http\.port: port 80 may not be opened by this user; choose one above 1023: --http-port \d{4}$/,
  );
  const elsewhere = systemError('EADDRNOTAVAIL', { port: 1935, address: '192.0.2.1' });
  expect(await messageFor(elsewhere, { rtmp: { host: '192.0.2.1' } })).toBe(
    'rtmp.host: 192.0.2.1 is not an address of this machine; leave it empty for all addresses',
  );
  const other = new Error('other');
  expect(await explainListenError(other, settingsFrom({}))).toBe(other);
});

describe('in a made-up /proc', () => {
  function procWith(
    files: Readonly<Record<string, string>>,
    links: Readonly<Record<string, string>> = {},
  ): string {
    const proc = temporaryFolder('proc');
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(path.dirname(path.join(proc, file)), { recursive: true });
      writeFileSync(path.join(proc, file), text);
    }
    for (const [link, target] of Object.entries(links)) {
      mkdirSync(path.dirname(path.join(proc, link)), { recursive: true });
      symlinkSync(target, path.join(proc, link));
    }
    return proc;
  }

  const row = (state: string) =>
    `   0: 0100007F:078F 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000  1000        0 4711 1 0000 100 0 0 10 0\n`;

  test.each([
    ['a program', 'obs\0', 'obs'],
    ['a script', '/usr/bin/node\0/srv/app.js\0--x\0', 'node app.js'],
  ])('%s that listens is named', (_what, cmdline, name) => {
    const proc = procWith({ 'net/tcp': row('0A'), '42/cmdline': cmdline }, { '42/fd/7': 'socket:[4711]' });
    expect(portHolder(1935, proc)).toEqual({ pid: 42, name });
    expect(portHolder(1936, proc)).toBeUndefined();
  });

  test('a connection is no listener, and another user’s process is not known', () => {
    expect(
      portHolder(1935, procWith({ 'net/tcp': row('01'), '42/comm': 'x' }, { '42/fd/7': 'socket:[4711]' })),
    ).toBeUndefined();
    expect(portHolder(1935, procWith({ 'net/tcp6': row('0A'), '42/cmdline': 'x\0' }))).toBeUndefined();
    expect(portHolder(1935, path.join(tmpdir(), 'sluice-no-proc'))).toBeUndefined();
  });

  test('the health check finds the options of the running gateway, not its own', () => {
    const proc = procWith({
      '1/cmdline': '/sbin/docker-init\0--\0node\0dist/server/main.js\0--http-port\x009090\0',
      '7/cmdline': 'node\0dist/server/main.js\0--http-port\x009090\0',
      '99/cmdline': 'node\0dist/server/main.js\0--check-ready\0',
    });
    expect(runningOptions('/app/dist/server/main.js', proc)).toEqual(['--http-port', '9090']);
    expect(runningOptions('/app/other.js', proc)).toBeUndefined();
  });
});
