// WebKitGTK's MiniBrowser on a virtual display, driven by WebKitWebDriver on loopback (W3C WebDriver).
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { VIDEO_WATCHER } from '../support/browser.ts';
import { whenDone } from '../support/cleanup.ts';
import { startProcess } from '../support/running-process.ts';
import type { BrowserPage, PageBrowser } from './page-player.ts';

/** Debian keeps the browser beside the library, in a folder named after the library's version. */
const LIBRARIES = ['/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu'];
const DRIVER = 'WebKitWebDriver';
/** Sound goes nowhere, at the clock's pace: without any device the browser waits for one. */
const SILENT_SOUND = 'pcm.!default { type null }\nctl.!default { type null }\n';
const READY_TIMEOUT_MS = 20_000;
const READY_RHYTHM_MS = 100;
/** Starting the browser is the slowest of all commands. */
const COMMAND_TIMEOUT_MS = 45_000;

type Answer = { readonly value: unknown };

export const WEBKIT: PageBrowser = {
  name: 'WebKitGTK',
  version: async () => {
    const driver = await startDriver();
    try {
      return driver.version;
    } finally {
      await driver.stop();
    }
  },
  open: openWebKitPage,
};

async function openWebKitPage(url: string): Promise<BrowserPage> {
  const driver = await startDriver();
  const evaluate = (expression: string): Promise<unknown> =>
    driver.command('execute/sync', { script: `return ${expression};`, args: [] });
  await driver.command('url', { url });
  // Nothing can run before the page does; with `eager` this comes before anything plays.
  await driver.command('execute/sync', { script: VIDEO_WATCHER, args: [] });
  return { evaluate, complaints: () => [], close: driver.stop };
}

/** A display, a driver and a session in a browser of its own. */
async function startDriver() {
  const home = await mkdtemp(path.join(tmpdir(), 'sluice-webkit-'));
  whenDone(() => rm(home, { recursive: true, force: true, maxRetries: 5 }));
  await writeFile(path.join(home, '.asoundrc'), SILENT_SOUND);
  const display = startProcess('Xvfb', [
    '-displayfd',
    '1',
    '-screen',
    '0',
    '1024x768x24',
    '-nolisten',
    'tcp',
  ]);
  const port = await freePort();
  const driver = startProcess(DRIVER, [`--port=${port}`], {
    env: {
      HOME: home,
      XDG_RUNTIME_DIR: home,
      DISPLAY: `:${await displayNumber(display.child.stdout)}`,
      // No graphics processor: pages are drawn by the processor itself.
      LIBGL_ALWAYS_SOFTWARE: '1',
    },
  });
  driver.child.stdout.resume();
  const base = `http://127.0.0.1:${port}`;
  await untilReady(base);
  const browser = { binary: findMiniBrowser(), args: ['--automation', '--autoplay-policy=allow'] };
  const session = (await post(`${base}/session`, {
    capabilities: { alwaysMatch: { pageLoadStrategy: 'eager', 'webkitgtk:browserOptions': browser } },
  })) as { readonly sessionId: string; readonly capabilities: { readonly browserVersion: string } };
  const at = `${base}/session/${session.sessionId}`;
  return {
    version: session.capabilities.browserVersion,
    command: (name: string, body: unknown) => post(`${at}/${name}`, body),
    stop: async (): Promise<void> => {
      await fetch(at, { method: 'DELETE', signal: AbortSignal.timeout(COMMAND_TIMEOUT_MS) });
      await driver.stop();
      await display.stop();
    },
  };
}

/** Value of the answer. Throws when it is an error. */
async function post(url: string, body: unknown): Promise<unknown> {
  const signal = AbortSignal.timeout(COMMAND_TIMEOUT_MS);
  const response = await fetch(url, { method: 'POST', body: JSON.stringify(body), signal });
  const { value } = (await response.json()) as Answer;
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${JSON.stringify(value)}`);
  return value;
}

async function untilReady(base: string): Promise<void> {
  const deadline = performance.now() + READY_TIMEOUT_MS;
  for (;;) {
    try {
      const response = await fetch(`${base}/status`);
      if (response.ok) return;
    } catch {
      // It does not listen yet.
    }
    if (performance.now() > deadline)
      throw new Error(`${DRIVER} did not listen within ${READY_TIMEOUT_MS} ms`);
    await delay(READY_RHYTHM_MS);
  }
}

/** The driver cannot choose one itself. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

async function displayNumber(stdout: NodeJS.ReadableStream): Promise<string> {
  for await (const line of createInterface({ input: stdout })) return line;
  throw new Error('Xvfb ended without saying which display it is');
}

function findMiniBrowser(): string {
  const found = LIBRARIES.filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder).map((name) => path.join(folder, name, 'MiniBrowser')))
    .filter((file) => file.includes('webkit2gtk-') && existsSync(file));
  const [newest] = found.sort().reverse();
  if (newest === undefined) throw new Error(`no MiniBrowser below ${LIBRARIES.join(' or ')}`);
  return newest;
}
