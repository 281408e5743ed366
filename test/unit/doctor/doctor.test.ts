// The doctor in a gateway: where an issue shows, what a test publish may and may not do, and who keeps coming back.
import { expect, test } from 'vitest';
import { Reconnects } from '../../../server/doctor/reconnects.ts';
import { KEPT_MS, MAX_REPORTS, TestReports } from '../../../server/doctor/test-reports.ts';
import type { HealthNews } from '../../../server/index.ts';
import { LiveStream } from '../../../server/live/live-stream.ts';
import type { Clip } from '../../../server/relay/clip-loop.ts';
import type { EncoderReport, Health, Issue } from '../../../server/stats/operator-message.ts';
import { publishReporting } from '../../support/bpm-clip.ts';
import { clockOf } from '../../support/clock.ts';
import { SocketClient } from '../../support/socket-client.ts';
import { goLive, openGateway, startSource, tinyClip } from '../gateway-fixture.ts';
import { connectEncoder } from '../ingest/raw-encoder.ts';

/** Eight seconds of the clip, with its first key frame only. */
function withOneKeyFrame({ tags, durationMs }: Clip): Clip {
  const twice = [...tags, ...tags.map((tag) => ({ ...tag, timestamp: tag.timestamp + durationMs }))];
  let keys = 0;
  const kept = twice.filter(({ kind, body }) => {
    // FLV's frame type 1, and a packet with a picture.
    const isKey = kind === 'video' && body[1] === 1 && (body[0] ?? 0) >> 4 === 1;
    if (isKey) keys += 1;
    return !isKey || keys === 1;
  });
  return { tags: kept, durationMs: 2 * durationMs };
}

const json = async (url: string): Promise<unknown> => (await fetch(url)).json();

test('an issue is in the API, the report, the messages for operators, the metrics, the log, and an event', async () => {
  const open = await openGateway();
  const raised = new Promise<HealthNews>((resolve) =>
    open.gateway.on('stream:health', (name, event) => {
      if (name === 'long' && event.issue.code === 'gopLong') resolve(event);
    }),
  );
  await goLive(open, 'long', 6_000, withOneKeyFrame(tinyClip));
  const news = await raised;
  expect(news).toMatchObject({
    issue: { code: 'gopLong', severity: 'error' },
    isCleared: false,
  });
  const health = (await json(open.url('/api/v1/streams/long/health'))) as Health;
  expect(health).toMatchObject({
    summary: expect.any(String),
  });
  expect(health.issues.map(({ code }) => code)).toContain('gopLong');
  const report = (await json(open.url('/api/v1/streams/long/report'))) as { health: Health };
  expect(report.health.issues.map(({ code }) => code)).toContain('gopLong');
  expect(await (await fetch(open.url('/metrics'))).text()).toMatch(
    /^sluice_health_issues\{stream="long",severity="error"\} [1-9]/m,
  );
  const events = await fetch(open.url('/api/v1/streams/long/events'));
  const reader = events.body?.pipeThrough(new TextDecoderStream()).getReader();
  let told = '';
  while (!told.includes('"code":"gopLong"')) told += (await reader?.read())?.value ?? '';
  await reader?.cancel();
  const line = await open.log.until((each) => each['issue'] === 'gopLong');
  expect(line).toMatchObject({ stream: 'long', severity: 'error', fix: news.issue.fix.generic });
  expect((await fetch(open.url('/api/v1/streams/nobody/health'))).status).toBe(404);
});

test('a test publish is judged, cannot be watched, is not listed, and leaves the name free', async () => {
  const open = await openGateway();
  const heard: string[] = [];
  for (const state of ['connecting', 'starting', 'live', 'ended'] as const)
    open.gateway.on(`stream:${state}`, (name: string) => void heard.push(`${name} ${state}`));
  const trial = await startSource(open.rtmpPort, 'show?test=1');
  const { report: page, stream } = await open.log.until((line) => 'report' in line);
  expect(page).toBe(open.url(`/tests/${stream}`));
  const report = open.url(`/api/v1/tests/${stream}`);
  expect(stream).toMatch(/^test-[a-z2-7]{20}$/);
  expect(await json(report)).toMatchObject({ id: stream, stream: 'show', health: { verdict: 'noData' } });
  trial.sendUntil(5_000);
  await expect.poll(() => json(report), { timeout: 10_000 }).toMatchObject({ past: [], numbers: {} });

  const playlist = await fetch(open.url(`/live/${stream}/index.m3u8`));
  expect(playlist.status).toBe(404);
  expect(await playlist.json()).toMatchObject({ title: 'This is a test' });
  expect(await json(open.url('/api/v1/streams'))).toEqual({ streams: [] });
  expect(open.gateway.streams()).toEqual([]);
  const client = await SocketClient.open(open.url('/ws/v1'));
  client.send({ op: 'sub', topic: 'streams' });
  expect((await client.next('streams')).streams).toMatchObject([{ name: stream, testOf: 'show' }]);
  expect(await json(open.url(`/api/v1/streams/${stream}`))).toMatchObject({
    isTest: true,
    state: 'starting',
  });
  expect(await (await fetch(open.url('/metrics'))).text()).not.toContain(String(stream));

  await goLive(open, 'show');
  expect(heard).toEqual(['show connecting', 'show starting', 'show live']);
  trial.publisher.close();
  await open.log.until((line) => line['stream'] === stream && line['state'] === 'ended');
  await expect
    .poll(async () => await json(report))
    .toMatchObject({ stream: 'show', endedAt: expect.any(String), numbers: { width: 96 } });
  expect((await fetch(open.url(`/api/v1/streams/${stream}`))).status).toBe(404);
  expect((await fetch(open.url('/api/v1/tests/test-aaaaaaaaaaaaaaaaaaaa'))).status).toBe(404);
  expect((await fetch(open.url('/api/v1/tests/show'))).status).toBe(404);
});

test('the encoder is told that nobody can watch, and where the report is', async () => {
  const open = await openGateway({ http: { publicUrl: 'https://live.example.org/' } });
  const told: Buffer[] = [];
  const encoder = await connectEncoder(open.rtmpPort, 'show?test=1', {
    onBytes: (bytes) => void told.push(Buffer.from(bytes)),
  });
  await encoder.started;
  const { report } = await open.log.until((line) => 'report' in line);
  expect(report).toMatch(/^https:\/\/live\.example\.org\/tests\/test-[a-z2-7]{20}$/);
  expect(Buffer.concat(told).toString('latin1')).toContain(
    `This is a test: nobody can watch it. Its report: ${report}`,
  );
});

test('a test needs the same key, and a refused one is no test', async () => {
  const open = await openGateway({ keys: { list: [{ name: 'show', key: 'secret-key-of-the-show' }] } });
  await startSource(open.rtmpPort, 'secret-key-of-the-show?test=1');
  expect(await open.log.until((line) => 'report' in line)).toMatchObject({ testOf: 'show' });
  await expect(startSource(open.rtmpPort, 'another-key-of-the-show?test=1')).rejects.toThrow('unknown');
  await startSource(open.rtmpPort, 'secret-key-of-the-show?test=0');
  await open.log.until((line) => line['msg'] === 'publishing' && line['stream'] === 'show');
});

test('publishers that come back are counted for five minutes, unless they had stopped', () => {
  let nowMs = 0;
  const reconnects = new Reconnects({ monotonicMs: () => nowMs });
  const connect = (kind: 'lost' | 'stopped'): void => {
    reconnects.note({ name: 'show', state: 'connecting', endReason: undefined });
    reconnects.note({ name: 'show', state: 'reconnecting', endReason: { kind } });
    nowMs += 10_000;
  };
  for (let round = 0; round < 5; round += 1) connect('stopped');
  expect(reconnects.count('show')).toBe(0);
  connect('lost');
  expect(reconnects.count('show')).toBe(0);
  for (let round = 0; round < 4; round += 1) connect('lost');
  expect(reconnects.count('show')).toBe(4);
  expect(reconnects.count('other')).toBe(0);
  nowMs += 285_000;
  expect(reconnects.count('show')).toBe(1);
  nowMs += 20_000;
  expect(reconnects.count('show')).toBe(0);
});

test('reports about tests are kept for an hour after the end, with what was found, and are few', () => {
  let nowMs = 1_000;
  let stepMs = 0;
  const reports = new TestReports(
    clockOf(
      () => nowMs + stepMs,
      () => nowMs,
    ),
  );
  const streamOf = (name: string) =>
    new LiveStream({
      name,
      testOf: 'show',
      clock: clockOf(() => nowMs),
      onStateChange: () => undefined,
      onSinkFault: () => undefined,
    });
  const issue = { code: 'gopLong', severity: 'error' } as Issue;
  const health = (issues: readonly Issue[]): Health => ({ verdict: 'good', summary: '', issues });
  reports.note(streamOf('test-1'), health([issue]), undefined);
  expect(reports.get('test-1')).toMatchObject({ stream: 'show', past: [], health: { issues: [issue] } });
  reports.note(streamOf('test-1'), health([]), undefined);
  expect(reports.get('test-1')?.past).toEqual([issue]);
  reports.end('test-1');
  nowMs += KEPT_MS;
  stepMs = 1_800_000_000_000;
  expect(reports.get('test-1')?.endedAt).toBe(1_000);
  nowMs += 1;
  expect(reports.get('test-1')).toBeUndefined();
  for (let at = 0; at <= MAX_REPORTS; at += 1) reports.note(streamOf(`test-${at}`), health([]), undefined);
  expect(reports.get('test-0')).toBeUndefined();
  expect(reports.get(`test-${MAX_REPORTS}`)).toBeDefined();
});

test('what the encoder reports about itself is in the report and in the messages for operators', async () => {
  const open = await openGateway();
  const { publisher } = await startSource(open.rtmpPort, 'talks');
  publishReporting(tinyClip, publisher, () => ({
    times: { composedAt: Date.now() - 300, interleavedAt: Date.now() - 20 },
    counts: { rendered: 100, lagged: 40, input: 100, output: 100 },
  }));
  const line = await open.log.until((each) => each['issue'] === 'renderLag');
  expect(line).toMatchObject({ stream: 'talks', severity: 'error' });
  const report = (await json(open.url('/api/v1/streams/talks/report'))) as { encoderReport: EncoderReport };
  const { captureMs = 0, ...said } = report.encoderReport;
  expect(said).toMatchObject({ skipped: 0, dropped: 0, encodeMs: 280 });
  expect(said.lagged).toBe(0.4 * said.rendered);
  expect(captureMs).toBeGreaterThanOrEqual(300);
  const client = await SocketClient.open(open.url('/ws/v1'));
  client.send({ op: 'sub', topic: 'detail', name: 'talks' });
  for (const op of ['snapshot', 'detail'] as const)
    expect(await client.next(op)).toMatchObject({
      encoderReport: { encodeMs: 280 },
      health: { issues: [{ code: 'renderLag' }] },
    });
});

test('tests take no place of a stream, and have a limit of their own', async () => {
  const open = await openGateway({ stream: { maxStreams: 1, maxTests: 1 } });
  await startSource(open.rtmpPort, 'show?test=1');
  await expect(startSource(open.rtmpPort, 'show?test=1')).rejects.toThrow('at most 1 tests may run');
  await goLive(open, 'show');
  await expect(startSource(open.rtmpPort, 'other')).rejects.toThrow('stream.max-streams');
});
