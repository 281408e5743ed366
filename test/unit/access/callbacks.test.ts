// Callbacks: back-ends written to the documentation of each server, and every way in which a back-end can fail.
import { createHmac } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { expect, test } from 'vitest';
import { Callbacks } from '../../../server/access/callbacks.ts';
import { EventLog } from '../../../server/event-log.ts';
import type { PublishAttempt } from '../../../server/live/authorizer.ts';
import type { CallbackFormatName } from '../../../server/settings/hook-settings.ts';
import { type Backend, startBackend, withJson, withStatus } from '../../support/backend.ts';
import { clockOf } from '../../support/clock.ts';
import { CollectedLog } from '../gateway-fixture.ts';

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const KEY = 'secret-of-anna-1234';
const ATTEMPT: PublishAttempt = {
  name: KEY,
  query: 'token=hidden-token&user=anna&pass=hidden-word',
  remoteAddress: '203.0.113.7',
  isPrivateAddress: false,
  encoder: { app: 'live', tcUrl: 'rtmp://live.example.org:1935/live', flashVer: 'OBS/31' },
};
const VIEWER = {
  name: 'show',
  query: 'token=hidden-token&_HLS_msn=7&_HLS_part=2',
  address: '203.0.113.9',
  userAgent: 'Safari',
  pageUrl: 'https://example.org/page',
  base: 'https://live.example.org',
};

function callbacks(
  backend: Pick<Backend, 'url'>,
  format: CallbackFormatName,
  { cacheMs = 5_000, timeoutMs = 10_000 } = {},
) {
  let nowMs = Date.now();
  const log = new CollectedLog();
  const clock = clockOf(() => nowMs);
  const made = new Callbacks({
    publishUrl: `${backend.url}?op=secret-query`,
    publishDoneUrl: format === 'mediamtx' ? '' : backend.url,
    playUrl: backend.url,
    format,
    secret: format === 'ome' ? 'ome-secret' : SECRET,
    timeoutMs,
    cacheMs,
    authorities: undefined,
    clock,
    log: log.logger,
    events: new EventLog(log.logger, clock),
  });
  return {
    log,
    publish: (attempt: Partial<PublishAttempt> = {}) =>
      Promise.resolve(made.publish?.authorizePublish({ ...ATTEMPT, ...attempt })),
    play: (attempt: Partial<typeof VIEWER> = {}) =>
      Promise.resolve(made.play?.check({ ...VIEWER, ...attempt })),
    check: () => made.play?.check(VIEWER),
    totals: () => [...made.totals()].map(({ action, result, count }) => `${action} ${result} ${count}`),
    pass: (ms: number) => {
      nowMs += ms;
    },
    now: () => nowMs,
  };
}

const formOf = ({ requests }: Backend, at = -1) =>
  Object.fromEntries(new URLSearchParams(requests.at(at)?.body));
const jsonOf = ({ requests }: Backend, at = -1) => JSON.parse(requests.at(at)?.body ?? '');

test('nginx-rtmp: a form is asked, and 302 with a name renames', async () => {
  const backend = await startBackend((request, response) => {
    const form = new URLSearchParams(request.body);
    const isKnown = form.get('name') === KEY && form.get('token') === 'hidden-token';
    if (form.get('call') === 'publish' && isKnown) response.writeHead(302, { location: 'show' }).end();
    else response.writeHead(form.get('call') === 'publish_done' ? 204 : 403).end();
  });
  const { publish, play } = callbacks(backend, 'nginx-rtmp', { cacheMs: 0 });
  const verdict = await publish();
  expect(verdict).toMatchObject({ kind: 'allowed', name: 'show' });
  expect(formOf(backend)).toMatchObject({
    call: 'publish',
    name: KEY,
    app: 'live',
    addr: '203.0.113.7',
    type: 'live',
    flashver: 'OBS/31',
    tcurl: 'rtmp://live.example.org:1935/live',
    token: 'hidden-token',
  });
  const { clientid } = formOf(backend);
  if (verdict?.kind === 'allowed') verdict.onEnded?.();
  await backend.untilRequests(2);
  expect(formOf(backend)).toMatchObject({ call: 'publish_done', name: KEY, clientid });
  expect(await publish({ name: 'other' })).toMatchObject({ kind: 'denied', code: 'callback_refused' });
  expect(await play()).toMatchObject({ kind: 'denied', code: 'callback_refused', asksCredentials: false });
  expect(formOf(backend)).toMatchObject({
    call: 'play',
    name: 'show',
    pageurl: VIEWER.pageUrl,
    token: 'hidden-token',
  });
  backend.answerWith(withStatus(200));
  expect(await publish({ name: 'plain' })).toMatchObject({ kind: 'allowed', name: 'plain' });
});

test('nginx-rtmp: arguments of the address do not replace its fields', async () => {
  const backend = await startBackend(withStatus(200));
  await callbacks(backend, 'nginx-rtmp').publish({ query: 'addr=127.0.0.1&call=publish_done&name=root' });
  expect(new URLSearchParams(backend.requests[0]?.body).getAll('addr')).toEqual(['203.0.113.7']);
  expect(formOf(backend)).toMatchObject({ call: 'publish', name: KEY });
});

test('srs: code 0 allows, any other refuses', async () => {
  const backend = await startBackend(withJson({ code: 0, data: null }));
  const { publish, play } = callbacks(backend, 'srs', { cacheMs: 0 });
  const verdict = await publish({ name: 'show' });
  expect(verdict).toMatchObject({ kind: 'allowed', name: 'show' });
  expect(jsonOf(backend)).toMatchObject({
    action: 'on_publish',
    ip: '203.0.113.7',
    app: 'live',
    stream: 'show',
    param: `?${ATTEMPT.query}`,
    tcUrl: 'rtmp://live.example.org:1935/live',
  });
  if (verdict?.kind === 'allowed') verdict.onEnded?.();
  await backend.untilRequests(2);
  expect(jsonOf(backend)).toMatchObject({ action: 'on_unpublish', stream: 'show' });
  backend.answerWith(withStatus(200, '0'));
  expect(await play()).toMatchObject({ kind: 'allowed' });
  expect(jsonOf(backend)).toMatchObject({
    action: 'on_play',
    param: '?token=hidden-token',
    pageUrl: VIEWER.pageUrl,
  });
  for (const refusal of [withStatus(200, '1'), withJson({ code: 403 }), withStatus(403)]) {
    backend.answerWith(refusal);
    expect(await publish()).toMatchObject({ code: 'callback_refused' });
  }
  for (const garbage of [
    withStatus(200, 'OK'),
    withStatus(200),
    withJson({ ok: true }),
    withStatus(200, '"0"'),
  ]) {
    backend.answerWith(garbage);
    expect(await publish()).toMatchObject({ code: 'callback_failed' });
  }
});

test('mediamtx: user, password and path are asked, and 401 asks for credentials', async () => {
  const backend = await startBackend((request, response) => {
    const { user, password, action } = JSON.parse(request.body);
    if (action === 'publish')
      response.writeHead(user === 'anna' && password === 'hidden-word' ? 204 : 401).end();
    else response.writeHead(401).end();
  });
  const { publish, play } = callbacks(backend, 'mediamtx', { cacheMs: 0 });
  expect(await publish({ name: 'show' })).toMatchObject({ kind: 'allowed', name: 'show' });
  expect(jsonOf(backend)).toMatchObject({
    action: 'publish',
    path: 'live/show',
    protocol: 'rtmp',
    ip: '203.0.113.7',
  });
  const refused = await publish({ name: 'show', query: '' });
  expect(refused).toMatchObject({ code: 'callback_refused', reason: expect.stringContaining('credentials') });
  expect(await play()).toMatchObject({ code: 'callback_refused', asksCredentials: true });
  expect(jsonOf(backend)).toMatchObject({
    action: 'read',
    protocol: 'hls',
    token: 'hidden-token',
    path: 'live/show',
  });
  backend.answerWith(withStatus(400));
  expect(await play({ address: '::1' })).toMatchObject({ code: 'callback_refused', asksCredentials: false });
});

test('ome: requests are signed, new_url renames, lifetime ends', async () => {
  const backend = await startBackend((request, response) => {
    const own = createHmac('sha1', 'ome-secret').update(request.body).digest('base64url');
    const { status, url, direction } = JSON.parse(request.body).request;
    if (request.headers['x-ome-signature'] !== own) response.writeHead(400).end();
    else if (status === 'closing') response.end('{}');
    else if (direction === 'outgoing') response.end(JSON.stringify({ allowed: true, lifetime: 60_000 }));
    else
      response.end(JSON.stringify({ allowed: true, new_url: url.replace(KEY, 'show'), lifetime: 3_600_000 }));
  });
  const { publish, play, pass, now, check } = callbacks(backend, 'ome');
  const verdict = await publish();
  expect(verdict).toMatchObject({ kind: 'allowed', name: 'show' });
  expect(jsonOf(backend)).toMatchObject({
    client: { address: '203.0.113.7', user_agent: 'OBS/31' },
    request: {
      direction: 'incoming',
      protocol: 'rtmp',
      status: 'opening',
      url: `rtmp://live.example.org:1935/live/${KEY}?${ATTEMPT.query}`,
    },
  });
  const revocation = verdict?.kind === 'allowed' ? verdict.revocation : undefined;
  expect(revocation?.()).toBeUndefined();
  pass(3_600_000);
  expect(revocation?.()).toContain('3600 s');
  if (verdict?.kind === 'allowed') verdict.onEnded?.();
  await backend.untilRequests(2);
  expect(jsonOf(backend).request).toMatchObject({ status: 'closing', direction: 'incoming' });
  expect(await play()).toEqual({ kind: 'allowed', until: now() + 60_000 });
  expect(jsonOf(backend).request.url).toBe(
    'https://live.example.org/live/show/index.m3u8?token=hidden-token',
  );
  pass(59_999);
  expect(check()).toMatchObject({ kind: 'allowed' });
  expect(backend.requests).toHaveLength(3);
  pass(1);
  await check();
  expect(backend.requests).toHaveLength(4);
  backend.answerWith(withJson({ allowed: false, reason: 'not today' }));
  expect(await publish()).toMatchObject({
    code: 'callback_refused',
    reason: expect.stringContaining('not today'),
    values: { reason: 'not today' },
  });
});

test('ome: an encoder cannot make the address name another stream than the one that is published', async () => {
  const backend = await startBackend(withJson({ allowed: true }));
  const { publish } = callbacks(backend, 'ome');
  const encoder = { app: 'live/allowed#x', tcUrl: 'rtmp://live.example.org/live', flashVer: '' };
  expect(await publish({ encoder })).toMatchObject({ kind: 'allowed', name: KEY });
  const { pathname, hash } = new URL(jsonOf(backend).request.url);
  expect([pathname, hash]).toEqual([`/live/allowed%23x/${KEY}`, '']);
});

test('a slow back-end gets a limited number of ends at a time, and gets all of them', async () => {
  const backend = await startBackend(withStatus(200));
  const { publish } = callbacks(backend, 'nginx-rtmp');
  const verdict = await publish();
  const held: import('node:http').ServerResponse[] = [];
  backend.answerWith((_request, response) => void held.push(response));
  for (let end = 0; end < 100; end += 1) if (verdict?.kind === 'allowed') verdict.onEnded?.();
  await backend.untilRequests(1 + 64);
  // More connections than that would have arrived before these.
  const other = await startBackend(withStatus(200));
  for (let turn = 0; turn < 20; turn += 1) await fetch(other.url);
  expect(held).toHaveLength(64);
  backend.answerWith(withStatus(200));
  for (const response of held) response.end();
  await backend.untilRequests(1 + 100);
  await backend.untilNoSockets();
});

test('one address cannot take all requests of a slow back-end', async () => {
  const backend = await startBackend(() => {});
  const { play } = callbacks(backend, 'nginx-rtmp', { timeoutMs: 5_000 });
  const asked = Array.from({ length: 256 }, (_, at) => play({ query: `try=${at}` }));
  expect(await asked[64]).toMatchObject({ code: 'callback_failed' });
  await backend.untilRequests(64);
  backend.answerWith(withStatus(200));
  expect(await play({ address: '198.51.100.1' })).toMatchObject({ kind: 'allowed' });
  expect(await play({ query: 'again=1' })).toMatchObject({ code: 'callback_failed' });
  await backend.stop();
  await Promise.all(asked);
  const other = await startBackend(withStatus(200), backend.port);
  expect(await play({ query: 'again=2' })).toMatchObject({ kind: 'allowed' });
  await other.untilNoSockets();
});

test('no end is sent for a publisher that left before the back-end was asked', async () => {
  const backend = await startBackend(withStatus(403));
  const { publish } = callbacks(backend, 'nginx-rtmp');
  expect(await publish({ signal: AbortSignal.abort() })).toMatchObject({ kind: 'denied' });
  expect(await publish({ query: 'later=1' })).toMatchObject({ code: 'callback_refused' });
  await backend.untilNoSockets();
  expect(backend.requests.map(({ body }) => new URLSearchParams(body).get('call'))).toEqual(['publish']);
});

test('sluice: requests are signed as webhooks are, and the answer sets terms', async () => {
  const backend = await startBackend((request, response) => {
    new Webhook(SECRET).verify(request.body, request.headers as Record<string, string>);
    response.end(
      JSON.stringify({
        allow: true,
        name: 'show',
        takeover: 'newest',
        maxBitsPerSecond: 5_000_000,
        maxViewers: 7,
      }),
    );
  });
  const { publish } = callbacks(backend, 'sluice');
  expect(await publish()).toMatchObject({
    kind: 'allowed',
    name: 'show',
    takeover: 'newest',
    maxBitsPerSecond: 5_000_000,
    maxViewers: 7,
  });
  expect(jsonOf(backend)).toMatchObject({ action: 'publish', key: KEY, address: '203.0.113.7', app: 'live' });
  backend.answerWith(withJson({ allow: false, reason: `the key ${KEY} is unknown` }));
  const refused = await publish();
  // A reason that repeats the key would be in the log.
  expect(refused).toMatchObject({ code: 'callback_refused', reason: expect.not.stringContaining(KEY) });
  expect(JSON.stringify(refused)).not.toContain(KEY);
});

const FAILING: readonly (readonly [
  what: string,
  answer: Parameters<typeof startBackend>[0],
  fault: string,
])[] = [
  ['an error of the server', withStatus(500), 'status 500'],
  ['no JSON', withStatus(200, '<html>'), 'not JSON'],
  ['JSON of another form', withJson({ allow: 'yes' }), 'not JSON'],
  ['a redirect', withStatus(302, '', { location: '/hook' }), 'redirect'],
  ['a redirect to elsewhere', withStatus(307, '', { location: 'http://169.254.169.254/' }), 'redirect'],
  ['a name that is none', withJson({ allow: true, name: '../x' }), 'not a stream name'],
  ['an empty name', withJson({ allow: true, name: '' }), 'not a stream name'],
  ['a secret key as name', withJson({ allow: true, name: `sk_${'a'.repeat(26)}` }), 'secret key'],
  ['a huge body', (_request, response) => endless(response), 'more than 65536 bytes'],
  ['a connection that is cut', (_request, response) => void response.destroy(), 'the connection failed'],
  ['a body that is cut', (_request, response) => cut(response), 'before the answer was complete'],
  ['a switch of protocols', (_request, response) => upgrade(response), 'the connection'],
];

function endless(response: import('node:http').ServerResponse): void {
  const more = (): void => {
    while (!response.destroyed && response.write(Buffer.alloc(16_384, ' ')));
  };
  response.on('drain', more);
  more();
}

function cut(response: import('node:http').ServerResponse): void {
  response.writeHead(200, { 'content-length': '100' });
  response.write('{"allow":true}', () => response.destroy());
}

function upgrade(response: import('node:http').ServerResponse): void {
  response.socket?.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n');
}

test.each(FAILING)('fails closed, and leaves no socket: %s', async (_what, answer, fault) => {
  const backend = await startBackend(answer);
  const { publish, play, log, totals } = callbacks(backend, 'sluice');
  expect(await publish()).toMatchObject({ kind: 'denied', code: 'callback_failed' });
  expect(await play()).toMatchObject({ kind: 'denied', code: 'callback_failed' });
  expect(backend.requests).toHaveLength(2);
  await backend.untilNoSockets();
  expect(log.lines[0]).toMatchObject({
    fault: expect.stringContaining(fault),
    backend: new URL(backend.url).origin,
  });
  expect(totals()).toContain('publish failed 1');
  // Neither what the peer sent nor the secrets of the operator are logged.
  expect(log.texts.join()).not.toMatch(/secret-of|hidden|secret-query|whsec/);
});

test.each([
  ['no answer', () => {}],
  [
    'headers without an end',
    (_request: unknown, response: import('node:http').ServerResponse) =>
      void response.writeHead(200).write('{'),
  ],
])('a back-end that is too slow is a refusal: %s', async (_what, answer) => {
  const backend = await startBackend(answer);
  const { publish, totals } = callbacks(backend, 'sluice', { timeoutMs: 100 });
  expect(await publish()).toMatchObject({ kind: 'denied', code: 'callback_timeout' });
  await backend.untilNoSockets();
  expect(totals()).toEqual(['publish timeout 1']);
});

test('a back-end that cannot be reached is a refusal', async () => {
  const backend = await startBackend(withStatus(200));
  await backend.stop();
  const { publish, log } = callbacks(backend, 'mediamtx');
  expect(await publish()).toMatchObject({ code: 'callback_failed' });
  expect(log.lines[0]).toMatchObject({ fault: 'the connection failed (ECONNREFUSED)' });
});

test('nginx-rtmp: a redirect to another server is no name', async () => {
  const backend = await startBackend(withStatus(302, '', { location: 'rtmp://192.0.2.1/live/x' }));
  expect(await callbacks(backend, 'nginx-rtmp').publish()).toMatchObject({ code: 'callback_failed' });
});

test('a publisher that leaves ends the request, and the back-end is told that it is over', async () => {
  const backend = await startBackend(() => {});
  const leaving = new AbortController();
  const { publish, totals } = callbacks(backend, 'nginx-rtmp');
  const asked = publish({ signal: leaving.signal });
  await backend.untilRequests(1);
  backend.answerWith(withStatus(200));
  leaving.abort();
  expect(await asked).toMatchObject({ kind: 'denied' });
  await backend.untilRequests(2);
  expect(formOf(backend)).toMatchObject({ call: 'publish_done' });
  await backend.untilNoSockets();
  expect(totals()).toContain('publish aborted 1');
});

test('refusals of encoders are kept for a while, permissions are not', async () => {
  const backend = await startBackend(withStatus(403));
  const { publish, pass } = callbacks(backend, 'nginx-rtmp');
  await publish();
  await publish();
  expect(backend.requests).toHaveLength(1);
  await publish({ query: 'another=1' });
  await publish({ remoteAddress: '203.0.113.8' });
  expect(backend.requests).toHaveLength(3);
  pass(5_000);
  backend.answerWith(withStatus(200));
  await publish();
  await publish();
  expect(backend.requests).toHaveLength(5);
});

test('requests of one viewer are one question, whatever part they ask for', async () => {
  const backend = await startBackend(withStatus(200));
  const { play, pass } = callbacks(backend, 'nginx-rtmp');
  const verdicts = await Promise.all([play(), play({ query: 'token=hidden-token&_HLS_msn=8' }), play()]);
  expect(verdicts).toEqual(Array(3).fill({ kind: 'allowed', until: undefined }));
  expect(backend.requests).toHaveLength(1);
  await play({ query: 'token=other' });
  await play({ name: 'other' });
  await play({ userAgent: 'other' });
  expect(backend.requests).toHaveLength(4);
  pass(5_000);
  backend.answerWith(withStatus(500));
  expect(await play()).toMatchObject({ code: 'callback_failed' });
  expect(await play()).toMatchObject({ code: 'callback_failed' });
  expect(backend.requests).toHaveLength(5);
  // A failure is not kept for as long as an answer.
  pass(1_000);
  backend.answerWith(withStatus(200));
  expect(await play()).toMatchObject({ kind: 'allowed' });
});

test('a viewer cannot be sent to another stream', async () => {
  const backend = await startBackend(withStatus(302, '', { location: 'other' }));
  expect(await callbacks(backend, 'nginx-rtmp').play()).toMatchObject({ code: 'callback_failed' });
  backend.answerWith(withStatus(302, '', { location: 'show' }));
  expect(await callbacks(backend, 'nginx-rtmp').play()).toMatchObject({ kind: 'allowed' });
});
