// Each operation for operators, over real HTTP on a real gateway with a real publisher. Every answer is checked against the
// OpenAPI document.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { OPERATIONS } from '../../../server/api/operations.ts';
import { createGateway, type GatewayOptions } from '../../../server/app.ts';
import { openToPrivateNetworks } from '../../../server/live/authorizer.ts';
import { ApiClient } from '../../support/api-client.ts';
import { startBackend, withStatus } from '../../support/backend.ts';
import { whenDone } from '../../support/cleanup.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { goLive, type OpenGateway, openGateway, startSource, untilState } from '../gateway-fixture.ts';
import { connectEncoder } from '../ingest/raw-encoder.ts';

type Operated = OpenGateway & { readonly api: ApiClient };

async function operate(options: GatewayOptions = {}): Promise<Operated> {
  const open = await openGateway(options);
  return { ...open, api: await ApiClient.open(open.url('')) };
}

function newFolder(): string {
  return temporaryFolder('api');
}

const auditOf = ({ log }: OpenGateway) => log.lines.filter(({ code }) => code === 'api_write');

describe('streams', () => {
  test('a report has the publisher, its tracks and the last measurement', async () => {
    const { api, ...open } = await operate();
    expect(await api.get('/streams/show/report')).toMatchObject({
      status: 404,
      body: { code: 'no_such_stream', title: 'No such stream' },
    });
    await goLive(open, 'show');
    await expect.poll(async () => (await api.get('/streams/show/report')).body.numbers).toBeDefined();
    const { body } = await api.get('/streams/show/report');
    expect(body).toMatchObject({
      stream: { name: 'show', state: 'live' },
      publisher: { remoteAddress: '127.0.0.1', isConnected: true },
      numbers: { width: 96, height: 54, sampleRate: 44_100 },
      tracks: [
        { id: 'v0', kind: 'video', keyFrameIntervalMs: 1_000 },
        { id: 'a0', kind: 'audio' },
      ],
    });
    expect(body.tracks[0].bytes).toBeGreaterThan(1_000);
  });

  test('a caption is shown in its language, and the log does not have its text', async () => {
    const { api, ...open } = await operate();
    const path = '/streams/show/captions';
    expect(await api.post(path, { text: 'Hello' })).toMatchObject({
      status: 404,
      body: { code: 'no_such_stream' },
    });
    await startSource(open.rtmpPort, 'show');
    expect(await api.post(path, { text: 'Hello' })).toMatchObject({
      status: 409,
      body: { code: 'no_picture' },
    });
    const source = await goLive(open, 'other');
    expect(await api.post('/streams/other/captions', { text: 'Guten Abend', language: 'DE' })).toMatchObject({
      status: 204,
    });
    source.sendUntil(4_000);
    await expect
      .poll(async () => (await api.get('/streams/other')).body.captions)
      .toEqual(['Live captions, German']);
    const playlist = await (await fetch(open.url('/live/other/index.m3u8'))).text();
    expect(playlist).toContain('LANGUAGE="de"');
    for (const body of [
      {},
      { text: '' },
      { text: 'a\n\nb' },
      { text: 'x'.repeat(81) },
      { text: 'x', language: 'no language' },
      { text: 'x', durationMs: 1 },
    ])
      expect(await api.post('/streams/other/captions', body)).toMatchObject({
        status: 400,
        body: { code: 'bad_body' },
      });
    // Every call has its line: one that was accepted and eight that were refused.
    expect(auditOf(open).length).toBe(9);
    expect(JSON.stringify(open.log.lines)).not.toContain('Guten Abend');
  });

  test('reports of all streams come in pages', async () => {
    const { api, ...open } = await operate();
    for (const name of ['b', 'a']) await startSource(open.rtmpPort, name);
    const first = await api.get('/reports?limit=1');
    expect(first.body).toMatchObject({ reports: [{ stream: { name: 'a' } }], next: 'a' });
    const rest = await api.get('/reports?after=a');
    expect(rest.body).toMatchObject({
      reports: [{ stream: { name: 'b', state: 'connecting' }, tracks: [] }],
    });
    expect(rest.body.next).toBeUndefined();
  });

  test('the public list and one stream are as the document says', async () => {
    const { api, ...open } = await operate();
    await goLive(open, 'show');
    expect((await api.get('/streams?limit=1')).body.streams).toMatchObject([{ name: 'show' }]);
    expect((await api.get('/streams?limit=0')).body).toMatchObject({ status: 400, code: 'bad_query' });
    expect((await api.get('/streams/show')).status).toBe(200);
    expect((await api.get('/streams/nobody')).body.detail).toBe('Nobody is publishing this name.');
    expect((await api.get('/info')).status).toBe(200);
  });

  test('a publisher is disconnected with the reason, and may come back', async () => {
    const { api, ...open } = await operate();
    const source = await goLive(open, 'show');
    const reconnecting = untilState(open.gateway, 'show', 'reconnecting');
    expect(await api.post('/streams/show/kick', { reason: 'wrong scene' })).toMatchObject({ status: 204 });
    await reconnecting;
    const words = 'the operator disconnected this publisher: wrong scene';
    expect((await source.publisher.closed)?.message).toContain(words);
    expect(await open.log.untilClosed('kicked')).toMatchObject({ stream: 'show', reason: words });
    expect((await api.get('/streams/show')).body.reason).toEqual({
      kind: 'refused',
      code: 'kicked',
      detail: words,
      values: { reason: 'wrong scene' },
    });
    expect((await api.post('/streams/show/kick')).body).toMatchObject({ status: 409, code: 'no_publisher' });
    expect((await api.post('/streams/none/kick')).body).toMatchObject({
      status: 404,
      code: 'no_such_stream',
    });
    await goLive(open, 'show');
    expect(auditOf(open)).toMatchObject([
      { operation: 'kickPublisher', subject: 'show', who: 'address 127.0.0.1', result: 'done' },
      { operation: 'kickPublisher', subject: 'show', result: 'no_publisher' },
      { operation: 'kickPublisher', subject: 'none', result: 'no_such_stream' },
    ]);
  });

  test('an ended stream has its ENDLIST at once, and its name is closed until an operator opens it', async () => {
    const { api, ...open } = await operate();
    await goLive(open, 'show');
    const ended = untilState(open.gateway, 'show', 'ended');
    expect((await api.post('/streams/show/end', { reason: 'it is over' })).status).toBe(204);
    await ended;
    expect(await (await fetch(open.url('/live/show/main.m3u8'))).text()).toContain('#EXT-X-ENDLIST');
    expect(await open.log.untilClosed('stream_ended')).toMatchObject({
      reason: 'the operator ended this stream: it is over',
    });
    const refused = await (await connectEncoder(open.rtmpPort, 'show')).rejected;
    expect(refused).toMatch(/: the operator ended "show"; it may be published again in (?:300|299) s$/);
    const [closed] = (await api.get('/closed-names')).body.names;
    expect(closed.name).toBe('show');
    expect(Date.parse(closed.until)).toBeGreaterThan(Date.parse('2026-01-01'));
    expect((await api.delete('/closed-names/show')).status).toBe(204);
    expect((await api.delete('/closed-names/show')).body).toMatchObject({
      status: 404,
      code: 'name_not_closed',
    });
    expect((await api.get('/closed-names')).body.names).toEqual([]);
    await goLive(open, 'show');
  });

  test('a stream that is ended for 0 s may be published at once', async () => {
    const { api, ...open } = await operate();
    await goLive(open, 'show');
    expect((await api.post('/streams/show/end', { closedForS: 0 })).status).toBe(204);
    await goLive(open, 'show');
    expect((await api.post('/streams/none/end')).body.code).toBe('no_such_stream');
  });

  test('viewers are counted in all and for each stream, in pages', async () => {
    const { api, ...open } = await operate();
    await goLive(open, 'a');
    await goLive(open, 'b');
    await (await fetch(open.url('/live/b/main.m3u8'))).text();
    expect((await api.get('/viewers')).body).toEqual({
      total: 1,
      streams: [
        { name: 'a', viewers: 0 },
        { name: 'b', viewers: 1 },
      ],
    });
    expect((await api.get('/viewers?limit=1')).body).toEqual({
      total: 1,
      streams: [{ name: 'a', viewers: 0 }],
      next: 'a',
    });
  });
});

describe('publishers', () => {
  test('that were refused are listed with the reason, the newest first, without what they sent', async () => {
    const key = 'a-key-of-thirty-two-characters--';
    const wrong = 'another-key-of-many-characters--';
    const { api, ...open } = await operate({
      keys: { list: [{ name: 'show', key, expires: Date.UTC(2026, 0, 2) }] },
    });
    expect((await api.get('/rejections')).body).toEqual({ rejections: [], isComplete: true });
    await (await connectEncoder(open.rtmpPort, wrong)).rejected;
    await (await connectEncoder(open.rtmpPort, key)).rejected;
    const { body } = await api.get('/rejections');
    expect(body.rejections).toMatchObject([
      { code: 'key_expired', name: 'show', remoteAddress: '127.0.0.1' },
      { code: 'unknown_key', reason: expect.stringContaining('this stream key is unknown') },
    ]);
    expect(JSON.stringify(body)).not.toMatch(new RegExp(`${key}|${wrong}`));
  });
});

describe('publish keys', () => {
  test('are made, listed without the secret, used and removed', async () => {
    const { api, ...open } = await operate({ data: { dir: newFolder() } });
    const asked = {
      name: 'show',
      networks: ['127.0.0.0/8'],
      takeover: 'newest',
      expires: '2099-01-01T00:00:00Z',
    };
    const added = await api.post('/keys', { ...asked, maxBitsPerSecond: 8_000_000, maxViewers: 20 });
    expect(added).toMatchObject({ status: 201, body: { name: 'show' } });
    const { id, key } = added.body;
    const list = await api.get('/keys');
    expect(list.body.keys).toEqual([
      {
        id,
        ...asked,
        expires: '2099-01-01T00:00:00.000Z',
        maxBitsPerSecond: 8_000_000,
        maxViewers: 20,
        source: 'data.dir',
      },
    ]);
    expect(list.headers.get('cache-control')).toBe('no-store');
    const live = untilState(open.gateway, 'show', 'live');
    (await startSource(open.rtmpPort, key)).sendUntil(2_500);
    await live;
    expect((await api.delete(`/keys/${id}`)).status).toBe(204);
    await open.log.untilClosed('publish_revoked');
    expect((await api.delete(`/keys/${id}`)).body).toMatchObject({ status: 404, code: 'no_such_key' });
    expect(auditOf(open)).toMatchObject([
      { operation: 'addKey', subject: `${id} (show)`, result: 'done' },
      { operation: 'removeKey', subject: id, result: 'done' },
      { operation: 'removeKey', subject: id, result: 'no_such_key' },
    ]);
    expect(open.log.texts.join('')).not.toContain(key);
  });

  test('of the settings are listed; without a data folder none can be made', async () => {
    const { api } = await operate({ keys: { list: [{ name: 'show', key: 'k'.repeat(32) }] } });
    expect((await api.get('/keys')).body.keys).toEqual([{ name: 'show', source: 'keys.list' }]);
    expect((await api.post('/keys', { name: 'other' })).body).toMatchObject({
      status: 409,
      code: 'no_data_dir',
      detail: expect.stringContaining('set data.dir'),
    });
    expect((await api.delete('/keys/abcdefgh')).body.code).toBe('no_data_dir');
  });

  test('are none where the program decides who may publish', async () => {
    const { api } = await operate({ authorizer: openToPrivateNetworks, data: { dir: newFolder() } });
    expect((await api.get('/keys')).body.keys).toEqual([]);
    expect((await api.post('/keys', { name: 'a' })).body.detail).toMatch(
      /^The program that runs this gateway/,
    );
  });

  test('that are over already are not made', async () => {
    const { api } = await operate({ data: { dir: newFolder() } });
    const late = await api.post('/keys', { name: 'show', expires: '2020-01-01T00:00:00Z' });
    expect(late.body).toMatchObject({
      status: 400,
      detail: 'The field expires must be a time that is not over.',
    });
  });
});

describe('the gateway', () => {
  test('shows its settings with their sources, and no secret', async () => {
    const token = 't'.repeat(40);
    const open = await operate({
      hls: { part: '300ms' },
      keys: { list: [{ name: 'show', key: 'k'.repeat(32) }] },
      admin: { tokens: [{ name: 'test', token }] },
      settingOrigins: new Map([
        ['hls.part', '--hls-part'],
        ['hls.segment', 'SLUICE_HLS_SEGMENT'],
        ['hls.window', './sluice.yaml'],
      ]),
    });
    const { body } = await open.api.with(token).get('/settings');
    const of = (wanted: string) => body.settings.find((setting: { path: string }) => setting.path === wanted);
    expect(of('hls.part')).toEqual({
      ...{ path: 'hls.part', value: '300ms', defaultValue: '200ms' },
      ...{ source: 'flag', origin: '--hls-part' },
    });
    expect(['hls.segment', 'hls.window', 'hls.dvr'].map((each) => of(each).source)).toEqual([
      'environment',
      'file',
      'default',
    ]);
    expect(of('keys.list').value).toEqual([{ name: 'show', key: '***' }]);
    expect(JSON.stringify(body)).not.toMatch(/k{32}|t{40}/);
  });

  test('that a program made says so', async () => {
    const { api } = await operate({ hls: { part: 300 } });
    const { body } = await api.get('/settings');
    expect(body.settings.find(({ path: each }: { path: string }) => each === 'hls.part').source).toBe(
      'program',
    );
  });

  test('changes the level of its log, and says so in the log', async () => {
    const { api, log } = await operate();
    expect((await api.get('/log-level')).body).toEqual({ level: 'debug' });
    expect(await api.ask('PUT', '/log-level', { body: { level: 'warn' } })).toMatchObject({
      status: 200,
      body: { level: 'warn' },
    });
    expect(await log.untilMessage('the level of the log was changed')).toMatchObject({
      level: 40,
      from: 'debug',
      to: 'warn',
    });
    expect((await api.ask('PUT', '/log-level', { body: { level: 'loud' } })).body.detail).toBe(
      'level must be one of debug, info, warn, error, silent.',
    );
    await api.ask('PUT', '/log-level', { body: { level: 'info' } });
    expect(log.lines.filter(({ code }) => code === 'api_write')).toMatchObject([
      { operation: 'setLogLevel', subject: 'info' },
    ]);
  });

  test('has no level to change where the logger has none', async () => {
    const { debug, info, warn, error } = console;
    const gateway = createGateway({
      logger: { debug, info: () => {}, warn, error },
      rtmp: { port: 0 },
      http: { port: 0 },
    });
    whenDone(() => gateway.close());
    const { httpPort } = await gateway.listen();
    const api = await ApiClient.open(`http://127.0.0.1:${httpPort}`);
    expect((await api.get('/log-level')).body).toMatchObject({ status: 409, code: 'log_level_fixed' });
    expect(info).toBeDefined();
  });

  test('reads keys and tokens again', async () => {
    const { api, ...open } = await operate({ data: { dir: newFolder() } });
    await api.post('/keys', { name: 'show' });
    expect((await api.post('/reload')).body).toEqual({ publishKeys: 1, adminTokens: 0 });
    await open.log.untilMessage('publish keys read again');
  });
});

test('makes a playback token with which a signed stream plays', async () => {
  const { api, ...open } = await operate({ playback: { streams: { show: 'signed' } } });
  await goLive(open, 'show');
  const terms = { name: 'show', lifetimeS: 60, viewer: 'ann' };
  const { status, body } = await api.post('/playback-tokens', terms);
  expect(status).toBe(201);
  expect((await fetch(open.url(body.playlist))).status).toBe(200);
  expect((await fetch(open.url(body.page))).status).toBe(200);
  expect((await fetch(open.url('/live/show/index.m3u8'))).status).toBe(403);
  expect(auditOf(open)).toMatchObject([
    { operation: 'makePlaybackToken', subject: `show until ${body.expires}` },
  ]);
  expect(open.log.texts.join('')).not.toContain(body.token);
  expect(await api.get('/streams/show')).toMatchObject({
    status: 403,
    body: { code: 'playback_token_missing' },
  });
  expect((await api.get(`/streams/show?token=${body.token}`)).body).toMatchObject({ name: 'show' });
});

test('shows the receivers of webhooks and their deliveries, and tests one', async () => {
  const backend = await startBackend(withStatus(204));
  const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
  const { api } = await operate({ webhooks: { list: [{ url: backend.url, secret }] } });
  const { body } = await api.get('/webhooks');
  expect(body.receivers).toMatchObject([{ origin: new URL(backend.url).origin, waiting: 0, isGone: false }]);
  expect(JSON.stringify(body)).not.toContain('/hook');
  const sent = await api.post(`/webhooks/${body.receivers[0].id}/test`);
  expect(sent.body).toMatchObject({ type: 'webhook.test', result: 'delivered', status: 204, attempt: 1 });
  expect(backend.requests).toHaveLength(1);
  expect((await api.get('/webhooks/deliveries')).body.deliveries).toMatchObject([{ event: sent.body.event }]);
  expect(await api.post('/webhooks/nobody/test')).toMatchObject({
    status: 404,
    body: { code: 'no_such_webhook' },
  });
});

test('every operation is in docs/api.md and answers on a real gateway', async () => {
  const { api, url } = await operate();
  const page = readFileSync(path.resolve(import.meta.dirname, '../../../docs/api.md'), 'utf8');
  for (const { method, path: template, status, body, isEventStream } of OPERATIONS) {
    expect(page).toContain(`### ${method.toUpperCase()} /api/v1${template}\n`);
    const place = template.replace('{name}', 'nobody').replace('{id}', 'abcdefgh');
    if (isEventStream === true) {
      // The answer to GET has no end (event-streams.test.ts).
      const { headers } = await fetch(url(`/api/v1${place}`), { method: 'HEAD' });
      expect(headers.get('content-type')).toContain('text/event-stream');
      continue;
    }
    const answer = await api.ask(method.toUpperCase(), place, body === undefined ? {} : { body: {} });
    expect([status, 400, 404, 409]).toContain(answer.status);
  }
});
