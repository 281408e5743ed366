// The system's Chromium, through playwright-core.
import { openPage } from '../support/browser.ts';
import { runProcess } from '../support/running-process.ts';
import { findChromium } from '../support/test-tools.ts';
import type { PageBrowser } from './page-player.ts';

const VERSION_TIMEOUT_MS = 10_000;

export const CHROMIUM: PageBrowser = {
  name: 'Chromium',
  version: async () => {
    const { stdout } = await runProcess(findChromium(), ['--version'], { timeoutMs: VERSION_TIMEOUT_MS });
    return /(\d+)\.\d+/.exec(stdout)?.[1] ?? 'unknown';
  },
  open: async (url) => {
    const { page, problems } = await openPage(url);
    return {
      evaluate: (expression) => page.evaluate(expression),
      complaints: () => Object.values(problems).flat(),
      close: () => page.context().close(),
    };
  },
};
