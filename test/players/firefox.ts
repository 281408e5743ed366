// The system's Firefox ESR, driven over WebDriver BiDi on loopback (W3C WebDriver BiDi): a session, a page, questions.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { screenshotFile, VIDEO_WATCHER } from '../support/browser.ts';
import { whenDone } from '../support/cleanup.ts';
import { type RunningProcess, runProcess, startProcess } from '../support/running-process.ts';
import { BidiSession } from './bidi-session.ts';
import type { BrowserPage, PageBrowser } from './page-player.ts';

const PROGRAM = 'firefox-esr';
const VERSION_TIMEOUT_MS = 20_000;
const LISTENING = /WebDriver BiDi listening on (ws:\/\/\S+)/;
/** At most so many error messages of a page are kept. */
const MAX_COMPLAINTS = 50;

type Preferences = Readonly<Record<string, boolean | number | string>>;
/** It plays without a click, and connects only to the page: no updates, no telemetry, no services. */
const PREFERENCES: Preferences = {
  'media.autoplay.default': 0,
  'browser.shell.checkDefaultBrowser': false,
  'browser.startup.page': 0,
  'browser.aboutwelcome.enabled': false,
  'app.normandy.enabled': false,
  'app.update.auto': false,
  'browser.safebrowsing.malware.enabled': false,
  'browser.safebrowsing.phishing.enabled': false,
  'browser.safebrowsing.downloads.enabled': false,
  'browser.search.update': false,
  'browser.newtabpage.activity-stream.feeds.topsites': false,
  'browser.newtabpage.activity-stream.feeds.section.topstories': false,
  'browser.region.network.url': '',
  'browser.region.update.enabled': false,
  'datareporting.policy.dataSubmissionEnabled': false,
  'datareporting.healthreport.uploadEnabled': false,
  'dom.push.connection.enabled': false,
  'extensions.getAddons.cache.enabled': false,
  'extensions.systemAddon.update.enabled': false,
  'extensions.update.enabled': false,
  'media.gmp-manager.updateEnabled': false,
  'media.gmp-manager.url': 'data:,',
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'network.prefetch-next': false,
  'services.settings.server': 'data:,#remote-settings-dummy/v1',
  'toolkit.telemetry.server': 'data:,',
  'toolkit.telemetry.unified': false,
};

export const FIREFOX: PageBrowser = {
  name: 'Firefox',
  version: async () => {
    const { stdout } = await runProcess(PROGRAM, ['--version'], { timeoutMs: VERSION_TIMEOUT_MS });
    return /(\d+)\.\d+/.exec(stdout)?.[1] ?? 'unknown';
  },
  open: (url) => openFirefoxPage(url),
};

export type ColourScheme = 'dark' | 'light';

export type FirefoxPage = BrowserPage & {
  /** A PNG beside those of Chromium. */
  readonly photograph: (
    name: string,
    viewport: { readonly width: number; readonly height: number },
  ) => Promise<void>;
  /** The page loses its network, and `navigator.onLine` says so. */
  readonly setOffline: (isOffline: boolean) => Promise<void>;
};

export type FirefoxOptions = {
  readonly scheme?: ColourScheme;
  /** Added to those of every page. */
  readonly preferences?: Preferences;
};

/** A separate Firefox for each page: it ends with the page. */
export async function openFirefoxPage(url: string, options: FirefoxOptions = {}): Promise<FirefoxPage> {
  const home = await mkdtemp(path.join(tmpdir(), 'sluice-firefox-'));
  whenDone(() => rm(home, { recursive: true, force: true, maxRetries: 5 }));
  const look = { 'layout.css.prefers-color-scheme.content-override': options.scheme === 'dark' ? 0 : 1 };
  const preferences = Object.entries({ ...PREFERENCES, ...look, ...options.preferences }).map(
    ([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`,
  );
  await writeFile(path.join(home, 'user.js'), preferences.join(''));
  const args = [
    '--headless',
    '--no-remote',
    '--remote-debugging-port',
    '0',
    '--profile',
    home,
    'about:blank',
  ];
  const firefox = startProcess(PROGRAM, args, { env: { HOME: home, XDG_RUNTIME_DIR: home } });
  firefox.child.stdout.resume();
  const session = await BidiSession.connect(`${await listeningAt(firefox)}/session`);
  const complaints: string[] = [];
  session.onEvent = (method, { level, text }) => {
    if (method !== 'log.entryAdded' || level !== 'error' || complaints.length >= MAX_COMPLAINTS) return;
    complaints.push(String(text));
  };
  await session.send('session.new', { capabilities: {} });
  await session.send('session.subscribe', { events: ['log.entryAdded'] });
  await session.send('script.addPreloadScript', { functionDeclaration: `() => {${VIDEO_WATCHER}}` });
  const tree = await session.send('browsingContext.getTree', {});
  const [top] = tree['contexts'] as readonly { readonly context: string }[];
  if (top === undefined) throw new Error('Firefox has no window');
  await session.send('browsingContext.navigate', { context: top.context, url, wait: 'interactive' });
  return {
    evaluate: async (expression) => {
      const target = { context: top.context };
      const answer = await session.send('script.evaluate', { expression, target, awaitPromise: true });
      const { result, exceptionDetails } = answer as EvaluateResult;
      if (result === undefined) throw new Error(exceptionDetails?.text ?? 'nothing came of the expression');
      return result.value;
    },
    photograph: async (name, viewport) => {
      await session.send('browsingContext.setViewport', { context: top.context, viewport });
      const { data } = await session.send('browsingContext.captureScreenshot', { context: top.context });
      const file = screenshotFile(name);
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, Buffer.from(String(data), 'base64'));
    },
    setOffline: async (isOffline) => {
      const networkConditions = isOffline ? { type: 'offline' } : null;
      await session.send('emulation.setNetworkConditions', { contexts: [top.context], networkConditions });
    },
    complaints: () => complaints,
    close: async () => {
      session.close();
      await firefox.stop();
    },
  };
}

type EvaluateResult = {
  /** The value of a string, number or boolean. */
  readonly result?: { readonly type: string; readonly value?: unknown };
  readonly exceptionDetails?: { readonly text: string };
};

async function listeningAt(firefox: RunningProcess): Promise<string> {
  for await (const line of createInterface({ input: firefox.child.stderr })) {
    const url = LISTENING.exec(line)?.[1];
    if (url === undefined) continue;
    firefox.child.stderr.resume();
    return url;
  }
  throw new Error(`${PROGRAM} ended without listening:\n${firefox.stderr()}`);
}
