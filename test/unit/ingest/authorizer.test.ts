// Someone else decides who may publish, now or later, correctly or not: only that one connection is affected.
import { describe, expect, test } from 'vitest';
import type { Authorizer, PublishAttempt, PublishVerdict } from '../../../server/live/authorizer.ts';
import { goLive, openGateway, tinyTags, untilState } from '../gateway-fixture.ts';
import { connectEncoder } from './raw-encoder.ts';

/** Allows `canary` immediately; the test decides about everyone else. */
function authorizerFor(decide: (attempt: PublishAttempt) => unknown): Authorizer {
  return {
    authorizePublish: (attempt) =>
      attempt.name === 'canary'
        ? { kind: 'allowed', name: 'canary' }
        : (decide(attempt) as PublishVerdict | Promise<PublishVerdict>),
  };
}

test('the name and the query come apart, and the verdict may give another name', async () => {
  const attempts: PublishAttempt[] = [];
  const open = await openGateway({
    authorizer: authorizerFor((attempt) => {
      attempts.push(attempt);
      return { kind: 'allowed', name: 'public' };
    }),
  });
  const live = untilState(open.gateway, 'public', 'connecting');
  const encoder = await connectEncoder(open.rtmpPort, 'secret-key?token=topsecret');
  await encoder.started;
  await live;
  expect(attempts).toEqual([
    {
      name: 'secret-key',
      query: 'token=topsecret',
      remoteAddress: '127.0.0.1',
      isPrivateAddress: true,
      encoder: {
        app: 'live',
        tcUrl: `rtmp://127.0.0.1:${open.rtmpPort}/live`,
        flashVer: 'FMLE/3.0 (compatible; Sluice)',
      },
      signal: expect.any(AbortSignal),
    },
  ]);
  encoder.raw.destroy();
  await open.log.until(({ stream, code }) => stream === 'public' && code !== undefined);
  // The key and the token are the publisher's secrets.
  for (const text of open.log.texts) expect(text).not.toMatch(/topsecret|secret-key/);
});

test('a later yes: what came meanwhile waits and is not lost', async () => {
  let allow: (verdict: PublishVerdict) => void = () => {};
  let isAsked: () => void = () => {};
  const whenAsked = new Promise<void>((resolve) => {
    isAsked = resolve;
  });
  const open = await openGateway({
    authorizer: authorizerFor(() => {
      isAsked();
      return new Promise<PublishVerdict>((resolve) => {
        allow = resolve;
      });
    }),
  });
  const encoder = await connectEncoder(open.rtmpPort, 'later');
  await whenAsked;
  expect(open.gateway.streams()).toEqual([]);
  allow({ kind: 'allowed', name: 'later' });
  await encoder.started;
  const live = untilState(open.gateway, 'later', 'live');
  for (const tag of tinyTags) {
    if (tag.kind === 'video') encoder.raw.socket.write(encoder.session.video(tag.timestamp, tag.body));
    if (tag.kind === 'audio') encoder.raw.socket.write(encoder.session.audio(tag.timestamp, tag.body));
  }
  await live;
});

describe('only one connection ends', () => {
  const denied = { kind: 'denied', code: 'wrong_key', reason: 'this key is not known' };
  test.each<[string, () => unknown, string, string]>([
    ['a no', () => denied, 'wrong_key', 'this key is not known'],
    ['a later no', () => Promise.resolve(denied), 'wrong_key', 'this key is not known'],
    [
      'a throw',
      () => {
        throw new TypeError('secret detail');
      },
      'authorizer_failed',
      'could not decide',
    ],
    [
      'a rejection',
      () => Promise.reject(new Error('secret detail')),
      'authorizer_failed',
      'could not decide',
    ],
    [
      'a thenable',
      // biome-ignore lint/suspicious/noThenProperty: promises of other libraries are such objects
      () => ({ then: (resolve: (value: unknown) => void) => resolve(denied) }),
      'wrong_key',
      'not known',
    ],
    ['nonsense', () => ({ kind: 'maybe' }), 'authorizer_failed', 'could not decide'],
    [
      'a name that is none',
      () => ({ kind: 'allowed', name: '../x' }),
      'authorizer_failed',
      'could not decide',
    ],
    ['nothing', () => undefined, 'internal_error', 'the gateway has failed'],
  ])('%s', async (_what, decide, code, words) => {
    const open = await openGateway({ authorizer: authorizerFor(decide) });
    const canary = await goLive(open, 'canary');
    const encoder = await connectEncoder(open.rtmpPort, 'other');
    const told = await encoder.rejected;
    expect(told).toContain(words);
    expect(told).not.toContain('secret detail');
    await open.log.untilClosed(code);
    await encoder.raw.untilClosed(5_000);
    expect(open.gateway.streams().map(({ name }) => name)).toEqual(['canary']);
    canary.sendUntil(3_000);
    expect(open.gateway.streams()).toMatchObject([{ state: 'live' }]);
  });

  test('a verdict that never comes ends with the deadline', async () => {
    const open = await openGateway({
      authorizer: authorizerFor(() => new Promise(() => {})),
      rtmp: { publishDeadline: '300ms' },
    });
    const encoder = await connectEncoder(open.rtmpPort, 'never');
    await encoder.raw.untilClosed(5_000);
    await open.log.untilClosed('publish_deadline');
  });

  test('a verdict for a connection that is gone gives nothing away', async () => {
    let allow: (verdict: PublishVerdict) => void = () => {};
    const open = await openGateway({
      authorizer: authorizerFor(
        () =>
          new Promise<PublishVerdict>((resolve) => {
            allow = resolve;
          }),
      ),
      rtmp: { publishDeadline: '300ms' },
    });
    const encoder = await connectEncoder(open.rtmpPort, 'gone');
    await encoder.raw.untilClosed(5_000);
    allow({ kind: 'allowed', name: 'gone' });
    await new Promise((resolve) => setImmediate(resolve));
    expect(open.gateway.streams()).toEqual([]);
  });
});
