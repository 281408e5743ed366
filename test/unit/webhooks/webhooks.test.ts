// Webhooks: each event signed and in order, retries on a simulated clock, receivers of every kind, and a restart.
import { EventEmitter } from 'node:events';
import { copyFileSync, readdirSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import path from 'node:path';
import { Webhook } from 'standardwebhooks';
import { expect, test, vi } from 'vitest';
import { EventLog } from '../../../server/event-log.ts';
import type { GatewayEvents } from '../../../server/gateway-events.ts';
import type { WebhookRecord } from '../../../server/settings/hook-settings.ts';
import { WEBHOOK_EVENT_TYPES } from '../../../server/settings/hook-settings.ts';
import type { Issue } from '../../../server/stats/operator-message.ts';
import { FolderStore } from '../../../server/store/folder-store.ts';
import type { Store } from '../../../server/store/store.ts';
import { WEBHOOKS_KIND } from '../../../server/webhooks/queue-file.ts';
import { RETRY_DELAYS_MS } from '../../../server/webhooks/retry-schedule.ts';
import { bodySchema, type EventType } from '../../../server/webhooks/webhook-event.ts';
import { Webhooks } from '../../../server/webhooks/webhooks.ts';
import { type Backend, type BackendRequest, startBackend, withStatus } from '../../support/backend.ts';
import { whenDone } from '../../support/cleanup.ts';
import { FakeTime } from '../../support/fake-time.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { CollectedLog } from '../gateway-fixture.ts';

const SECRET = `whsec_${Buffer.alloc(24, 1).toString('base64')}`;
const NEW_SECRET = `whsec_${Buffer.alloc(64, 2).toString('base64')}`;
const ALL = [...WEBHOOK_EVENT_TYPES];
const ISSUE: Issue = {
  code: 'gopLong',
  severity: 'error',
  title: 'Key frames are too far apart',
  observed: 'up to 8.3 s',
  expected: 'a key frame every 2 s',
  fix: { ffmpeg: '-g 60', generic: 'Set the keyframe interval to 2 s.' },
  values: { kind: 'upTo', longestMs: 8_300 },
  fixValues: { obsVersion: 32, fps: 30 },
  since: 1_000,
};
const PUBLISHER = { remoteAddress: '192.0.2.7', encoder: 'OBS' };

type Given = Partial<WebhookRecord> & { readonly maxQueue?: number; readonly time?: FakeTime };

async function sending(url: string, given: Given = {}, store?: Store) {
  const { maxQueue = 1_000, time = new FakeTime(), ...record } = given;
  const log = new CollectedLog();
  const gateway = new EventEmitter<GatewayEvents>();
  const webhooks = new Webhooks({
    records: [{ url, secret: SECRET, ...record }],
    maxQueue,
    viewersIntervalMs: 10_000,
    authorities: undefined,
    clock: time.clock,
    alarm: time.alarm,
    log: log.logger,
    events: new EventLog(log.logger, time.clock, 1_000),
  });
  webhooks.watch(gateway);
  await webhooks.open(store);
  whenDone(() => {
    const closed = webhooks.close();
    time.pass(60_000);
    return closed;
  });
  const at = () => ({ at: time.clock.epochMs(), publisher: PUBLISHER });
  return {
    time,
    log,
    webhooks,
    gateway,
    live: (name: string) => gateway.emit('stream:live', name, { ...at(), codecs: 'avc1' }),
    connecting: (name: string) => gateway.emit('stream:connecting', name, at()),
    stalled: (name: string, silentMs: number) => gateway.emit('stream:stalled', name, { ...at(), silentMs }),
    /** Resolves when this many tries were made and their answers are here. */
    tried: (count: number) => vi.waitFor(() => expect(webhooks.deliveries()).toHaveLength(count), 10_000),
  };
}

/** Checks the signature of a request as its receiver does, and the body by the schema of its type. */
function eventOf(request: BackendRequest | undefined, secret = SECRET) {
  const event = new Webhook(secret).verify(
    request?.body ?? '',
    request?.headers as Record<string, string>,
  ) as { type: EventType; timestamp: string; data: Record<string, unknown> };
  return bodySchema(event.type).strict().parse(event) as typeof event;
}

const idsOf = ({ requests }: Backend) => requests.map(({ headers }) => headers['webhook-id']);
const silences = ({ requests }: Backend, stream: string) =>
  requests
    .map((request) => eventOf(request).data)
    .filter((data) => data['stream'] === stream)
    .map((data) => data['silentMs']);

function newFolder(): string {
  return temporaryFolder('webhooks');
}

test('every event arrives once, signed, in the form of its schema', async () => {
  const backend = await startBackend(withStatus(204));
  const { gateway, time, webhooks, tried } = await sending(backend.url, { events: ALL });
  const at = { at: time.clock.epochMs(), publisher: PUBLISHER };
  gateway.emit('stream:connecting', 'show', at);
  gateway.emit('stream:starting', 'show', at);
  gateway.emit('stream:live', 'show', { ...at, codecs: 'avc1.42c00c,mp4a.40.2' });
  webhooks.countViewers(() => 7);
  gateway.emit('stream:stalled', 'show', { ...at, silentMs: 3_000 });
  const reason = { kind: 'refused', code: 'no_media', detail: 'nothing came' } as const;
  gateway.emit('stream:reconnecting', 'show', {
    ...at,
    reason,
    publishedMs: 5_000,
    graceEndsAt: at.at + 15_000,
  });
  gateway.emit('stream:health', 'show', { ...at, issue: ISSUE, isCleared: false, verdict: 'bad' });
  gateway.emit('stream:ended', 'show', { ...at, reason: { kind: 'lost' }, mediaMs: 5_000 });
  gateway.emit('publish:refused', { code: 'unknown_key', reason: 'unknown', remoteAddress: '192.0.2.9' });
  await tried(8);
  const events = backend.requests.map((request) => eventOf(request));
  const ofShow = events.filter(({ data }) => data['stream'] === 'show');
  expect(ofShow.map(({ type }) => type)).toEqual([
    'stream.connecting',
    'stream.live',
    'viewers.count',
    'stream.stalled',
    'stream.reconnecting',
    'stream.health_changed',
    'stream.ended',
  ]);
  expect(ofShow[5]?.data).toMatchObject({ stream: 'show', issue: ISSUE, isCleared: false, verdict: 'bad' });
  expect(ofShow[0]).toEqual({
    type: 'stream.connecting',
    timestamp: new Date(at.at).toISOString(),
    data: { stream: 'show', publisher: { address: '192.0.2.7', encoder: 'OBS' } },
  });
  expect(ofShow[2]?.data).toEqual({ stream: 'show', viewers: 7 });
  expect(events.find(({ type }) => type === 'stream.rejected')?.data).toEqual({
    code: 'unknown_key',
    reason: 'unknown',
    address: '192.0.2.9',
    more: 0,
  });
  expect(new Set(idsOf(backend)).size).toBe(8);
  await backend.untilNoSockets();
  expect(webhooks.endpoints()).toMatchObject([{ delivered: 8, failed: 0, lost: 0, waiting: 0 }]);
});

test('a receiver gets the events and the streams that it lists', async () => {
  const backend = await startBackend(withStatus(200));
  const { gateway, live, connecting, tried, webhooks } = await sending(backend.url, {
    events: ['stream.live', 'stream.rejected'],
    streams: ['show'],
  });
  connecting('show');
  live('other');
  webhooks.countViewers(() => 1);
  gateway.emit('publish:refused', { code: 'x', reason: 'y', remoteAddress: '192.0.2.9' });
  gateway.emit('publish:refused', {
    code: 'key_expired',
    reason: 'y',
    remoteAddress: '192.0.2.9',
    name: 'show',
  });
  live('show');
  await tried(2);
  expect(backend.requests.map((request) => eventOf(request).type)).toEqual([
    'stream.rejected',
    'stream.live',
  ]);
});

test('a secret that is replaced signs beside the old one', async () => {
  const backend = await startBackend(withStatus(200));
  const { live, tried } = await sending(backend.url, { secret: `${NEW_SECRET} ${SECRET}` });
  live('show');
  await tried(1);
  const [request] = backend.requests;
  expect(eventOf(request, SECRET)).toEqual(eventOf(request, NEW_SECRET));
  expect(() => eventOf(request, `whsec_${Buffer.alloc(24, 3).toString('base64')}`)).toThrow(
    'No matching signature',
  );
});

test('a receiver that is down for ten minutes gets everything, in order', async () => {
  const backend = await startBackend(withStatus(200));
  const { port } = backend;
  await backend.stop();
  const { time, connecting, live, stalled, webhooks, log } = await sending(backend.url);
  for (const name of ['one', 'two']) connecting(name);
  // Each failure sets the time of the next try; the time goes on only when the receiver was tried.
  const settled = () => vi.waitFor(() => expect(time.nextMs).toBeDefined(), 10_000);
  const endAt = time.clock.epochMs() + 600_000;
  for (let silentMs = 1; time.clock.epochMs() < endAt; silentMs += 1) {
    for (const name of ['one', 'two']) stalled(name, silentMs);
    const before = webhooks.deliveries().length;
    await settled();
    const wait = Math.min(time.nextMs ?? 0, 20_000);
    const rings = wait === time.nextMs;
    time.pass(wait);
    if (rings) await vi.waitFor(() => expect(webhooks.deliveries().length).toBeGreaterThan(before), 10_000);
  }
  for (const name of ['one', 'two']) live(name);
  const waiting = webhooks.endpoints()[0]?.waiting ?? 0;
  expect(waiting).toBeGreaterThan(60);
  expect(webhooks.endpoints()).toMatchObject([{ delivered: 0, lost: 0 }]);
  expect(log.lines.filter(({ msg }) => msg === 'a webhook failed').length).toBeGreaterThan(3);
  const back = await startBackend(withStatus(200), port);
  await settled();
  time.pass(2_000_000);
  await back.untilRequests(waiting);
  await vi.waitFor(
    () => expect(webhooks.endpoints()).toMatchObject([{ delivered: waiting, waiting: 0 }]),
    10_000,
  );
  expect(back.requests).toHaveLength(waiting);
  for (const name of ['one', 'two']) {
    const silent = silences(back, name);
    const count = silent.length - 2;
    expect(silent).toEqual([undefined, ...Array.from({ length: count }, (_, at) => at + 1), undefined]);
  }
});

test('retries follow the schedule, with the same id and a new timestamp; then the event is lost, and counted', async () => {
  const backend = await startBackend(withStatus(503));
  const { time, live, stalled, tried, webhooks, log } = await sending(backend.url);
  live('show');
  await tried(1);
  for (const [at, delayMs] of RETRY_DELAYS_MS.entries()) {
    const waitMs = time.nextMs ?? 0;
    expect(Math.abs(waitMs - delayMs)).toBeLessThanOrEqual(delayMs * 0.1);
    time.pass(waitMs - 1);
    expect(backend.requests).toHaveLength(at + 1);
    time.pass(1);
    await tried(at + 2);
    expect(eventOf(backend.requests.at(-1)).type).toBe('stream.live');
  }
  expect(new Set(idsOf(backend)).size).toBe(1);
  expect(new Set(backend.requests.map(({ headers }) => headers['webhook-timestamp'])).size).toBe(9);
  expect(webhooks.endpoints()).toMatchObject([{ delivered: 0, failed: 9, lost: 1, waiting: 0 }]);
  expect(webhooks.deliveries()[0]).not.toHaveProperty('nextTryAt');
  await log.untilMessage('a webhook failed at every try: an event is lost');
  // The next event is sent at once.
  backend.answerWith(withStatus(200));
  stalled('show', 5);
  await tried(10);
  expect(webhooks.endpoints()).toMatchObject([{ delivered: 1 }]);
});

test.each([
  ['a redirect', withStatus(302, '', { location: '/elsewhere' }), 'status 302'],
  ['a permanent redirect', withStatus(308, '', { location: '/elsewhere' }), 'status 308'],
  ['a client error', withStatus(404), 'status 404'],
  ['a server error', withStatus(500, 'x'.repeat(100_000)), 'status 500'],
  [
    'a cut connection',
    (_request: BackendRequest, response: ServerResponse) => void response.destroy(),
    'connection failed',
  ],
])('is a failure, and leaves no socket: %s', async (_what, answer, fault) => {
  const backend = await startBackend(answer);
  const { live, tried, webhooks, time } = await sending(backend.url);
  live('show');
  await tried(1);
  await backend.untilNoSockets();
  expect(webhooks.deliveries()).toMatchObject([
    { result: 'failed', fault: expect.stringContaining(fault), attempt: 1 },
  ]);
  expect(backend.requests.map(({ url }) => url)).toEqual(['/hook']);
  expect(time.nextMs).toBeGreaterThan(4_000);
});

test('a body without an end is not read: the status counts', async () => {
  const backend = await startBackend((_request, response) => {
    response.writeHead(200);
    const more = (): void => {
      while (!response.destroyed && response.write(Buffer.alloc(65_536)));
    };
    response.on('drain', more);
    more();
  });
  const { live, tried, webhooks } = await sending(backend.url);
  live('show');
  await tried(1);
  expect(webhooks.deliveries()).toMatchObject([{ result: 'delivered', status: 200 }]);
  await backend.untilNoSockets();
});

test('410 ends it: what waits is lost and counted, and nothing more is sent', async () => {
  const backend = await startBackend(withStatus(410));
  const { live, stalled, tried, webhooks, log, time } = await sending(backend.url);
  live('show');
  stalled('show', 1);
  await tried(1);
  await vi.waitFor(() => expect(webhooks.endpoints()).toMatchObject([{ isGone: true, waiting: 0, lost: 2 }]));
  live('show');
  live('other');
  time.pass(60_000);
  expect(time.nextMs).toBeUndefined();
  expect(backend.requests).toHaveLength(1);
  await log.untilMessage('a webhook answered 410 Gone: it gets nothing more until the gateway starts again');
});

test('a stream waits for its own events only', async () => {
  const held: ServerResponse[] = [];
  const backend = await startBackend((request, response) => {
    if (request.body.includes('"slow"')) held.push(response);
    else response.end();
  });
  const { stalled, tried, webhooks } = await sending(backend.url);
  stalled('slow', 1);
  stalled('slow', 2);
  for (let silentMs = 1; silentMs <= 3; silentMs += 1) stalled('quick', silentMs);
  await tried(3);
  expect(silences(backend, 'quick')).toEqual([1, 2, 3]);
  expect(silences(backend, 'slow')).toEqual([1]);
  held[0]?.end();
  await vi.waitFor(() => expect(held).toHaveLength(2));
  held[1]?.end();
  await tried(5);
  expect(silences(backend, 'slow')).toEqual([1, 2]);
  expect(webhooks.endpoints()).toMatchObject([{ waiting: 0 }]);
});

test('at most four requests are open, and streams take turns', async () => {
  const held: ServerResponse[] = [];
  const backend = await startBackend((_request, response) => void held.push(response));
  const { live, stalled, tried } = await sending(backend.url);
  for (let at = 0; at < 6; at += 1) {
    live(`s${at}`);
    stalled(`s${at}`, 1);
  }
  await backend.untilRequests(4);
  for (let done = 0; done < 12; done += 1) {
    await vi.waitFor(() => expect(held.length).toBeGreaterThan(done));
    expect(held.length - done).toBeLessThanOrEqual(4);
    held[done]?.end();
  }
  await tried(12);
  const order = backend.requests.map((request) => `${eventOf(request).data['stream']}`);
  expect([...order.slice(0, 6)].sort()).toEqual(['s0', 's1', 's2', 's3', 's4', 's5']);
});

test('a full queue loses the oldest, lesser events first; the loss is counted and logged', async () => {
  const backend = await startBackend(withStatus(500));
  const { gateway, live, stalled, tried, webhooks, log, time } = await sending(backend.url, { maxQueue: 10 });
  live('show');
  await tried(1);
  gateway.emit('publish:refused', { code: 'x', reason: 'y', remoteAddress: '192.0.2.9' });
  await tried(2);
  for (let silentMs = 1; silentMs <= 11; silentMs += 1) stalled('show', silentMs);
  expect(webhooks.endpoints()).toMatchObject([{ waiting: 10, lost: 3 }]);
  expect(log.lines.filter(({ msg }) => String(msg).startsWith('the queue')).map(({ type }) => type)).toEqual([
    'stream.rejected',
    'stream.live',
    'stream.stalled',
  ]);
  backend.answerWith(withStatus(200));
  time.pass(6_000);
  await vi.waitFor(() => expect(webhooks.endpoints()).toMatchObject([{ waiting: 0 }]));
  expect(silences(backend, 'show').slice(1)).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
});

test('the number of viewers is sent when it has changed, and a newer one replaces what waits', async () => {
  const backend = await startBackend(withStatus(500));
  const { connecting, webhooks, time, tried } = await sending(backend.url, { events: ['viewers.count'] });
  connecting('show');
  webhooks.countViewers(() => 0);
  time.pass(10_000);
  webhooks.countViewers(() => 3);
  await tried(1);
  for (const viewers of [4, 5]) {
    // Within the interval nothing is counted.
    webhooks.countViewers(() => 99);
    time.pass(viewers === 4 ? 4_000 : 10_000);
    if (viewers === 4) continue;
    webhooks.countViewers(() => viewers);
  }
  expect(webhooks.endpoints()).toMatchObject([{ waiting: 1 }]);
  backend.answerWith(withStatus(200));
  time.pass(120_000);
  await vi.waitFor(() => expect(webhooks.endpoints()).toMatchObject([{ waiting: 0 }]));
  expect(eventOf(backend.requests.at(-1)).data).toEqual({ stream: 'show', viewers: 5 });
});

test('refusals have ten events at once and one a second, and the next one counts the others', async () => {
  const backend = await startBackend(withStatus(200));
  const { gateway, tried, time } = await sending(backend.url);
  const refuse = () =>
    gateway.emit('publish:refused', { code: 'x', reason: 'y', remoteAddress: '192.0.2.9' });
  for (let count = 0; count < 50; count += 1) refuse();
  time.pass(1_000);
  refuse();
  await tried(11);
  expect(eventOf(backend.requests.at(-1)).data).toMatchObject({ more: 40 });
});

test('a stream without media ends too', async () => {
  const backend = await startBackend(withStatus(200));
  const { connecting, webhooks, tried } = await sending(backend.url);
  connecting('show');
  webhooks.streamRemoved('show', { kind: 'lost' });
  webhooks.streamRemoved('show', { kind: 'lost' });
  await tried(2);
  expect(eventOf(backend.requests.at(-1))).toMatchObject({
    type: 'stream.ended',
    data: { stream: 'show', reason: { kind: 'lost' }, mediaMs: 0 },
  });
});

test('with a data folder, another process sends what waited, in order, and the end of streams that were open', async () => {
  const store = await FolderStore.open(newFolder());
  const backend = await startBackend(withStatus(500));
  const first = await sending(backend.url, {}, store);
  first.connecting('show');
  first.live('show');
  first.stalled('show', 1);
  await first.tried(1);
  await vi.waitFor(async () => {
    first.time.pass(1_000);
    expect((await store.read(WEBHOOKS_KIND))?.endpoints[0]?.events).toMatchObject([
      { failedTries: 1 },
      {},
      {},
    ]);
  }, 10_000);
  const [id] = idsOf(backend);
  backend.requests.length = 0;
  backend.answerWith(withStatus(200));
  // The first one is not closed, and its time stands still: it was killed.
  const second = await sending(backend.url, {}, store);
  await vi.waitFor(() => expect(second.time.nextMs).toBeDefined());
  second.time.pass(10_000);
  await second.tried(4);
  expect(backend.requests.map((request) => eventOf(request).type)).toEqual([
    'stream.connecting',
    'stream.live',
    'stream.stalled',
    'stream.ended',
  ]);
  expect(idsOf(backend)[0]).toBe(id);
  expect(eventOf(backend.requests.at(-1)).data).toEqual({
    stream: 'show',
    reason: { kind: 'restarted' },
  });
});

/** What a gateway leaves that is killed at this moment; a dead process has no locks. */
function copyOf(folder: string): string {
  const copy = newFolder();
  for (const name of readdirSync(folder))
    if (!name.startsWith('.')) copyFileSync(path.join(folder, name), path.join(copy, name));
  return copy;
}

test('an event is kept when its turn of the event loop ends, also while the file is being written', async () => {
  // Never answers the first gateway: a failed delivery would be kept too, with the time of the next one.
  const backend = await startBackend(() => {});
  const folder = newFolder();
  const first = await sending(backend.url, {}, await FolderStore.open(folder));
  first.connecting('show');
  first.live('show');
  const early = copyOf(folder);
  // The file is being written for the first time.
  first.stalled('show', 1);
  const late = copyOf(folder);
  await vi.waitFor(() => expect(readdirSync(folder)).toContain('webhooks.json'));
  first.live('show');
  const last = copyOf(folder);
  await vi.waitFor(() => expect(backend.requests).toHaveLength(1), 10_000);
  backend.answerWith(withStatus(200));
  const sentFrom = async (copy: string, count: number): Promise<string[]> => {
    backend.requests.length = 0;
    const { tried } = await sending(backend.url, {}, await FolderStore.open(copy));
    await tried(count);
    return backend.requests.map((request) => eventOf(request).type);
  };
  const begin = ['stream.connecting', 'stream.live'];
  expect(await sentFrom(early, 3)).toEqual([...begin, 'stream.ended']);
  expect(await sentFrom(late, 4)).toEqual([...begin, 'stream.stalled', 'stream.ended']);
  expect(await sentFrom(last, 5)).toEqual([...begin, 'stream.stalled', 'stream.live', 'stream.ended']);
});

test('events after a restart are kept too, though the journal was emptied before it', async () => {
  const backend = await startBackend(withStatus(200));
  const folder = newFolder();
  const first = await sending(backend.url, {}, await FolderStore.open(folder));
  first.connecting('show');
  await first.tried(1);
  await first.webhooks.close();
  backend.answerWith(withStatus(500));
  const second = await sending(backend.url, {}, await FolderStore.open(folder));
  second.connecting('other');
  const store = await FolderStore.open(copyOf(folder));
  const kept = await store.read(WEBHOOKS_KIND);
  const { entries } = await store.journal(WEBHOOKS_KIND, 0, second.log.logger);
  expect(kept?.journal).toBeGreaterThan(0);
  expect(
    entries.filter(({ number }) => number > (kept?.journal ?? 0)).map(({ value }) => value),
  ).toMatchObject([
    { type: 'stream.ended', stream: 'show' },
    { type: 'stream.connecting', stream: 'other' },
  ]);
});

test('a damaged file is set aside, and what was in the journal is sent', async () => {
  const backend = await startBackend(withStatus(200));
  const folder = newFolder();
  const store = await FolderStore.open(folder);
  const journal = await store.journal(WEBHOOKS_KIND, 7, { error: () => {} });
  const event = {
    id: 'msg_1',
    type: 'stream.connecting',
    stream: 'show',
    body: '{}',
    failedTries: 0,
    dueAt: 0,
  };
  const { endpoint } = { endpoint: (await sending(backend.url)).webhooks.endpoints()[0]?.id ?? '' };
  journal.append({ type: event.type, stream: event.stream, events: [{ endpoint, event }] });
  journal.append({ of: 'a newer version' });
  journal.close();
  writeFileSync(path.join(folder, 'webhooks.json'), '{"format":1,"endp');
  const { tried, webhooks, log } = await sending(backend.url, {}, store);
  await tried(2);
  expect(idsOf(backend)[0]).toBe('msg_1');
  expect(readdirSync(folder).join()).toMatch(/webhooks\.json\.damaged-\d{8}T\d{6}Z/);
  expect(log.texts.join()).toContain('an entry in the journal of webhooks has an unknown form');
  expect(webhooks.waitingCount).toBe(0);
});

test('the file is written at a limited rate, and says what waits when it is closed', async () => {
  const folder = await FolderStore.open(newFolder());
  let writes = 0;
  const store: Store = {
    read: (kind) => folder.read(kind),
    update: (kind, change) => {
      writes += 1;
      return folder.update(kind, change);
    },
    journal: (kind, after, log) => folder.journal(kind, after, log),
  };
  const backend = await startBackend(withStatus(500));
  const { live, webhooks, time } = await sending(backend.url, {}, store);
  for (let at = 0; at < 500; at += 1) live(`s${at}`);
  const closed = webhooks.close();
  time.pass(2_000);
  await closed;
  expect(writes).toBeLessThanOrEqual(4);
  expect((await store.read(WEBHOOKS_KIND))?.endpoints[0]?.events).toHaveLength(500);
});

test('a test is sent at once, once, and is in the log of deliveries', async () => {
  const backend = await startBackend(withStatus(500));
  const { webhooks, log } = await sending(backend.url);
  const [endpoint] = webhooks.endpoints();
  expect(await webhooks.sendTest(endpoint?.id ?? '')).toMatchObject({
    result: 'failed',
    type: 'webhook.test',
    status: 500,
  });
  expect(webhooks.sendTest('wh_none')).toBeUndefined();
  backend.answerWith(withStatus(200));
  expect(await webhooks.sendTest(endpoint?.id ?? '')).toMatchObject({ result: 'delivered' });
  expect(backend.requests.map((request) => eventOf(request).type)).toEqual(['webhook.test', 'webhook.test']);
  expect(webhooks.deliveries()).toHaveLength(2);
  expect(webhooks.endpoints()).toMatchObject([{ waiting: 0 }]);
  expect(log.texts.join()).not.toContain('whsec');
});

test('neither the secret nor the path of the address is told', async () => {
  const backend = await startBackend(withStatus(500));
  const { live, tried, webhooks, log } = await sending(`${backend.url}?key=operators-secret`);
  live('show');
  await tried(1);
  const told = [...log.texts, JSON.stringify([webhooks.endpoints(), webhooks.deliveries()])].join();
  expect(told).toContain(new URL(backend.url).origin);
  expect(told).not.toMatch(/whsec|operators-secret|\/hook/);
});
