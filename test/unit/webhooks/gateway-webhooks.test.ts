// Webhooks of a whole gateway: a receiver that never answers disturbs nobody, and what happens at the end is sent.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Webhook } from 'standardwebhooks';
import { expect, test } from 'vitest';
import { type Logger, silentLogger } from '../../../server/log.ts';
import { startBackend, withStatus } from '../../support/backend.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { goLive, openGateway, untilState } from '../gateway-fixture.ts';
import { connectEncoder } from '../ingest/raw-encoder.ts';

const secret = `whsec_${Buffer.alloc(32, 9).toString('base64')}`;

test('a stream from its start to the stop of the gateway', async () => {
  const backend = await startBackend(withStatus(200));
  const open = await openGateway({ webhooks: { list: [{ url: backend.url, secret }] } });
  const source = await goLive(open, 'show');
  source.publisher.close();
  await backend.untilRequests(3);
  await expect
    .poll(async () => (await fetch(open.url('/metrics'))).text())
    .toMatch(/^sluice_webhook_deliveries_total\{webhook="wh_[0-9a-f]{10}",result="delivered"\} 3$/m);
  await open.gateway.close();
  const events = backend.requests.map((request) =>
    new Webhook(secret).verify(request.body, request.headers as Record<string, string>),
  );
  expect(events).toMatchObject([
    { type: 'stream.connecting', data: { stream: 'show', publisher: { address: '127.0.0.1' } } },
    { type: 'stream.live', data: { codecs: expect.stringContaining('avc1') } },
    { type: 'stream.reconnecting' },
    { type: 'stream.ended', data: { mediaMs: expect.any(Number) } },
  ]);
  await backend.untilNoSockets();
});

test('a publisher without media has an end, and a refused one an event without its key', async () => {
  const backend = await startBackend(withStatus(200));
  const open = await openGateway({
    webhooks: { list: [{ url: backend.url, secret }] },
    stream: { maxStreams: 1 },
  });
  const connecting = untilState(open.gateway, 'show', 'connecting');
  const encoder = await connectEncoder(open.rtmpPort, 'show');
  await connecting;
  const refused = await connectEncoder(open.rtmpPort, 'bad.name-of-a-secret');
  expect(await refused.rejected).toContain('stream name');
  encoder.raw.destroy();
  await backend.untilRequests(4);
  const bodies = backend.requests.map(({ body }) => JSON.parse(body));
  // The end is the last one, although both are of the same moment.
  expect(bodies.filter(({ data }) => data.stream === 'show').map(({ type }) => type)).toEqual([
    'stream.connecting',
    'stream.reconnecting',
    'stream.ended',
  ]);
  expect(bodies.find(({ type }) => type === 'stream.rejected').data).toMatchObject({
    code: 'bad_stream_name',
  });
  expect(JSON.stringify(bodies)).not.toContain('of-a-secret');
});

test('a receiver that never answers delays neither media nor the stop for long', async () => {
  const backend = await startBackend(() => {});
  const dir = temporaryFolder('webhooks');
  const open = await openGateway({ webhooks: { list: [{ url: backend.url, secret }] }, data: { dir } });
  await goLive(open, 'show');
  await goLive(open, 'other');
  await backend.untilRequests(2);
  await open.gateway.close();
  await backend.untilNoSockets();
  expect(open.gateway.webhooks.endpoints()).toMatchObject([{ delivered: 0, lost: 0 }]);
  backend.requests.length = 0;
  backend.answerWith(withStatus(200));
  // What it did not take is sent by the next gateway, at once: the last try was not finished.
  const next = await openGateway({ webhooks: { list: [{ url: backend.url, secret }] }, data: { dir } });
  await backend.untilRequests(6);
  const types = backend.requests
    .map(({ body }) => JSON.parse(body))
    .map(({ type, data }) => `${data.stream} ${type}`);
  for (const name of ['show', 'other'])
    expect(types.filter((type) => type.startsWith(name))).toEqual([
      `${name} stream.connecting`,
      `${name} stream.live`,
      `${name} stream.ended`,
    ]);
  await next.gateway.close();
});

test.each([
  [
    { webhooks: { list: [{ url: 'https://a.example/', secret: 'whsec_short' }] } },
    'whsec_ and the base64 of 24 to 64 bytes',
  ],
  [{ webhooks: { list: [{ url: 'file:///etc/passwd', secret }] } }, 'an http or https address'],
  [{ webhooks: { list: [{ url: '', secret }] } }, 'an http or https address'],
  [{ webhooks: { list: [{ url: 'https://a.example/', secret, events: 'stream.lively' }] } }, 'stream.lively'],
  [
    { webhooks: { list: [1, 2].map(() => ({ url: 'https://a.example/', secret })) } },
    'records 1 and 2 have the same url',
  ],
  [{ tls: { ca: '/nowhere.pem' } }, 'tls.ca /nowhere.pem: it cannot be read'],
])('settings that cannot work are refused: %j', async (options, message) => {
  await expect(openGateway(options)).rejects.toThrow(message);
});

test('an event is in the journal before the log or a viewer can tell of it', async () => {
  const backend = await startBackend(withStatus(500));
  const dir = temporaryFolder('hooks');
  const kept = (): string =>
    readdirSync(dir)
      .filter((name) => name.startsWith('webhooks'))
      .map((name) => readFileSync(path.join(dir, name), 'utf8'))
      .join();
  /** What a kill at the moment of each line would have left. */
  const left = new Map<string, string>();
  const info = (fields: unknown, message?: string): void => {
    const { state } = fields as { readonly state?: string };
    if (message === 'stream state' && state !== undefined) left.set(state, kept());
  };
  const logger = { ...silentLogger, info } as Logger;
  const open = await openGateway({
    logger,
    data: { dir },
    webhooks: { list: [{ url: backend.url, secret }] },
    stream: { grace: '1ms' },
  });
  const ended = untilState(open.gateway, 'show', 'ended');
  const source = await goLive(open, 'show');
  source.publisher.close();
  await ended;
  for (const state of ['connecting', 'live', 'reconnecting', 'ended'])
    expect(left.get(state), state).toContain(`"type":"stream.${state}"`);
});
