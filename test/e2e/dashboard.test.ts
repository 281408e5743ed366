// The dashboard end to end, on a gateway with its demo: all streams, one stream, what an operator does, and the admin token.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { parseFlvFile } from '../../server/flv/flv-file.ts';
import { clipFrom } from '../../server/relay/clip-loop.ts';
import { RtmpPublisher } from '../../server/relay/rtmp-publisher.ts';
import { ApiClient } from '../support/api-client.ts';
import { axeViolations } from '../support/axe.ts';
import { publishReporting } from '../support/bpm-clip.ts';
import { openPage, screenshot } from '../support/browser.ts';
import { whenDone } from '../support/cleanup.ts';
import { CHECKOUT, startGateway } from '../support/gateway-process.ts';
import { runProcess } from '../support/running-process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { FFMPEG } from '../support/test-tools.ts';
import { NO_PROBLEMS } from '../support/watched-stream.ts';

/** A publisher that is refused ends at once. */
const PUBLISH_TIMEOUT_MS = 10_000;
const TINY_FLV = path.join(CHECKOUT, 'test/cases/tiny.flv');
/** What is written on each canvas since it was cleared. */
const RECORD_TEXTS = `{
  const drawing = CanvasRenderingContext2D.prototype;
  const { fillText, clearRect } = drawing;
  drawing.clearRect = function (...box) { this.canvas.texts = []; return clearRect.apply(this, box); };
  drawing.fillText = function (text, ...at) { (this.canvas.texts ??= []).push(text); return fillText.call(this, text, ...at); };
}`;
/** Whether the time axis of each chart says a time of today, in place of the first second of 1970. */
const TIMES_OF_PLOTS = `Array.from(document.querySelectorAll('.plot canvas'), ({ texts = [] }) => {
  const times = texts.filter((text) => /^\\d\\d:\\d\\d/.test(text));
  return times.length > 0 && !times.includes(new Date(0).toLocaleTimeString('en', { hourCycle: 'h23' }));
})`;
/** Whether a key in the filter adds a value to the line of a card. */
const DOES_FILTER_CHANGE_LINE = `(() => {
  const canvas = document.querySelector('.card .spark');
  const filter = document.getElementById('filter');
  const before = canvas.toDataURL();
  for (const text of ['d', 'de', '']) {
    filter.value = text;
    filter.dispatchEvent(new Event('input'));
  }
  return canvas.toDataURL() !== before;
})()`;
/** The end of a name tells rooms of one event apart. */
const IS_LONG_NAME_READABLE = `(() => {
  const name = document.querySelector('.card-name');
  const before = name.textContent;
  name.textContent = 'conference-2026-'.repeat(4);
  const isReadable = name.scrollWidth <= name.clientWidth && name.closest('.card').scrollWidth <= name.closest('.card').clientWidth;
  name.textContent = before;
  return isReadable;
})()`;
/** Of the chosen group of cards, and of the page. */
const GROUNDS = `[document.querySelector('label[for="group-all"]'), document.body].map(
  (node) => getComputedStyle(node).backgroundColor,
)`;
const SHOW_STREAM = `{
  history.pushState(undefined, '', 'dashboard/show');
  dispatchEvent(new PopStateEvent('popstate'));
}`;
const TOKEN = 'operator-0123456789-0123456789';

/** axe in both colour schemes. */
async function expectAccessible(page: Page): Promise<void> {
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme });
    expect(await axeViolations(page), colorScheme).toEqual([]);
  }
}

/** Hosts that the page asks for anything. */
function hostsOf(page: Page): ReadonlySet<string> {
  const hosts = new Set<string>();
  page.on('request', (request) => hosts.add(new URL(request.url()).host));
  page.on('websocket', (socket) => hosts.add(new URL(socket.url()).host));
  return hosts;
}

it('shows all streams and one stream, and kicks its publisher', async () => {
  const gateway = await startGateway({ args: ['--demo'] });
  const { page, problems } = await openPage('about:blank', {
    viewport: { width: 1440, height: 900 },
  });
  const hosts = hostsOf(page);
  await page.addInitScript(RECORD_TEXTS);
  await page.goto(gateway.url('/dashboard'));
  const card = page.locator('.card[data-name="demo"]');
  await card.locator('.pill[data-state="live"]').waitFor();
  await expect.poll(() => card.textContent()).toMatch(/H\.264.*AAC/);
  await expectAccessible(page);
  await screenshot(page, 'dashboard');
  expect(await page.evaluate(DOES_FILTER_CHANGE_LINE)).toBe(false);
  expect(await page.locator('.top-place a[aria-current="page"]').count()).toBe(1);
  expect(await page.evaluate(IS_LONG_NAME_READABLE)).toBe(true);
  await page.emulateMedia({ forcedColors: 'active' });
  const [chosen, ground] = await page.evaluate<string[]>(GROUNDS);
  expect(chosen).not.toBe(ground);
  await page.emulateMedia({ forcedColors: 'none' });

  await card.click();
  expect(new URL(page.url()).pathname).toBe('/dashboard/demo');
  await expect.poll(() => page.locator('.verdict-text').textContent()).not.toBe('');
  const strip = page.locator('canvas.strip');
  await expect.poll(async () => Number(await strip.getAttribute('aria-valuemax'))).toBeGreaterThan(0);
  await strip.press('ArrowLeft');
  expect(await page.locator('.segments .readout').textContent()).toMatch(/Segment \d+ .* key frame/);
  await expect.poll(() => page.locator('.plot canvas').count()).toBe(12);
  // Those below the screen too: people print pages, and scroll fast.
  await expect.poll(() => page.evaluate(TIMES_OF_PLOTS)).toEqual(Array(12).fill(true));
  const bitrate = page.locator('[data-chart="bitrate"]');
  await bitrate.locator('.plot').press('ArrowLeft');
  expect(await bitrate.locator('.plot').getAttribute('aria-valuetext')).toMatch(/Video [\d.]+ [kM]bit\/s/);
  await bitrate.getByRole('button', { name: 'Table' }).click();
  expect(await bitrate.locator('tbody tr').count()).toBeGreaterThan(0);
  const saved = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save the numbers of all charts as CSV' }).click();
  const file = await saved;
  expect(file.suggestedFilename()).toMatch(/^demo-minute-[\dT-]+\.csv$/);
  // The gateway may be a second older than its stream, which then has no numbers in the first row.
  expect(await readFile(await file.path(), 'utf8')).toMatch(
    /^t,vbps,abps,.*\r\n(?:.*\r\n)*[\dT:.-]+Z,\d+,\d+,/,
  );
  await expectAccessible(page);
  await screenshot(page, 'dashboard-stream');

  await page.getByRole('button', { name: 'Kick', exact: true }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox').fill('wrong scene');
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Kick', exact: true }).click();
  await expect.poll(() => dialog.textContent()).toContain('was disconnected');
  await dialog.getByRole('button', { name: 'Close' }).click();
  await expect.poll(() => page.locator('.timeline').textContent()).toContain('wrong scene');

  await page.getByRole('button', { name: 'End', exact: true }).click();
  await dialog.getByRole('button', { name: 'End', exact: true }).click();
  await expect.poll(() => dialog.textContent()).toContain('was ended');
  await dialog.getByRole('button', { name: 'Close' }).click();
  await page.locator('.stream-title .pill[data-state="ended"]').waitFor();

  await page.goBack();
  await card.locator('.pill[data-state="ended"]').waitFor();
  const clip = ['-i', path.join(CHECKOUT, 'assets/demo.flv'), '-c', 'copy', '-f', 'flv'];
  const publishing = runProcess(FFMPEG, [...clip, gateway.rtmpUrl('demo')], {
    timeoutMs: PUBLISH_TIMEOUT_MS,
  });
  await expect(publishing).rejects.toThrow();
  await page.locator('.rejected tbody').getByText('name_closed').first().waitFor();
  expect([...hosts]).toEqual([new URL(gateway.httpUrl).host]);
  expect(problems).toEqual(NO_PROBLEMS);
});

it('shows what the encoder reports about itself, and where the report of a test is', async () => {
  const gateway = await startGateway();
  const publisher = new RtmpPublisher({
    ...{ host: '127.0.0.1', port: gateway.rtmpPort, app: 'live', streamName: 'show?test=1' },
  });
  whenDone(() => publisher.close());
  await publisher.started;
  publishReporting(clipFrom(parseFlvFile(await readFile(TINY_FLV))), publisher, () => ({
    times: { composedAt: Date.now() - 300, interleavedAt: Date.now() - 20 },
    counts: { rendered: 100, lagged: 40, input: 100, output: 100 },
  }));
  const { stream } = await gateway.waitForLog((line) => 'report' in line);
  const { page, problems } = await openPage(gateway.url('/dashboard'), {
    viewport: { width: 390, height: 844 },
  });
  const card = page.locator(`.card[data-name="${stream}"]`);
  await card.locator('.pill').getByText('Test of show').waitFor();
  await card.click();
  const said = page.locator('.encoder-panel');
  await said.locator('[data-fact="lagged"][data-bad]').waitFor();
  expect(await said.locator('[data-fact="lagged"]').textContent()).toMatch(/^\d+ of \d+ \(40 %\)$/);
  expect(await said.locator('[data-fact="encode"]').textContent()).toBe('280 ms');
  expect(await said.locator('[data-fact="capture"]').textContent()).toMatch(/^(?:0\.[3-9]\d|[1-9]\.\d\d) s$/);
  await page.locator('.issue[data-code="renderLag"]').waitFor();
  expect(await page.getByRole('link', { name: 'Report of the test' }).getAttribute('href')).toBe(
    gateway.url(`/tests/${stream}`),
  );
  expect(await page.getByRole('button', { name: 'Rotate key' }).isVisible()).toBe(false);
  await expectAccessible(page);
  await screenshot(page, 'dashboard-encoder');

  // German words are long: nothing makes the page wider than the narrowest phone.
  await page.setViewportSize({ width: 320, height: 568 });
  await page.goto(gateway.url(`/dashboard/${stream}?lang=de`));
  const issue = page.locator('.issue[data-code="renderLag"]');
  await issue.getByText('Der Encoder rendert zu langsam').waitFor();
  expect(await issue.innerText()).toMatch(/\d+\u00a0% der Bilder wurden zu spät gerendert/);
  await page.locator('.timeline').getByText('Ein Encoder hat sich von').waitFor();
  await page.locator('.plot canvas').first().waitFor();
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(320);
  expect(problems).toEqual(NO_PROBLEMS);
});

it('makes a new publish key, shows it once, and removes the old one', async () => {
  const folder = temporaryFolder('dashboard');
  const gateway = await startGateway({ args: ['--data-dir', folder] });
  const api = await ApiClient.open(gateway.httpUrl);
  const { body: old } = await api.post('/keys', { name: 'show', networks: ['192.0.2.0/24'] });
  await api.post('/keys', { name: 'other' });

  const { page, problems } = await openPage(gateway.url('/dashboard/show'));
  await page.locator('.stream-note').getByText('Nothing is known about show').waitFor();
  await page.getByRole('button', { name: 'Rotate key' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Rotate key' }).click();
  const key = await dialog.locator('.copy-text').textContent();
  const { keys } = (await api.get('/keys')).body;
  const own = keys.filter(({ name }: { readonly name: string }) => name === 'show');
  expect(own).toMatchObject([{ networks: ['192.0.2.0/24'] }]);
  expect([own[0].id === old.id, key === old.key, keys.length]).toEqual([false, false, 2]);
  await dialog.getByRole('button', { name: 'Close' }).click();
  await expect.poll(() => page.content()).not.toContain(key);
  expect(problems).toEqual(NO_PROBLEMS);
});

it('asks for the admin token, says when it is wrong, and keeps it in the tab only', async () => {
  const env = { SLUICE_ADMIN_TOKENS: JSON.stringify([{ name: 'desk', token: TOKEN, scope: 'read' }]) };
  const gateway = await startGateway({ env });
  const { page, problems } = await openPage(gateway.url('/dashboard'), {
    viewport: { width: 360, height: 740 },
  });
  const field = page.getByRole('textbox', { name: 'Token' });
  await field.fill(`${TOKEN.slice(0, -1)}0`);
  await field.press('Enter');
  await expect.poll(() => page.getByRole('alert').textContent()).toContain('not known');
  await expectAccessible(page);

  await field.fill(TOKEN);
  await field.press('Enter');
  await page.locator('.link-state[data-link="live"]').waitFor();
  await page.reload();
  await page.locator('.empty-title').waitFor();
  await expectAccessible(page);
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
  expect(await page.evaluate('[JSON.stringify(localStorage), document.cookie]')).toEqual(['{}', '']);
  expect(page.url()).not.toContain(TOKEN);

  // A dialog closes with the page that it belongs to.
  await page.evaluate(SHOW_STREAM);
  await page.getByRole('button', { name: 'Links', exact: true }).click();
  await page.getByRole('dialog').waitFor();
  await page.goBack();
  await page.locator('.empty-title').waitFor();
  expect(await page.locator('dialog').count()).toBe(0);

  const other = await page.context().newPage();
  await other.goto(gateway.url('/dashboard'));
  await other.getByRole('textbox', { name: 'Token' }).waitFor();

  // A fault that is not about the token: it stays.
  await page.route('**/api/v1/closed-names', (route) =>
    route.fulfill({
      status: 500,
      contentType: 'application/problem+json',
      json: {
        type: 'about:blank',
        title: 'Internal error',
        status: 500,
        code: 'internal_error',
        detail: 'The gateway has failed.',
      },
    }),
  );
  await page.reload();
  await page.locator('.link-state[data-link="lost"]').waitFor();
  await page.unroute('**/api/v1/closed-names');
  await page.locator('.link-state[data-link="live"]').waitFor();
  const { pageErrors, cspViolations, failedRequests } = problems;
  expect([pageErrors, cspViolations, failedRequests]).toEqual([[], [], []]);
});

/** The page of a stream at a gateway that says what the test says. Returns what sends it. */
async function toldPage(page: Page, url: string, snapshot: object): Promise<(message: object) => void> {
  const t = Date.now();
  const none = { stepMs: 1_000, endsAt: t, keys: [], columns: [] };
  const lists = { recent: none, hour: none, segments: [], events: [], viewers: [] };
  let say = (_message: object): void => undefined;
  await page.routeWebSocket(/ws/, (socket) => {
    say = (message) => socket.send(JSON.stringify(message));
    socket.onMessage((data) => {
      const { op, topic } = JSON.parse(String(data));
      if (op === 'sub' && topic === 'detail') say({ op: 'snapshot', seq: 1, t, ...lists, ...snapshot });
    });
    say({ op: 'hello', v: 1, serverTime: t, version: '', session: 's', topics: [] });
  });
  await page.goto(url);
  return (message) => say(message);
}

it('shows the severity and the remedy of a finding as they are now', async () => {
  const gateway = await startGateway();
  const { page } = await openPage('about:blank');
  const t = Date.now();
  const facts = (severity: string, ffmpeg: string) => {
    const verdict = severity === 'error' ? 'bad' : 'ok';
    const issue = { code: 'videoStarved', severity, title: 'The upload is too slow', since: t };
    const more = {
      observed: '0.5 s',
      expected: '1 s',
      values: { rate: 0.5 },
      fixValues: { obsVersion: 32, fps: 30 },
    };
    return {
      name: 'show',
      card: { name: 'show', state: 'live', since: t, verdict, issueCount: 1, viewers: 0, bps: 0 },
      health: {
        verdict,
        summary: 'It is so.',
        issues: [{ ...issue, ...more, fix: { ffmpeg, generic: 'Less.' } }],
      },
    };
  };
  const say = await toldPage(page, gateway.url('/dashboard/show'), facts('warning', '-b:v 900k'));
  const issue = page.locator('.issue[data-code="videoStarved"]');
  await issue.locator('.badge').getByText('Warning').waitFor();
  say({ op: 'detail', seq: 2, t: t + 1_000, d: {}, ...facts('error', '-b:v 500k') });
  await issue.locator('.badge').getByText('Error').waitFor();
  expect(await issue.getAttribute('data-severity')).toBe('error');
  expect(await issue.locator('code', { hasText: '-b:v' }).textContent()).toBe('-b:v 500k');
});

it('an event of yesterday gets its date after midnight', async () => {
  const gateway = await startGateway();
  const { page } = await openPage('about:blank');
  const t = new Date(2026, 0, 5, 23, 59, 30).getTime();
  await page.clock.setFixedTime(t);
  const event = (at: number, type: string) => ({ t: at, type, text: `It is ${type}.`, values: {} });
  const say = await toldPage(page, gateway.url('/dashboard/show'), {
    t,
    name: 'show',
    card: { name: 'show', state: 'live', since: t, verdict: 'good', issueCount: 0, viewers: 0, bps: 0 },
    health: { verdict: 'good', summary: 'It is so.', issues: [] },
    events: [event(t, 'starting')],
  });
  const times = page.locator('.timeline .event-time');
  await expect.poll(() => times.allTextContents()).toEqual(['23:59:30']);
  await page.clock.setFixedTime(t + 60_000);
  say({ op: 'event', name: 'show', event: event(t + 60_000, 'live') });
  await expect.poll(() => times.allTextContents()).toEqual(['00:00:30', 'Jan 5 23:59']);
});
