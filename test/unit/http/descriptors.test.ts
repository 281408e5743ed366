// File descriptors: HTTP leaves enough of them for encoders, and a full table is one line in the log.
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import { connectionsWithin, descriptorLimit } from '../../../server/http/descriptors.ts';
import { whenDone } from '../../support/cleanup.ts';
import { startProcess } from '../../support/running-process.ts';
import { startSource } from '../gateway-fixture.ts';

const CHECKOUT = path.resolve(import.meta.dirname, '../../..');

test('the limit is that of the shell', () => {
  const limit = execFileSync('bash', ['-c', 'ulimit -Sn'], { encoding: 'utf8' }).trim();
  if (limit !== 'unlimited') expect(descriptorLimit()).toBe(Number(limit));
});

test.each([
  [undefined, 30_000, 1_000, 30_000],
  [1_048_576, 30_000, 1_000, 30_000],
  [20_000, 30_000, 1_000, 18_936],
  // HTTP gets a share of a small table.
  [1_024, 30_000, 1_000, 480],
  [1_024, 100, 1_000, 100],
  [10, 30_000, 1_000, 1],
])('of a table of %s, with %i wanted and %i kept, HTTP gets %i', (limit, wanted, kept, given) => {
  expect(connectionsWithin(limit, wanted, kept)).toBe(given);
});

/** The gateway in a process whose descriptor table has `files` entries. */
async function startWith(files: number) {
  const command = `ulimit -n ${files}; exec ${process.execPath} --import tsx server/main.ts --rtmp-port 0 --http-port 0 --rtmp-max-connections-per-address 1000`;
  const running = startProcess('bash', ['-c', command], { cwd: CHECKOUT });
  const lines: string[] = [];
  createInterface({ input: running.child.stderr }).on('line', (line) => void lines.push(line));
  const ports = await new Promise<{ rtmpPort: number; httpPort: number }>((resolve) => {
    createInterface({ input: running.child.stdout }).on('line', (line) => {
      const value: unknown = line.startsWith('{') ? JSON.parse(line) : undefined;
      if (typeof value === 'object' && value !== null && 'rtmpPort' in value && 'httpPort' in value)
        resolve({ rtmpPort: Number(value.rtmpPort), httpPort: Number(value.httpPort) });
    });
  });
  // What is loaded after the ports are open needs descriptors too; from source, one of the compiler's processes.
  await (await fetch(`http://127.0.0.1:${ports.httpPort}/livez`)).arrayBuffer();
  const until = async (code: string): Promise<string> => {
    for (;;) {
      const found = lines.find((line) => line.includes(`"code":"${code}"`));
      if (found !== undefined) return found;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  const pause = (): void => {
    running.child.kill('SIGSTOP');
    whenDone(() => void running.child.kill('SIGCONT'));
  };
  return { ...ports, lines, until, pause };
}

function dialMany(port: number, count: number): Socket[] {
  return Array.from({ length: count }, () => {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => {});
    whenDone(() => void socket.destroy());
    return socket;
  });
}

test('idle HTTP connections do not keep an encoder out', async () => {
  const gateway = await startWith(200);
  dialMany(gateway.httpPort, 400);
  await gateway.until('too_many_connections');
  await startSource(gateway.rtmpPort, 'encoder');
  const told = gateway.lines.find((line) => line.includes('http.max-connections is lowered'));
  expect(JSON.parse(told ?? '{}')).toMatchObject({ level: 'warn', limit: 200, maxConnections: 68 });
});

/** The system's limit for what a listener may ask for. */
const somaxconn = Number(readFileSync('/proc/sys/net/core/somaxconn', 'latin1'));

test.skipIf(somaxconn < 1_000)('a thousand viewers connect while the process is busy', async () => {
  const gateway = await startWith(4_000);
  gateway.pause();
  const sockets = dialMany(gateway.httpPort, 1_000);
  // The system refuses to wait with more than the listener allows, and a player tries again after a second.
  await Promise.all(sockets.map((socket) => once(socket, 'connect')));
});

test('a full table is one line in the log, and another when it is free again', async () => {
  // Descriptors do not limit RTMP connections, so RTMP fills the table.
  const gateway = await startWith(120);
  const sockets = dialMany(gateway.rtmpPort, 300);
  const line = await gateway.until('EMFILE');
  expect(JSON.parse(line)).toMatchObject({ level: 'error', limit: 120 });
  for (const socket of sockets) socket.destroy();
  while (!gateway.lines.some((text) => text.includes('free again'))) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  expect(gateway.lines.filter((text) => text.includes('"code":"EMFILE"')).length).toBeLessThanOrEqual(2);
});
