// Events of the library say what happened: who, why, with which codecs and for how long. They never contain a secret.
import { once } from 'node:events';
import { expect, test } from 'vitest';
import type { Gateway, GatewayEvents, PublishRefusal } from '../../server/index.ts';
import { goLive, openGateway, startSource } from './gateway-fixture.ts';
import { connectEncoder } from './ingest/raw-encoder.ts';

/** Records every event of a gateway from now on, in order. */
function record(
  gateway: Gateway,
): { readonly event: keyof GatewayEvents; readonly told: readonly unknown[] }[] {
  const events: { event: keyof GatewayEvents; told: readonly unknown[] }[] = [];
  const states = ['connecting', 'starting', 'live', 'stalled', 'reconnecting', 'ended'] as const;
  for (const state of states) {
    const event = `stream:${state}` as const;
    gateway.on(event, (...told: unknown[]) => void events.push({ event, told }));
  }
  return events;
}

async function refusalOf(gateway: Gateway, publish: () => unknown): Promise<PublishRefusal> {
  const refused = once(gateway, 'publish:refused') as Promise<[PublishRefusal]>;
  await publish();
  const [refusal] = await refused;
  return refusal;
}

test('a stream’s life: who published, what, why it ended and for how long it lasted', async () => {
  const open = await openGateway({ stream: { grace: '1ms' } });
  const events = record(open.gateway);
  const ended = once(open.gateway, 'stream:ended');
  const source = await goLive(open, 'told');
  source.publisher.close();
  await ended;
  const publisher = { remoteAddress: '127.0.0.1', encoder: expect.stringContaining('FMLE/3.0') };
  const at = expect.any(Number);
  expect(events).toEqual([
    { event: 'stream:connecting', told: ['told', { at, publisher }] },
    { event: 'stream:starting', told: ['told', { at, publisher }] },
    {
      event: 'stream:live',
      told: ['told', { at, publisher, codecs: expect.stringMatching(/^avc1\.\w{6},mp4a\.40\.2$/) }],
    },
    {
      event: 'stream:reconnecting',
      told: ['told', { at, publisher, reason: { kind: 'stopped' }, publishedMs: at, graceEndsAt: at }],
    },
    { event: 'stream:ended', told: ['told', { at, publisher, reason: { kind: 'stopped' }, mediaMs: at }] },
  ]);
  const gone = events[3]?.told[1] as { at: number; graceEndsAt: number };
  expect(gone.graceEndsAt).toBe(gone.at + 1);
});

test('a publication that the gateway ends tells the code and what was wrong', async () => {
  const open = await openGateway();
  const gone = once(open.gateway, 'stream:reconnecting');
  const encoder = await connectEncoder(open.rtmpPort, 'wrong');
  await encoder.started;
  // SetChunkSize 0 (RTMP 1.0 clause 5.4.1: at least 1).
  await encoder.raw.write(Buffer.from('02000000000004010000000000000000', 'hex'));
  const [name, event] = await gone;
  expect(name).toBe('wrong');
  expect(event).toMatchObject({
    publisher: { remoteAddress: '127.0.0.1' },
    reason: { kind: 'refused', code: 'bad_chunk_size', detail: expect.stringContaining('chunk size of 0') },
  });
});

test('a refused name is not told: it may be a key, mistyped', async () => {
  const { gateway, rtmpPort } = await openGateway();
  const refusal = await refusalOf(gateway, () => connectEncoder(rtmpPort, 'my secret'));
  expect(refusal).toEqual({
    code: 'bad_stream_name',
    reason: expect.stringContaining('use 1 to 64 letters'),
    remoteAddress: '127.0.0.1',
  });
  expect(JSON.stringify(refusal)).not.toContain('secret');
});

test('an authorizer’s refusal has its code and reason, and never the key', async () => {
  const { gateway, rtmpPort } = await openGateway({
    authorizer: {
      authorizePublish: () => ({ kind: 'denied', code: 'wrong_key', reason: 'this key is not known' }),
    },
  });
  expect(await refusalOf(gateway, () => connectEncoder(rtmpPort, 'topsecret'))).toEqual({
    code: 'wrong_key',
    reason: 'this key is not known',
    remoteAddress: '127.0.0.1',
  });
});

test('a name that is taken is told, as the authorizer has given it', async () => {
  const { gateway, rtmpPort } = await openGateway({
    authorizer: { authorizePublish: () => ({ kind: 'allowed', name: 'public' }) },
  });
  await startSource(rtmpPort, 'first-key');
  const refusal = await refusalOf(gateway, () => connectEncoder(rtmpPort, 'second-key'));
  expect(refusal).toMatchObject({ code: 'name_taken', name: 'public' });
  expect(JSON.stringify(refusal)).not.toContain('second-key');
});

test('an authorizer that does not decide in time has refused', async () => {
  const { gateway, rtmpPort } = await openGateway({
    rtmp: { publishDeadline: '1s' },
    authorizer: { authorizePublish: () => new Promise(() => {}) },
  });
  const refusal = await refusalOf(gateway, () => connectEncoder(rtmpPort, 'waiting'));
  expect(refusal).toMatchObject({ code: 'publish_deadline', remoteAddress: '127.0.0.1' });
});
