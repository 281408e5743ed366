// An operator at the API of the built gateway: real ffmpeg is disconnected with a reason, and no admin token appears anywhere.
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, expect, it } from 'vitest';
import { ApiClient } from '../support/api-client.ts';
import { openPage } from '../support/browser.ts';
import { publish } from '../support/ffmpeg.ts';
import { CHECKOUT, type GatewayProcess, MAIN_FILE, startGateway } from '../support/gateway-process.ts';
import { fetchFresh } from '../support/hls-client.ts';
import { startHostSite } from '../support/host-site.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const SMALL = { size: '320x180' };
const FROM_ENVIRONMENT = 'token-from-the-environment-of-the-process';

let gateway: GatewayProcess;
let data: string;
let api: ApiClient;
const secrets = [FROM_ENVIRONMENT];
const told: string[] = [];

beforeAll(async () => {
  const folder = temporaryFolder('api');
  data = path.join(folder, 'data');
  gateway = await startGateway({
    args: ['--data-dir', data, '--log-level', 'debug'],
    env: { SLUICE_ADMIN_TOKENS: JSON.stringify([{ name: 'env', token: FROM_ENVIRONMENT, scope: 'write' }]) },
  });
  api = await ApiClient.open(gateway.httpUrl, FROM_ENVIRONMENT);
});

/** `sluice admin-token …` on the folder of the running gateway. */
async function adminToken(...args: readonly string[]): Promise<string> {
  const words = [MAIN_FILE, 'admin-token', ...args, '--data-dir', data];
  const { stdout } = await promisify(execFile)(process.execPath, words, { cwd: CHECKOUT });
  return stdout;
}

const untilLive = (name: string) =>
  gateway.waitForLog((line) => line['stream'] === name && line['state'] === 'live');

it('counts its tokens in the ready line', () => {
  expect(gateway.ready).toMatchObject({ adminTokens: 1 });
});

it('accepts a token that the command made while it ran, within its scope', async () => {
  const printed = await adminToken('add', 'dashboard');
  const [token = ''] = /^sat_[a-z2-7]{26}$/m.exec(printed) ?? [];
  secrets.push(token);
  const reader = api.with(token);
  const settings = await reader.get('/settings');
  expect(settings.status).toBe(200);
  const tokens = settings.body.settings.find((each: { path: string }) => each.path === 'admin.tokens');
  expect(tokens).toMatchObject({
    value: [{ name: 'env', token: '***', scope: 'write' }],
    source: 'environment',
    origin: 'SLUICE_ADMIN_TOKENS',
  });
  const dir = settings.body.settings.find((each: { path: string }) => each.path === 'data.dir');
  expect(dir).toMatchObject({ source: 'flag', origin: '--data-dir' });
  expect((await reader.post('/reload')).body.code).toBe('admin_scope');
  told.push(JSON.stringify(settings.body));
});

it('disconnects ffmpeg with the reason of the operator, and ends a stream for players', async () => {
  const kicked = publish({ url: gateway.rtmpUrl('show'), video: SMALL });
  await untilLive('show');
  const report = await api.get('/streams/show/report');
  expect(report.body).toMatchObject({
    publisher: { isConnected: true },
    tracks: [{ kind: 'video' }, { kind: 'audio' }],
  });
  told.push(JSON.stringify(report.body));
  expect((await api.post('/streams/show/kick', { reason: 'wrong scene' })).status).toBe(204);
  expect((await kicked.exited).stderr).toContain('the operator disconnected this publisher: wrong scene');

  const again = publish({ url: gateway.rtmpUrl('show'), video: SMALL });
  await gateway.waitForLog(
    ({ msg, stream, remote }) => msg === 'publishing' && stream === 'show' && remote !== undefined,
  );
  await expect.poll(async () => (await api.get('/streams/show')).body.state).toBe('live');
  expect((await api.post('/streams/show/end', { reason: 'good night' })).status).toBe(204);
  expect((await again.exited).stderr).toContain('the operator ended this stream: good night');
  expect(await (await fetchFresh(gateway.url('/live/show/main.m3u8'))).text()).toContain('#EXT-X-ENDLIST');
  const third = await publish({ url: gateway.rtmpUrl('show'), video: SMALL }).exited;
  expect(third.stderr).toContain('it may be published again in');
  expect((await api.get('/rejections')).body.rejections).toMatchObject([
    { code: 'name_closed', name: 'show' },
  ]);
});

it('takes keys by the API, and lets their publishers in', async () => {
  const added = await api.post('/keys', { name: 'keyed' });
  secrets.push(added.body.key);
  const push = publish({ url: gateway.rtmpUrl(added.body.key), video: SMALL });
  await untilLive('keyed');
  const headers = { authorization: `Bearer ${FROM_ENVIRONMENT}` };
  const { body } = await fetchFresh(gateway.url('/api/v1/streams/keyed/events'), { headers });
  const events = body?.getReader();
  const first = new TextDecoder().decode((await events?.read())?.value);
  await events?.cancel();
  expect(first).toContain('"name":"keyed"');
  told.push(first);
  expect((await api.delete(`/keys/${added.body.id}`)).status).toBe(204);
  expect((await push.exited).stderr).toContain('this stream key was removed');
});

it.each(['dark', 'light'] as const)(
  'shows its reference in a browser, %s, without a script or another host',
  async (colorScheme) => {
    const { page, problems } = await openPage('about:blank');
    await page.emulateMedia({ colorScheme });
    const hosts = new Set<string>();
    page.on('request', (asked) => hosts.add(new URL(asked.url()).host));
    await page.goto(gateway.url('/api/v1'));
    await page.getByRole('heading', { name: 'POST /api/v1/streams/{name}/kick' }).waitFor();
    expect(page.url()).toBe(gateway.url('/api/v1/'));
    expect(await page.locator('script').count()).toBe(0);
    const ground = await page.evaluate('getComputedStyle(document.body).backgroundColor');
    expect(ground).toBe(colorScheme === 'dark' ? 'rgb(11, 15, 20)' : 'rgb(246, 248, 250)');
    expect([...hosts]).toEqual([new URL(gateway.httpUrl).host]);
    expect(problems).toMatchObject({ pageErrors: [], consoleErrors: [], cspViolations: [] });
    // Nothing is wider than a phone; wide tables scroll inside their frame.
    await page.setViewportSize({ width: 360, height: 740 });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
    for (const link of await page.locator('a[href^="#"]').all()) {
      const target = (await link.getAttribute('href')) ?? '';
      expect(await page.locator(target).count(), target).toBe(1);
    }
  },
);

it('is not changed by a page of another site while there is no token', async () => {
  const open = await startGateway();
  const site = await startHostSite({ '/': '<form method="post" enctype="text/plain"></form>' });
  const { page } = await openPage(site);
  const root = open.url('/api/v1');
  const attempts = await page.evaluate(
    async ({ root: api, socket }) => {
      const outcomeOf = (asked: Promise<Response>): Promise<string> =>
        asked.then(
          ({ type }) => type,
          () => 'failed',
        );
      const post = (target: string, init: RequestInit) =>
        outcomeOf(fetch(`${api}${target}`, { method: 'POST', body: '{}', ...init }));
      const json = { headers: { 'content-type': 'application/json' } };
      const opened = new WebSocket(socket, ['sluice.stats.v1']);
      const messages: string[] = [];
      opened.addEventListener('message', ({ data }) => messages.push(String(data)));
      const answered = new Promise<void>((resolve) => {
        opened.addEventListener('open', () => opened.send('{"op":"sub","topic":"server"}'));
        opened.addEventListener('message', () => messages.length > 1 && resolve());
        opened.addEventListener('close', () => resolve());
      });
      const fetched = [
        await post('/reload', { mode: 'no-cors' }),
        await post('/reload', json),
        await post('/log-level', { ...json, method: 'PUT', body: '{"level":"silent"}' }),
        await outcomeOf(fetch(`${api}/settings`)),
      ];
      await answered;
      return { fetched, messages };
    },
    { root, socket: open.url('/ws/v1').replace('http', 'ws') },
  );
  // The first one was sent, and nobody can read its answer.
  expect(attempts.fetched).toEqual(['opaque', 'failed', 'failed', 'failed']);
  expect(attempts.messages.slice(1).join()).toContain('foreign_origin');
  await page.evaluate(
    `document.forms[0].action = ${JSON.stringify(`${root}/reload`)}; document.forms[0].submit()`,
  );
  await page.getByText('foreign_origin').waitFor();
  expect(open.logs.filter(({ code }) => code === 'api_write')).toEqual([]);
  expect(open.logs.filter(({ code }) => code === 'foreign_origin').length).toBeGreaterThanOrEqual(2);
  expect(await open.stop()).toBe(0);
});

it('has told no token and no key to anybody, and kept none', () => {
  const kept = readdirSync(data).map((name) => readFileSync(path.join(data, name), 'utf8'));
  const everything = [...told, ...kept, JSON.stringify(gateway.logs)].join('\n');
  expect(gateway.logs.filter(({ code }) => code === 'api_write').length).toBeGreaterThanOrEqual(4);
  expect(secrets).toHaveLength(3);
  for (const secret of secrets) expect(everything).not.toContain(secret.slice(4, 20));
});
