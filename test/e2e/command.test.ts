// The command as users run it: start, demo, stop, and a clear message when something prevents it.
import { execFile } from 'node:child_process';
import { createServer } from 'node:net';
import path from 'node:path';
import { expect, it } from 'vitest';
import { openPage, screenshot, untilPlaying, videoFacts } from '../support/browser.ts';
import { whenDone } from '../support/cleanup.ts';
import { publish } from '../support/ffmpeg.ts';
import { CHECKOUT, startGateway } from '../support/gateway-process.ts';
import { fetchFresh, fetchMedia, firstMediaUrl, reload } from '../support/hls-client.ts';
import { startProcess } from '../support/running-process.ts';

type Outcome = { readonly code: number; readonly stdout: string; readonly stderr: string };

function sluice(...args: string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    const main = path.join(CHECKOUT, 'dist/server/main.js');
    execFile(process.execPath, [main, ...args], (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr });
    });
  });
}

it('shows a moving picture with neither ffmpeg nor an encoder: --demo', async () => {
  const gateway = await startGateway({ args: ['--demo'], env: { PATH: '/nowhere' } });
  const { page, problems } = await openPage(gateway.url('/watch/demo'));
  await untilPlaying(page, { minFrames: 60 });
  await screenshot(page, 'demo');
  expect(problems.consoleErrors).toEqual([]);
  // It comes back after a kick, as encoders do.
  const kicked = await fetch(gateway.url('/api/v1/streams/demo/kick'), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  });
  expect(kicked.status).toBe(204);
  await page.locator('.stage[data-state="reconnecting"]').waitFor();
  await page.locator('.stage[data-state="live"]').waitFor();
  await untilPlaying(page, { minFrames: (await videoFacts(page)).decodedFrames + 30 });
});

it('ends playlists and exits 0 on SIGTERM, with a publisher and a viewer connected', async () => {
  const gateway = await startGateway();
  const push = publish({ url: gateway.rtmpUrl('stop'), video: { size: '320x180' } });
  await gateway.waitForLog((line) => line['state'] === 'live');
  const mediaUrl = await firstMediaUrl(gateway.url('/live/stop/index.m3u8'));
  const held = reload(mediaUrl, await reload(mediaUrl, await fetchMedia(mediaUrl)));
  const stopped = gateway.stop();
  let last = await held;
  for (let tries = 0; tries < 10 && !last.playlist.endlist; tries += 1) last = await fetchMedia(mediaUrl);
  expect(last.text).toContain('#EXT-X-ENDLIST');
  expect(await stopped).toBe(0);
  await push.exited;
});

it('logs what nobody caught, and exits 1 for a supervisor to start anew', async () => {
  const plant = 'setTimeout(() => { throw new Error("planted") }, 1000)';
  const gateway = await startGateway({
    env: { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(plant)}` },
  });
  expect((await gateway.exited).code).toBe(1);
  const line = gateway.logs.find(({ msg }) => msg === 'uncaught: exiting');
  expect(JSON.stringify(line)).toContain('planted');
});

it('says in one sentence that a port is busy, and how to go on', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, resolve));
  whenDone(() => void other.close());
  const address = other.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const { code, stderr, stdout } = await sluice('--rtmp-port', String(port), '--http-port', '0');
  expect(code).toBe(2);
  expect(stdout).toBe('');
  expect(stderr).toMatch(
    new RegExp(
      `^sluice: rtmp\\.port: port ${port} is used by .*; stop it, or choose another port: --rtmp-port \\d+\n$`,
    ),
  );
});

it('names an unknown option and the one that was meant', async () => {
  expect(await sluice('--rtmp-prot', '1')).toEqual({
    code: 2,
    stdout: '',
    stderr: 'sluice: option --rtmp-prot is unknown; did you mean --rtmp-port?\n',
  });
});

it('prints its version, its help and its settings', async () => {
  expect((await sluice('--version')).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  expect((await sluice('--help')).stdout).toContain('--hls-part <value>');
  expect((await sluice('--print-config', '--hls-part', '300ms')).stdout).toMatch(
    /^ {2}part: 300ms +# --hls-part$/m,
  );
});

it('is started and stopped by what `npm start` runs, with options behind `--`', async () => {
  const script = path.join(CHECKOUT, 'scripts/start.mjs');
  const running = startProcess(process.execPath, [script, '--rtmp-port', '0', '--http-port', '0'], {
    cwd: CHECKOUT,
  });
  const line = await new Promise<string>((resolve) =>
    running.child.stdout.once('data', (data) => resolve(String(data))),
  );
  const ready: { msg: string; httpPort: number } = JSON.parse(line);
  expect(ready.msg).toBe('ready');
  expect((await fetchFresh(`http://127.0.0.1:${ready.httpPort}/readyz`)).status).toBe(200);
  expect((await running.stop('SIGTERM')).code).toBe(0);
});
