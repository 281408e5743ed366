// How busy the dashboard keeps its page: `npx tsx bench/dashboard-idle.ts [STREAMS]` opens it in Chromium on made-up streams and
// prints the idle part of the main thread, for all streams and for one.
import { chromium, type Page } from 'playwright-core';
import { findChromium } from '../test/support/test-tools.ts';
import { serveFakeOperators } from './fake-operators.ts';

const DEFAULT_STREAMS = 200;
/** The first seconds load the page. */
const SETTLE_MS = 5_000;
const MEASURE_MS = 20_000;

const streams = Number(process.argv[2] ?? DEFAULT_STREAMS);
const fake = await serveFakeOperators(streams, new URL('../dist/web/', import.meta.url));
const browser = await chromium.launch({
  executablePath: findChromium(),
  args: ['--no-sandbox', '--disable-gpu'],
});
try {
  for (const path of ['/dashboard', '/dashboard/camera-3']) {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    await page.goto(`${fake.url}${path}`);
    if (path !== '/dashboard') await page.locator('.charts').scrollIntoViewIfNeeded();
    await page.waitForTimeout(SETTLE_MS);
    const { idle, longest } = await measure(page);
    const figures = `${(idle * 100).toFixed(1)} % idle, longest task ${longest.toFixed(0)} ms`;
    process.stdout.write(`${path} with ${streams} streams: ${figures}\n`);
    await page.close();
  }
} finally {
  await browser.close();
  fake.close();
}

/** The part of the time in which the main thread did nothing, and its longest task above 50 ms (Long Tasks API). */
async function measure(page: Page): Promise<{ readonly idle: number; readonly longest: number }> {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable');
  await page.evaluate(`window.longTasks = [];
    new PerformanceObserver((list) => window.longTasks.push(...list.getEntries().map(({ duration }) => duration)))
      .observe({ type: 'longtask' })`);
  const busy = async (): Promise<readonly [busyS: number, atS: number]> => {
    const { metrics } = await session.send('Performance.getMetrics');
    const value = (name: string): number => metrics.find((metric) => metric.name === name)?.value ?? 0;
    return [value('TaskDuration'), value('Timestamp')];
  };
  const [firstBusy, firstAt] = await busy();
  await page.waitForTimeout(MEASURE_MS);
  const [lastBusy, lastAt] = await busy();
  const longest = await page.evaluate<number>('Math.max(0, ...window.longTasks)');
  return { idle: 1 - (lastBusy - firstBusy) / (lastAt - firstAt), longest };
}
