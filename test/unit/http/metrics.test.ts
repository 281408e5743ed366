// `/metrics`: what Prometheus reads from a gateway that carries media, and who may read it.
import { describe, expect, test } from 'vitest';
import type { LiveStream } from '../../../server/live/live-stream.ts';
import { HlsCounts } from '../../../server/stats/hls-counts.ts';
import { familiesOf } from '../../../server/stats/metric-families.ts';
import { acceptsOpenMetrics } from '../../../server/stats/open-metrics.ts';
import { MAX_NAMED_STREAMS } from '../../../server/stats/per-stream-families.ts';
import { goLive, type OpenGateway, openGateway, startSource } from '../gateway-fixture.ts';

/** `name{labels}` and the value of each sample. */
async function scrape(open: OpenGateway): Promise<Map<string, number>> {
  const response = await fetch(open.url('/metrics'));
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
  const lines = (await response.text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => {
      const at = line.lastIndexOf(' ');
      return [line.slice(0, at), Number(line.slice(at + 1))];
    }),
  );
}

test('a stream, its viewers and the end of its publisher are told', async () => {
  const open = await openGateway();
  expect((await scrape(open)).get('sluice_streams{state="live"}')).toBe(0);
  const source = await goLive(open, 'show', 2_500);
  const playlist = await fetch(open.url('/live/show/main.m3u8'));
  expect(playlist.status).toBe(200);
  const { length } = await playlist.text();
  await (await fetch(open.url('/live/show/none.m4s'))).text();

  const live = await scrape(open);
  expect(live.get('sluice_streams{state="live"}')).toBe(1);
  expect(live.get('sluice_viewers{stream="show"}')).toBe(1);
  expect(live.get('sluice_ingest_frames_total{stream="show",type="video"}')).toBeGreaterThan(50);
  expect(live.get('sluice_ingest_bytes_total{stream="show",type="audio"}')).toBeGreaterThan(1_000);
  expect(live.get('sluice_ingest_key_frame_interval_seconds{stream="show"}')).toBe(1);
  expect(live.get('sluice_stream_memory_bytes{stream="show"}')).toBeGreaterThan(10_000);
  expect(live.get('sluice_rtmp_connections')).toBe(1);
  expect(live.get('sluice_hls_requests_total{content="playlist",result="ready"}')).toBe(1);
  expect(live.get('sluice_hls_requests_total{content="none",result="no-file"}')).toBe(1);
  expect(live.get('sluice_http_sent_bytes_total')).toBeGreaterThan(length);

  const ended = open.log.until((line) => line['msg'] === 'rtmp connection closed');
  await source.publisher.close();
  const { code } = await ended;
  expect((await scrape(open)).get(`sluice_rtmp_events_total{code="${String(code)}"}`)).toBe(1);
});

test('a request that waits for media is counted while it waits, and its time when it is answered', async () => {
  const open = await openGateway();
  await scrape(open);
  const source = await goLive(open, 'show', 2_500);
  const text = await (await fetch(open.url('/live/show/main.m3u8'))).text();
  const newest = Number(/#EXT-X-MEDIA-SEQUENCE:(\d+)/.exec(text)?.[1]) + text.split('#EXTINF').length - 1;
  const held = fetch(open.url(`/live/show/main.m3u8?_HLS_msn=${newest + 1}`));
  while ((await scrape(open)).get('sluice_hls_waiting') !== 1) await new Promise(setImmediate);
  source.sendUntil(12_000);
  expect((await held).status).toBe(200);
  const after = await scrape(open);
  expect(after.get('sluice_hls_waiting')).toBe(0);
  expect(after.get('sluice_hls_hold_seconds_count')).toBe(1);
});

test('what a publisher is refused for has its code', async () => {
  const open = await openGateway();
  await goLive(open, 'show', 2_500);
  await expect(startSource(open.rtmpPort, 'show')).rejects.toThrow();
  await open.log.untilClosed('name_taken');
  expect((await scrape(open)).get('sluice_rtmp_events_total{code="name_taken"}')).toBe(1);
});

test('a proxy is refused, whoever it asks for', async () => {
  const open = await openGateway();
  for (const header of ['forwarded', 'x-forwarded-for', 'x-real-ip']) {
    const response = await fetch(open.url('/metrics'), { headers: { [header]: '192.0.2.7' } });
    expect(response.status).toBe(403);
    expect(await response.json()).toMatchObject({ title: 'Not for the public' });
  }
});

test.each([
  ['names a private client', { forwarded: 'for=10.1.2.3' }, 200],
  ['names a public client', { forwarded: 'for=203.0.113.7' }, 403],
  ['does not know its client', { forwarded: 'for=unknown' }, 403],
  ['names its client in another header than the trusted one', { 'x-forwarded-for': '203.0.113.7' }, 403],
  ['is no proxy, but runs beside one', {}, 200],
])('a trusted peer that %s', async (_who, headers, status) => {
  const open = await openGateway({ proxies: { trusted: ['127.0.0.1'], header: 'forwarded' } });
  expect((await fetch(open.url('/metrics'), { headers })).status).toBe(status);
});

test.each([
  ['names a private client', 'for=10.1.2.3, for=10.9.9.9', 200],
  ['names a public client', 'for=203.0.113.7, for=10.9.9.9', 403],
  ['does not know its client', 'for=unknown, for=10.9.9.9', 403],
  ['names nobody', 'for=10.9.9.9', 403],
])('the first of two trusted proxies, which %s', async (_what, forwarded, status) => {
  const open = await openGateway({ proxies: { trusted: ['127.0.0.1', '10.9.9.9'], header: 'forwarded' } });
  expect((await fetch(open.url('/metrics'), { headers: { forwarded } })).status).toBe(status);
});

test('streams beyond the first have one series together', () => {
  const streams = Array.from({ length: MAX_NAMED_STREAMS + 3 }, (_, at) => ({
    name: `s${at}`,
    state: 'live',
    memory: { usedBytes: 10 },
    counters: { tracks: () => [{ kind: 'video', bytes: 1, samples: 1, keyFrameIntervalMs: 2_000 }] },
  }));
  const families = familiesOf({
    version: '1',
    streams: () => streams as unknown as readonly LiveStream[],
    viewers: () => 2,
    memory: { usedBytes: 0, maxBytes: 1 },
    hls: new HlsCounts(),
    rtmp: { connectionCount: 0, totals: () => [] },
    http: { connectionCount: 0, sentBytes: 0, refusals: () => [] },
    eventStreams: () => 0,
    webSockets: () => 0,
  });
  const valuesOf = (name: string) => [...(families.find((family) => family.name === name)?.read() ?? [])];
  const viewers = valuesOf('sluice_viewers');
  expect(viewers).toHaveLength(MAX_NAMED_STREAMS + 1);
  expect(viewers.at(-1)).toEqual([{ stream: '(other)' }, 6]);
  expect(valuesOf('sluice_ingest_bytes_total').at(-1)).toEqual([{ stream: '(other)', type: 'video' }, 3]);
  expect(valuesOf('sluice_ingest_key_frame_interval_seconds')).toHaveLength(MAX_NAMED_STREAMS);
});

describe('OpenMetrics', () => {
  const ACCEPT = 'application/openmetrics-text;version=1.0.0;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1';
  const ask = async (open: OpenGateway, accept: string) => {
    const response = await fetch(open.url('/metrics'), { headers: { accept } });
    return { type: response.headers.get('content-type'), text: await response.text() };
  };
  const samplesOf = (text: string): string[] =>
    text.split('\n').filter((line) => /^(?:sluice_http|sluice_limit)/.test(line));

  test('is for clients that ask for it, and the text format stays as it was', async () => {
    const open = await openGateway();
    const before = await ask(open, 'text/plain');
    const { type, text } = await ask(open, ACCEPT);
    expect(type).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8');
    expect(text.endsWith('\n# EOF\n')).toBe(true);
    expect(text).not.toContain('\n\n');
    // Families of counters have no suffix, their samples have it.
    expect(text).toContain('# TYPE sluice_limit_met counter\nsluice_limit_met_total{');
    expect(text).not.toMatch(/^# (?:TYPE|HELP) \S+_total /m);
    const after = await ask(open, '*/*');
    expect(after.type).toContain('text/plain; version=0.0.4');
    expect(after.text).toContain('# TYPE sluice_limit_met_total counter\n');
    expect(samplesOf(text).map((line) => line.split(' ')[0])).toEqual(
      samplesOf(before.text).map((line) => line.split(' ')[0]),
    );
  });

  test.each([
    ['application/openmetrics-text;version=1.0.0', true],
    ['text/plain, application/openmetrics-text; version=1.0.0; q=0.5', true],
    ['application/openmetrics-text;q=0, text/plain', false],
    ['text/plain;version=0.0.4', false],
    [undefined, false],
  ])('Accept: %s', (accept, isAccepted) => {
    expect(acceptsOpenMetrics(accept)).toBe(isAccepted);
  });
});
