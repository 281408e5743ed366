// `POST /cmcd` and reports in requests for media, over real HTTP: who may report, what is answered, and what operators see.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import {
  appendCmcdQuery,
  CmcdEventType,
  CmcdObjectType,
  CmcdPlayerState,
  CmcdReporter,
  CmcdStreamingFormat,
} from '@svta/cml-cmcd';
import { beforeAll, describe, expect, test } from 'vitest';
import type { DetailMessage, SnapshotMessage } from '../../../server/stats/operator-message.ts';
import { whenDone } from '../../support/cleanup.ts';
import { goLive, type OpenGateway, openGateway } from '../gateway-fixture.ts';

const SECRET = '0123456789abcdef0123456789abcdef';

let open: OpenGateway;

beforeAll(async () => {
  open = await openGateway({ playback: { secrets: [SECRET], streams: { closed: 'signed' } } });
  await goLive(open, 'show');
  await goLive(open, 'query');
  await goLive(open, 'closed');
});

type Viewers = {
  readonly counted: number;
  readonly figures?: Readonly<Record<string, number>>;
  readonly viewers: readonly Readonly<Record<string, unknown>>[];
  readonly next?: string;
};

async function viewersOf(name: string, gateway = open): Promise<Viewers> {
  const response = await fetch(gateway.url(`/api/v1/streams/${name}/viewers`));
  expect(response.status).toBe(200);
  return (await response.json()) as Viewers;
}

/** What operators' topics say. */
type Followed = DetailMessage | SnapshotMessage | { readonly op: 'other' };

async function measuredOf(name: string): Promise<Viewers['viewers']> {
  return (await viewersOf(name)).viewers.filter(({ kind }) => kind === 'measured');
}

/** Each test has a user agent of its own, so that its players are counted separately. */
async function watch(path: string, agent: string, headers: Readonly<Record<string, string>> = {}) {
  const response = await fetch(open.url(path), { headers: { 'user-agent': agent, ...headers } });
  await response.text();
  expect(response.status).toBe(200);
}

function post(body: string, init: RequestInit = {}, target = '/cmcd', gateway = open): Promise<Response> {
  return fetch(gateway.url(target), {
    method: 'POST',
    body,
    ...init,
    headers: { 'content-type': 'application/cmcd', ...init.headers },
  });
}

async function resultsOf(): Promise<ReadonlyMap<string, number>> {
  const shown = await (await fetch(open.url('/metrics'))).text();
  const found = shown.matchAll(/^sluice_viewer_reports_total\{result="([\w-]+)"\} (\d+)$/gm);
  return new Map([...found].map(([, result = '', count]) => [result, Number(count)]));
}

describe('POST /cmcd', () => {
  test('a counted viewer who reports is a row, and a metric', async () => {
    await resultsOf(); // start-ups are counted from the first scrape
    await watch('/live/show/main.m3u8', 'Firefox/143.0 (Linux)');
    const line = 'v=2,sid="s1",cid="show",e=ps,sta=p,ltc=1500,msd=700,bl=(900),br=(2000),bsa=(0)';
    const response = await post(`${line},ts=1\n${line.replace('bsa=(0)', 'bsa=(2),bsda=(1500)')},ts=2`);
    expect(response.status).toBe(204);
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    expect(response.headers.get('set-cookie')).toBeNull();
    const { figures, viewers } = await viewersOf('show');
    const row = viewers.find(({ latencyMs }) => latencyMs === 1_500);
    expect(row).toMatchObject({ kind: 'measured', stalls: 2, bitrateBps: 2_000_000, network: '127.0.0.x' });
    expect(figures).toMatchObject({ measured: 1, latencyP50Ms: 1_500, startupP50Ms: 700 });
    const shown = await (await fetch(open.url('/metrics'))).text();
    expect(shown).toContain('sluice_viewer_latency_seconds{stream="show",quantile="0.95"} 1.5\n');
    expect(shown).toContain('sluice_viewer_stalls_total{stream="show"} 2\n');
    expect(shown).toContain('sluice_viewer_stalled_seconds_total{stream="show"} 1.5\n');
    expect(shown).toContain('sluice_viewers_measured{stream="show"} 1\n');
    expect(shown).toContain('sluice_viewer_startup_seconds_bucket{le="0.5"} 0\n');
    expect(shown).toContain('sluice_viewer_startup_seconds_bucket{le="1"} 1\n');
    expect(JSON.stringify(viewers)).not.toContain('s1');
  });

  test('a page of any site may report without credentials, after a preflight', async () => {
    const response = await fetch(open.url('/cmcd'), {
      method: 'OPTIONS',
      headers: { origin: 'null', 'access-control-request-headers': 'content-type' },
    });
    expect(response.status).toBe(204);
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    expect(response.headers.get('access-control-allow-methods')).toContain('POST');
    expect(response.headers.get('access-control-allow-headers')).toBe('content-type');
    expect(response.headers.get('access-control-allow-credentials')).toBeNull();
  });

  test.each([
    ['sec-gpc', '1'],
    ['dnt', '1'],
  ])('a browser that sends %s is not measured', async (header, value) => {
    const agent = `private ${header}`;
    await watch('/live/show/main.m3u8', agent);
    const dropped = (await resultsOf()).get('opted-out') ?? 0;
    const before = await measuredOf('show');
    const headers = { [header]: value, 'user-agent': agent };
    expect((await post(`v=2,sid="${header}",cid="show",e=t`, { headers })).status).toBe(204);
    await watch(`/live/show/main.m3u8?CMCD=sid%3D%22${header}%22`, agent, { [header]: value });
    expect(await measuredOf('show')).toHaveLength(before.length);
    expect((await resultsOf()).get('opted-out')).toBe(dropped + 2);
  });

  test('a name without a stream, and a signed stream without a valid token, are not reported', async () => {
    const token = open.gateway.playbackToken({ name: 'closed', expiresAt: Date.now() + 60_000 });
    await watch(`/live/closed/t/${token}/main.m3u8`, 'agent');
    const line = 'v=2,sid="c",cid="closed",e=t,ltc=900';
    expect((await post(line)).status).toBe(204);
    expect((await post(line, {}, '/cmcd?token=wrong')).status).toBe(204);
    expect((await post('v=2,sid="c",cid="nobody",e=t')).status).toBe(204);
    expect((await post('v=2,sid="c",cid="<script>",e=t')).status).toBe(204);
    expect(await measuredOf('closed')).toEqual([]);
    expect((await post(line, {}, `/cmcd?token=${token}`)).status).toBe(204);
    expect(await measuredOf('closed')).toEqual([expect.objectContaining({ latencyMs: 900 })]);
    const results = await resultsOf();
    expect(results.get('no-access')).toBe(2);
    expect(results.get('not-live')).toBe(2);
  });

  test('what cannot be read is told', async () => {
    const answerOf = async (response: Response) => ({
      status: response.status,
      problem: (await response.json()) as { detail: string },
    });
    const empty = await answerOf(await post('nothing of this'));
    expect(empty.status).toBe(400);
    expect(empty.problem.detail).toContain('sid');
    expect(
      (await answerOf(await post('{', { headers: { 'content-type': 'application/json' } }))).status,
    ).toBe(400);
    const large = await answerOf(await post('x'.repeat(20_000)));
    expect(large).toMatchObject({ status: 413, problem: { detail: expect.stringContaining('16384') } });
    const coded = await post('x', { headers: { 'content-encoding': 'gzip' } });
    expect(coded.status).toBe(415);
    const got = await fetch(open.url('/cmcd'));
    expect([got.status, got.headers.get('allow')]).toEqual([405, 'POST, OPTIONS']);
  });

  test('the reporter of hls.js and others is understood', async () => {
    await watch('/live/show/main.m3u8', 'cml');
    const statuses: number[] = [];
    const reporter = new CmcdReporter(
      {
        sid: 'cml',
        cid: 'show',
        eventTargets: [
          {
            url: open.url('/cmcd'),
            events: [CmcdEventType.PLAY_STATE, CmcdEventType.TIME_INTERVAL],
            enabledKeys: ['sid', 'cid', 'v', 'sn', 'sta', 'bl', 'br', 'ltc'],
          },
        ],
      },
      async ({ url, body, headers }) => {
        const response = await fetch(url, {
          method: 'POST',
          body: String(body),
          headers: { ...headers, 'user-agent': 'cml' },
        });
        statuses.push(response.status);
        return { status: response.status };
      },
    );
    reporter.update({ bl: [1200], br: [2500], ltc: 4321 });
    reporter.start();
    reporter.update({ sta: CmcdPlayerState.PLAYING });
    reporter.stop(true);
    await expect
      .poll(async () => (await viewersOf('show')).viewers)
      .toContainEqual(expect.objectContaining({ latencyMs: 4_321, bitrateBps: 2_500_000, bufferMs: 1_200 }));
    expect(new Set(statuses)).toEqual(new Set([204]));
  });

  test('JSON is read too', async () => {
    await watch('/live/show/main.m3u8', 'json');
    const body = JSON.stringify([{ v: 2, sid: 'j', cid: 'show', e: 't', ltc: 3210 }]);
    const response = await post(body, {
      headers: { 'content-type': 'application/json', 'user-agent': 'json' },
    });
    expect(response.status).toBe(204);
    expect((await viewersOf('show')).viewers).toContainEqual(expect.objectContaining({ latencyMs: 3_210 }));
  });
});

test('a server that has read the body already, and mounts the gateway, passes reports on', async () => {
  await watch('/live/show/main.m3u8', 'mounted');
  const host = createServer((request, response) => {
    void text(request).then((body) => {
      open.gateway.handler(Object.assign(request, { body }), response);
    });
  });
  await new Promise<void>((resolve) => host.listen(0, '127.0.0.1', resolve));
  whenDone(() => void host.close());
  const response = await fetch(`http://127.0.0.1:${(host.address() as AddressInfo).port}/cmcd`, {
    method: 'POST',
    body: 'v=2,sid="m",cid="show",e=t,ltc=5432',
    headers: { 'user-agent': 'mounted' },
  });
  expect(response.status).toBe(204);
  expect((await viewersOf('show')).viewers).toContainEqual(expect.objectContaining({ latencyMs: 5_432 }));
});

describe('in requests for media', () => {
  test('a player that reports in its query is measured, and gets the same bytes', async () => {
    const plain = await (
      await fetch(open.url('/live/query/main.m3u8'), { headers: { 'user-agent': 'shaka' } })
    ).text();
    const url = appendCmcdQuery(
      open.url('/live/query/main.m3u8'),
      {
        sid: 'shaka',
        sf: CmcdStreamingFormat.HLS,
        ot: CmcdObjectType.MUXED,
        br: [2500],
        bl: [2900],
        bs: true,
      },
      { version: 1 },
    );
    expect(url).toContain('?CMCD=');
    const reported = await fetch(url, { headers: { 'user-agent': 'shaka' } });
    expect(await reported.text()).toBe(plain);
    expect(reported.headers.get('vary') ?? '').not.toMatch(/cmcd/i);
    expect(await measuredOf('query')).toEqual([
      expect.objectContaining({ kind: 'measured', bitrateBps: 2_500_000, bufferMs: 2_900, stalls: 1 }),
    ]);
  });

  test('headers of a request for media are read too', async () => {
    const headers = { 'cmcd-session': 'sid="shaka"', 'cmcd-request': 'bl=1500', 'user-agent': 'shaka' };
    await watch('/live/query/main.m3u8', 'shaka', headers);
    expect(await measuredOf('query')).toEqual([expect.objectContaining({ bufferMs: 1_500 })]);
  });

  test('a path with a token is enough for a signed stream', async () => {
    const expiresAt = Date.now() + 60_000;
    const token = open.gateway.playbackToken({ name: 'closed', expiresAt, viewer: 'ann' });
    await watch(`/live/closed/t/${token}/main.m3u8?CMCD=sid%3D%22ann%22%2Cbl%3D777`, 'agent');
    expect((await viewersOf('closed')).viewers).toContainEqual(expect.objectContaining({ bufferMs: 777 }));
  });
});

test('operators who follow the stream see the viewer, the latency and each stall in its second', async () => {
  await goLive(open, 'followed');
  await watch('/live/followed/main.m3u8', 'followed');
  const headers = { 'user-agent': 'followed' };
  const line = 'v=2,sid="f",cid="followed",e=t,ltc=1700,bsa=(0)';
  expect((await post(line, { headers })).status).toBe(204);
  const abort = new AbortController();
  whenDone(() => abort.abort());
  const { body } = await fetch(open.url('/api/v1/streams/followed/events'), { signal: abort.signal });
  const seen = { rows: 0, latencyMs: 0, stalls: 0, measuredViewers: 0 };
  let shown = '';
  for await (const chunk of body ?? []) {
    shown += Buffer.from(chunk).toString();
    const blocks = shown.split('\n\n');
    shown = blocks.pop() ?? '';
    for (const block of blocks) {
      const message = JSON.parse(block.slice(block.indexOf('data: ') + 6)) as Followed;
      if (message.op === 'snapshot') {
        seen.rows = message.viewers.filter(({ kind }) => kind === 'measured').length;
        seen.latencyMs = message.card.latencyP50Ms ?? 0;
        expect((await post(line.replace('bsa=(0)', 'bsa=(1)'), { headers })).status).toBe(204);
      } else if (message.op === 'detail') {
        seen.stalls += message.d.stalls ?? 0;
        seen.measuredViewers = message.d.measuredViewers ?? 0;
      }
    }
    if (seen.stalls > 0) break;
  }
  expect(seen).toEqual({ rows: 1, latencyMs: 1_700, stalls: 1, measuredViewers: 1 });
});

test('viewers are listed in pages', async () => {
  const all = await viewersOf('show');
  const ids: unknown[] = [];
  let after = '';
  for (let pages = 0; pages <= all.viewers.length; pages += 1) {
    const response = await fetch(open.url(`/api/v1/streams/show/viewers?limit=1${after}`));
    const page = (await response.json()) as Viewers;
    ids.push(...page.viewers.map(({ id }) => id));
    if (page.next === undefined) break;
    after = `&after=${page.next}`;
  }
  expect(ids).toEqual(all.viewers.map(({ id }) => id));
  expect(new Set(all.viewers.map(({ kind }) => kind))).toEqual(new Set(['measured', 'counted']));
  const players = all.viewers.reduce((sum, { count }) => sum + Number(count), 0);
  expect(players).toBe(all.counted);
  expect((await fetch(open.url('/api/v1/streams/nobody/viewers'))).status).toBe(404);
});

test('reports can be switched off: players are told to stop, and pages do not report', async () => {
  const off = await openGateway({ viewers: { reports: 'off' } });
  await goLive(off, 'show');
  expect((await post('v=2,sid="a",cid="show",e=t', {}, '/cmcd', off)).status).toBe(410);
  const url = off.url('/live/show/main.m3u8?CMCD=sid%3D%22a%22');
  expect((await fetch(url)).status).toBe(200);
  expect(await viewersOf('show', off)).toEqual({
    counted: 1,
    viewers: [expect.objectContaining({ kind: 'counted', count: 1 })],
  });
  const detail = (await (await fetch(off.url('/api/v1/streams/show'))).json()) as object;
  expect(detail).not.toHaveProperty('reports');
  expect(await (await fetch(open.url('/api/v1/streams/show'))).json()).toMatchObject({ reports: 'cmcd' });
});

test('an address that reports too often is refused', async () => {
  const limited = await openGateway({ http: { exemptNetworks: [] } });
  await goLive(limited, 'show');
  const body = 'v=2,sid="a",cid="show",e=t\n'.repeat(50);
  const statuses = new Set<number>();
  for (let at = 0; at < 60 && !statuses.has(429); at += 1)
    statuses.add((await post(body, {}, '/cmcd', limited)).status);
  expect([...statuses]).toEqual([204, 429]);
  await limited.log.until((line) => line['code'] === 'too_many_reports_from_address');
});
