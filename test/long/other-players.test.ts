// Players of others: Shaka, which reports in the addresses of its requests, is measured as docs/viewer-reports.md says. A player that reports
// nothing is counted by its requests, and is shown as not measured.
import { expect, it } from 'vitest';
import type { ViewerRow } from '../../server/stats/operator-message.ts';
import { PLAYER_PAGES, servePage } from '../players/player-pages.ts';
import { openPage, screenshot } from '../support/browser.ts';
import { whenDone } from '../support/cleanup.ts';
import { startGateway } from '../support/gateway-process.ts';

/** As in docs/viewer-reports.md. */
const SETTING =
  "player.configure({ cmcd: { enabled: true, contentId: 'mystream', includeKeys: ['sid', 'cid', 'bl', 'br', 'bs', 'sf'] } });";
const WAIT = { timeout: 30_000 };
const MPV = 'mpv 0.40.0';

it('measures Shaka by its requests, and counts a player that does not report', async () => {
  const gateway = await startGateway({ args: ['--demo'] });
  await gateway.waitForLog((line) => line['stream'] === 'demo' && line['state'] === 'live');
  const playlist = gateway.url('/live/demo/index.m3u8');
  const rows = async (): Promise<readonly ViewerRow[]> => {
    const answer = await fetch(gateway.url('/api/v1/streams/demo/viewers'));
    return ((await answer.json()) as { viewers: ViewerRow[] }).viewers;
  };
  const { shaka } = PLAYER_PAGES;
  const code = shaka.code.replace('player.attach', `${SETTING}\n  player.attach`);
  expect(code).toContain(SETTING);
  await openPage(await servePage({ ...shaka, code }, playlist));
  await expect
    .poll(rows, WAIT)
    .toEqual([expect.objectContaining({ kind: 'measured', player: 'Chrome · Linux', count: 1 })]);
  await expect.poll(async () => (await rows())[0]?.bufferMs, WAIT).toBeGreaterThan(0);

  const ask = () => void fetch(gateway.url('/live/demo/main.m3u8'), { headers: { 'user-agent': MPV } });
  ask();
  const timer = setInterval(ask, 2_000);
  whenDone(() => clearInterval(timer));
  await expect
    .poll(async () => (await rows()).map(({ kind }) => kind), WAIT)
    .toEqual(['measured', 'counted']);
  const counted = (await rows()).find(({ kind }) => kind === 'counted');
  expect(counted).toMatchObject({ player: 'mpv', count: 1 });
  for (const value of ['latencyMs', 'bufferMs', 'stalls', 'startupMs'])
    expect(counted).not.toHaveProperty(value);

  const { page } = await openPage(gateway.url('/dashboard/demo'));
  const row = page.locator('.viewers-panel tr[data-kind="counted"]');
  await row.waitFor(WAIT);
  expect(await row.locator('.not-measured').count()).toBe(5);
  await expect.poll(() => page.locator('[data-fact="viewers"]').textContent()).toBe('2 (1 measured)');
  await row.scrollIntoViewIfNeeded();
  await screenshot(page, 'dashboard-viewers');
});
