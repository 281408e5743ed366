// A gateway whose standard error is a pipe that nobody reads: it keeps serving, and later reports how many lines it
// dropped.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import { RtmpPublisher } from '../../server/relay/rtmp-publisher.ts';
import { whenDone } from '../support/cleanup.ts';
import { CHECKOUT, ensureFreshBuild, MAIN_FILE } from '../support/gateway-process.ts';

const PUBLICATIONS = 300;

test('a gateway whose standard error nobody reads goes on', async () => {
  const loopback = ['--rtmp-host', '127.0.0.1', '--http-host', '127.0.0.1'];
  await ensureFreshBuild();
  const args = [MAIN_FILE, ...loopback, '--rtmp-port', '0', '--http-port', '0', '--log-level', 'debug'];
  const child = spawn(process.execPath, args, { cwd: CHECKOUT, stdio: ['ignore', 'pipe', 'pipe'] });
  whenDone(() => void child.kill('SIGKILL'));
  const exited = once(child, 'exit');
  const [ready] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  const { rtmpPort: port, httpPort } = JSON.parse(ready) as { rtmpPort: number; httpPort: number };
  for (let at = 0; at < PUBLICATIONS; at += 1) {
    const publisher = new RtmpPublisher({ host: '127.0.0.1', port, app: 'live', streamName: `s${at}` });
    await publisher.started;
    // Each makes a log line at this level: an empty message is ignored.
    for (let message = 0; message < 40; message += 1) publisher.video(0, Buffer.alloc(0));
    publisher.close();
    await publisher.closed;
  }
  expect((await fetch(`http://127.0.0.1:${httpPort}/livez`)).status).toBe(200);
  const texts: string[] = [];
  const all = once(
    createInterface({ input: child.stderr }).on('line', (line) => texts.push(line)),
    'close',
  );
  const read = new Promise<void>((resolve) => child.stderr.once('data', () => resolve()));
  await read;
  child.kill('SIGTERM');
  expect((await exited)[0]).toBe(0);
  await all;
  const lines = texts.map((text) => JSON.parse(text) as Record<string, unknown>);
  expect(lines.some(({ dropped }) => Number(dropped) > 0)).toBe(true);
});
