// Why a stream has no publisher: the reason that followers get, and how long its place is held.
import { expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { StatusMessage } from '../../../server/stats/stats-message.ts';
import type { StreamDetail } from '../../../server/stats/stream-view.ts';
import { whenDone } from '../../support/cleanup.ts';
import { goLive, type OpenGateway, openGateway, tinyTags, untilState } from '../gateway-fixture.ts';
import { connectEncoder, type RawEncoder } from '../ingest/raw-encoder.ts';

/** Enough for a stream: the clip's first tags, with the configurations. */
async function sendMedia({ raw, session }: RawEncoder): Promise<void> {
  for (const { kind, timestamp, body } of tinyTags.slice(0, 12)) {
    if (kind !== 'script') await raw.write(session[kind](timestamp, body));
  }
}

/** Codec 2 of FLV is Sorenson H.263, annex E.4.3.1. */
async function refusedEncoder(open: OpenGateway): Promise<void> {
  const encoder = await connectEncoder(open.rtmpPort, 'show');
  await encoder.started;
  await encoder.raw.write(encoder.session.video(0, Buffer.from('1200000000', 'hex')));
}

/** The stream as `GET /api/v1/streams/:name` shows it. */
async function statusOf(open: OpenGateway, name: string): Promise<Partial<StreamDetail>> {
  const body: unknown = await (await fetch(open.url(`/api/v1/streams/${name}`))).json();
  return typeof body === 'object' && body !== null ? { ...body } : {};
}

test('a publisher that unpublishes has stopped, and its place is held until the grace is over', async () => {
  const open = await openGateway({ stream: { grace: '15s' } });
  const source = await goLive(open, 'show');
  const gone = untilState(open.gateway, 'show', 'reconnecting');
  source.publisher.close();
  await gone;
  const status = await statusOf(open, 'show');
  expect(status).toMatchObject({ state: 'reconnecting', reason: { kind: 'stopped' } });
  expect(status.graceEndsAt).toBe(Date.parse(String(status.since)) + 15_000);
});

test('a connection that ends without a word is lost, also when the stream has ended', async () => {
  const open = await openGateway({ stream: { grace: '1ms' } });
  const ended = untilState(open.gateway, 'show', 'ended');
  const encoder = await connectEncoder(open.rtmpPort, 'show');
  await encoder.started;
  await sendMedia(encoder);
  encoder.raw.socket.destroy();
  await ended;
  const status = await statusOf(open, 'show');
  expect(status).toMatchObject({ state: 'ended', reason: { kind: 'lost' } });
  expect(status.graceEndsAt).toBeUndefined();
});

test('a publisher whose bytes cannot be read is refused, and the reason is told', async () => {
  const open = await openGateway();
  const gone = untilState(open.gateway, 'show', 'reconnecting');
  const encoder = await connectEncoder(open.rtmpPort, 'show');
  await encoder.started;
  await sendMedia(encoder);
  // SetChunkSize 0 (RTMP 1.0 clause 5.4.1: at least 1).
  await encoder.raw.write(Buffer.from('02000000000004010000000000000000', 'hex'));
  await gone;
  const { reason } = await statusOf(open, 'show');
  expect(reason).toMatchObject({ kind: 'refused', code: 'bad_chunk_size', detail: expect.any(String) });
});

test('a publisher that is refused before its first media leaves no stream behind, and followers learn why', async () => {
  const open = await openGateway();
  const told = new Promise<Partial<StatusMessage>>((resolve) => {
    const socket = new WebSocket(`ws://127.0.0.1:${open.httpPort}/ws/v1`, 'sluice.stats.v1');
    whenDone(() => socket.terminate());
    let hasConnected = false;
    socket.on('open', () => socket.send(JSON.stringify({ op: 'sub', topic: 'status', name: 'show' })));
    socket.on('message', (data) => {
      const message: Partial<StatusMessage> = JSON.parse(String(data));
      if (message.state === 'connecting') hasConnected = true;
      if (message.state === 'offline' && hasConnected) resolve(message);
      else if (message.state === 'offline') void refusedEncoder(open);
    });
  });
  expect(await told).toMatchObject({
    reason: { kind: 'refused', detail: expect.any(String), values: { codec: 'Sorenson H.263' } },
  });
});

test('a publisher that gives way is replaced, until the next one is live', async () => {
  const open = await openGateway({ stream: { takeover: 'newest' } });
  await goLive(open, 'show');
  const second = await connectEncoder(open.rtmpPort, 'show');
  await second.started;
  expect(await statusOf(open, 'show')).toMatchObject({ state: 'connecting', reason: { kind: 'replaced' } });
});

test('a stream that is live has no reason, and tells the age of the whole stream', async () => {
  const open = await openGateway();
  const first = await goLive(open, 'show');
  const { startedAt } = await statusOf(open, 'show');
  const gone = untilState(open.gateway, 'show', 'reconnecting');
  first.publisher.close();
  await gone;
  await goLive(open, 'show');
  const status = await statusOf(open, 'show');
  expect(status).toMatchObject({ state: 'live', startedAt });
  expect(status.reason).toBeUndefined();
});

test('an ended stream has no viewers, and tells how long its media lasted without the grace', async () => {
  const open = await openGateway({ stream: { grace: '2s' } });
  const source = await goLive(open, 'show');
  await fetch(open.url('/live/show/main.m3u8'));
  expect((await statusOf(open, 'show')).viewers).toBe(1);
  const ended = untilState(open.gateway, 'show', 'ended');
  source.publisher.close();
  await ended;
  const status = await statusOf(open, 'show');
  expect(status).toMatchObject({ state: 'ended', viewers: 0 });
  const graceMs = 2_000;
  const lifeMs = Date.parse(String(status.since)) - Date.parse(String(status.startedAt));
  expect(status.mediaMs).toBeLessThanOrEqual(lifeMs - graceMs);
});

test('the answer carries what the status message carries, and the clock it was made by', async () => {
  const open = await openGateway();
  await goLive(open, 'show');
  const status = await statusOf(open, 'show');
  expect(status).toMatchObject({
    name: 'show',
    state: 'live',
    hls: 'live/show/index.m3u8',
    codecs: expect.stringContaining('avc1'),
    targetLatencyMs: expect.any(Number),
    serverTime: expect.any(Number),
  });
});

test('a gateway that stops says so to who follows a stream', async () => {
  const open = await openGateway();
  await goLive(open, 'show');
  const socket = new WebSocket(`ws://127.0.0.1:${open.httpPort}/ws/v1`, 'sluice.stats.v1');
  whenDone(() => socket.terminate());
  const ended = new Promise<Partial<StatusMessage>>((resolve) => {
    socket.on('message', (data) => {
      const message: Partial<StatusMessage> = JSON.parse(String(data));
      if (message.state === 'live') void open.gateway.close();
      if (message.state === 'ended') resolve(message);
    });
  });
  socket.on('open', () => socket.send(JSON.stringify({ op: 'sub', topic: 'status', name: 'show' })));
  expect(await ended).toMatchObject({ reason: { kind: 'draining' } });
});
