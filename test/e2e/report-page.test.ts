// The page of a test publish end to end: what it says while ffmpeg pushes and afterwards, to everybody who has its address.
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { axeViolations } from '../support/axe.ts';
import { openPage, screenshot } from '../support/browser.ts';
import { whenDone } from '../support/cleanup.ts';
import { startGateway } from '../support/gateway-process.ts';
import { pushFile, sourceFile } from '../support/judged-pushes.ts';
import { NO_PROBLEMS } from '../support/watched-stream.ts';

const TOKEN = 'operator-0123456789-0123456789';

/** axe, and nothing wider than the page. */
async function expectGood(page: Page, name: string, colorScheme: 'dark' | 'light'): Promise<void> {
  await page.emulateMedia({ colorScheme });
  expect(await axeViolations(page)).toEqual([]);
  await screenshot(page, name);
  expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
}

/** The first issue is the worst. A busy machine may have one that is worse than that of the stream. */
async function expectWorstInVerdict(page: Page): Promise<void> {
  await expect
    .poll(async () => {
      const [title = '', verdict = ''] = await page.evaluate<string[]>(
        "['.issue h3', '.verdict'].map((selector) => document.querySelector(selector)?.textContent ?? '')",
      );
      return title !== '' && verdict.includes(title);
    })
    .toBe(true);
}

it('shows the verdict, the checklist, the facts and the fixes, without a token', async () => {
  const env = { SLUICE_ADMIN_TOKENS: JSON.stringify([{ name: 'desk', token: TOKEN, scope: 'read' }]) };
  const gateway = await startGateway({ env });
  const push = pushFile(await sourceFile('bFrames'), gateway.rtmpUrl('show?test=1'));
  whenDone(async () => void (await push.stop('SIGKILL')));
  const { report } = await gateway.waitForLog((line) => 'report' in line);
  const { page, problems } = await openPage(String(report), { viewport: { width: 1280, height: 900 } });
  await page.getByRole('heading', { name: 'Test of show' }).waitFor();
  await page.locator('.check[data-check="bFrames"][data-result="info"]').waitFor();
  await page.locator('.check[data-check="codecs"][data-result="fine"]').waitFor();
  await expectWorstInVerdict(page);
  const found = page.locator('.issue[data-code="bFrames"]');
  expect(await found.locator('h3').textContent()).toContain('B-frames add latency');
  expect(await found.locator('.issue-fixes').textContent()).toContain('-bf 0');
  expect(await page.locator('[data-fact="resolution"]').textContent()).toContain('320');
  expect(await page.locator('.report-title .pill').textContent()).toBe('The test runs');
  await expectGood(page, 'test-report', 'dark');

  // A gateway that has started again knows no test of before.
  const other = await page.context().newPage();
  let isForgotten = false;
  await other.route('**/api/v1/tests/*', (route) =>
    isForgotten
      ? route.fulfill({
          status: 404,
          contentType: 'application/problem+json',
          json: {
            type: 'about:blank',
            title: 'No such test',
            status: 404,
            code: 'no_such_test',
            detail: 'There is no test with this id.',
          },
        })
      : route.continue(),
  );
  await other.goto(String(report));
  await other.locator('.report-title .pill').getByText('The test runs').waitFor();
  isForgotten = true;
  await other.locator('.report-title .pill').getByText('The test is over').waitFor();
  expect(await other.locator('.check').count()).toBeGreaterThan(0);
  await other.close();

  await push.stop('SIGKILL');
  await page.locator('.report-title .pill').getByText('The test is over').waitFor();
  await page.setViewportSize({ width: 360, height: 740 });
  await page.goto(`${report}?lang=de`);
  await page.getByRole('heading', { name: 'Test von show' }).waitFor();
  await page.locator('.report-title .pill').getByText('Der Test ist beendet').waitFor();
  await expectWorstInVerdict(page);
  const issue = page.locator('.issue[data-code="bFrames"]');
  expect(await issue.locator('h3').textContent()).toContain('B-Frames erhöhen die Latenz');
  expect(await issue.innerText()).toMatch(/\d+\u00a0% der Bilder, bis zu \d+ ms später/);
  expect(await issue.innerText()).toContain('Einstellungen → Ausgabe → Ausgabemodus: Erweitert → Stream');
  expect(await issue.innerText()).toContain('(oder -tune zerolatency)');
  await expectGood(page, 'test-report-phone', 'light');
  expect(problems).toEqual(NO_PROBLEMS);

  await page.goto(gateway.url('/tests/test-aaaaaaaaaaaaaaaaaaaa'));
  await page.locator('.report-note-title').getByText('There is no report with this address.').waitFor();
  await expectGood(page, 'test-report-missing', 'dark');
});
