// Who may use the API: admin tokens and their scopes, networks without a token, pages of other sites, and what a request may bring.

import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import express from 'express';
import { describe, expect, test } from 'vitest';
import { AdminAccess } from '../../../server/access/admin-access.ts';
import { StoredAdminTokens } from '../../../server/access/stored-admin-tokens.ts';
import { NetworkList } from '../../../server/address.ts';
import { OPERATIONS } from '../../../server/api/operations.ts';
import { createGateway, type GatewayOptions } from '../../../server/app.ts';
import { AdminGate } from '../../../server/http/admin-gate.ts';
import { MAX_BODY_BYTES, MAX_BODY_PIECES } from '../../../server/http/json-body.ts';
import { silentLogger } from '../../../server/log.ts';
import { TrustedProxies } from '../../../server/proxied/trusted-proxies.ts';
import { FolderStore } from '../../../server/store/folder-store.ts';
import { ApiClient } from '../../support/api-client.ts';
import { whenDone } from '../../support/cleanup.ts';
import { clockOf } from '../../support/clock.ts';
import { connectHttp2, TEST_TLS } from '../../support/http2-client.ts';
import { rawGet } from '../../support/raw-get.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { type OpenGateway, openGateway } from '../gateway-fixture.ts';

const READER = 'reader-token-of-thirty-four-letters';
const WRITER = 'writer-token-of-thirty-four-letters';
const WRONG = 'wrong-token-of-thirty-four-letters-';
const TOKENS: GatewayOptions = {
  admin: {
    tokens: [
      { name: 'reader', token: READER },
      { name: 'writer', token: WRITER, scope: 'write' },
    ],
  },
};

function newFolder(): string {
  return temporaryFolder('api');
}

async function operate(options: GatewayOptions = {}): Promise<OpenGateway & { readonly api: ApiClient }> {
  const open = await openGateway(options);
  return { ...open, api: await ApiClient.open(open.url('')) };
}

describe('with admin tokens', () => {
  test('nobody uses the API for operators without one; what is public stays public', async () => {
    const { api } = await operate(TOKENS);
    const refused = await api.get('/settings');
    expect(refused).toMatchObject({ status: 401, body: { code: 'admin_token_needed', type: 'about:blank' } });
    expect(refused.headers.get('www-authenticate')).toBe('Bearer');
    expect((await api.get('/settings', { headers: { authorization: 'Basic eDp5' } })).status).toBe(401);
    for (const place of ['/streams', '/info']) expect((await api.get(place)).status).toBe(200);
  });

  test('a token of the scope read reads and changes nothing, one of the scope write does both', async () => {
    const { api, log } = await operate(TOKENS);
    expect((await api.with(READER).get('/settings')).status).toBe(200);
    expect((await api.with(READER).post('/reload')).body).toMatchObject({ status: 403, code: 'admin_scope' });
    expect((await api.with(WRITER).get('/settings')).status).toBe(200);
    expect((await api.with(WRITER).post('/reload')).body).toEqual({ publishKeys: 0, adminTokens: 2 });
    expect(await log.until(({ code }) => code === 'api_write')).toMatchObject({
      operation: 'reload',
      who: 'token writer (admin.tokens)',
      remote: '127.0.0.1',
      result: 'done',
    });
    expect(await log.until(({ code }) => code === 'admin_scope')).toMatchObject({ operation: 'reload' });
  });

  test('no token appears in the log, in an answer or in the data folder', async () => {
    const dir = newFolder();
    const open = await operate({ ...TOKENS, data: { dir } });
    const answers = [
      await open.api.with(WRONG).get('/admin-tokens'),
      await open.api.with(READER).get('/admin-tokens'),
      await open.api.with(WRITER).get('/settings'),
      await open.api.with(WRITER).delete(`/admin-tokens/${WRITER}`),
    ];
    const added = await open.api.with(WRITER).post('/admin-tokens', { name: 'new', scope: 'read' });
    await open.api.with(added.body.token).get('/keys');
    const kept = readFileSync(path.join(dir, 'admin-tokens.json'), 'utf8');
    const shown = [...open.log.texts, kept, JSON.stringify(answers.map(({ body }) => body))].join('\n');
    for (const secret of [READER, WRITER, WRONG, added.body.token])
      expect(shown).not.toContain(secret.slice(4, 20));
    expect(shown).toContain(added.body.id);
  });

  test('wrong tokens from one address have a small budget, and lock out no token that was accepted there', async () => {
    const { api, log } = await operate(TOKENS);
    expect((await api.with(READER).get('/keys')).status).toBe(200);
    for (let at = 0; at < 10; at += 1)
      expect((await api.with(WRONG).get('/keys')).body.code).toBe('unknown_admin_token');
    const limited = await api.with(WRONG).get('/keys');
    expect(limited).toMatchObject({ status: 429, body: { code: 'token_attempts' } });
    expect(limited.headers.get('retry-after')).toBe('12');
    expect((await api.with(WRITER).get('/keys')).body.code).toBe('token_attempts');
    expect((await api.with(READER).get('/keys')).status).toBe(200);
    expect(log.lines.filter(({ code }) => code === 'unknown_admin_token').length).toBe(10);
  });
});

describe('tokens in the data folder', () => {
  test('are made and removed over the API, and close it for everybody else', async () => {
    const { api, gateway } = await operate({ data: { dir: newFolder() } });
    expect(gateway.adminTokenCount).toBe(0);
    const added = await api.post('/admin-tokens', { name: 'first', scope: 'write' });
    expect(added).toMatchObject({ status: 201, body: { name: 'first', scope: 'write' } });
    const { id, token } = added.body;
    expect(token).toMatch(/^sat_[a-z2-7]{26}$/);
    expect((await api.get('/keys')).status).toBe(401);
    const own = api.with(token);
    expect((await own.get('/admin-tokens')).body).toEqual({
      tokens: [{ id, name: 'first', scope: 'write', source: 'data.dir' }],
    });
    expect((await own.delete('/admin-tokens/aaaaaaaa')).body).toMatchObject({
      status: 404,
      code: 'no_such_admin_token',
    });
    expect((await own.delete(`/admin-tokens/${id}`)).status).toBe(204);
    // The API stays closed, or removing a token would open it.
    expect((await own.get('/keys')).body.code).toBe('unknown_admin_token');
    expect((await api.get('/keys')).body.code).toBe('admin_token_needed');
  });

  test('that another process adds work at once, and close the API', async () => {
    const dir = newFolder();
    const { api } = await operate({ data: { dir } });
    expect((await api.get('/keys')).status).toBe(200);
    const stored = await StoredAdminTokens.open(await FolderStore.open(dir));
    const { token } = await stored.add('cli', 'read', 0);
    expect((await api.get('/keys')).status).toBe(401);
    expect((await api.with(token).get('/keys')).status).toBe(200);
  });

  test('that cannot be read close the API, and the log says why', async () => {
    const dir = newFolder();
    const { api, log } = await operate({ data: { dir } });
    expect((await api.get('/keys')).status).toBe(200);
    writeFileSync(path.join(dir, 'admin-tokens.json'), '{');
    expect((await api.get('/keys')).status).toBe(401);
    expect(await log.untilMessage('the changed admin tokens are not used; those before are')).toMatchObject({
      err: { code: 'damaged_data' },
    });
  });

  test('are unknown to a gateway that has not read them, so its API is closed', async () => {
    const gate = gateOf({ dataDir: newFolder() });
    expect(await gate.admit(asked('127.0.0.1'), 'read')).toEqual({ code: 'admin_token_needed' });
  });
});

type Asked = Parameters<AdminGate['admit']>[0];

function asked(
  remoteAddress: string,
  headers: Readonly<Record<string, string>> = { host: 'localhost' },
): Asked {
  return { headers, socket: { remoteAddress } } as unknown as Asked;
}

function gateOf(options: { dataDir?: string; networks?: string; publicUrl?: string } = {}): AdminGate {
  const { dataDir = '', networks = '', publicUrl = '' } = options;
  return new AdminGate({
    access: new AdminAccess({ list: [], dataDir, log: silentLogger }),
    networks: new NetworkList(networks),
    publicUrl,
    proxies: new TrustedProxies({ networks: [], header: 'x-forwarded-for' }),
    clock: clockOf(() => 0),
  });
}

describe('without admin tokens', () => {
  test.each([
    ['127.0.0.1', undefined],
    ['::ffff:192.168.1.5', undefined],
    ['fd00::1', undefined],
    ['203.0.113.7', 'admin_network'],
    ['2001:db8::1', 'admin_network'],
    ['198.51.100.9', undefined],
  ])('a request from %s', async (address, code) => {
    const gate = gateOf({ networks: '198.51.100.0/24' });
    expect(await gate.admit(asked(address), 'write')).toMatchObject(
      code === undefined ? { who: expect.any(String) } : { code },
    );
  });

  test.each([
    ['localhost:8080', true],
    ['[::1]:8080', true],
    ['10.0.0.7', true],
    ['studio', true],
    ['studio.local', true],
    ['live.example.org', true],
    ['rebound.example.com', false],
    ['10.0.0.7.example.com', false],
    ['a b', false],
  ])('a request for the host %s', async (host, isAllowed) => {
    const gate = gateOf({ publicUrl: 'https://live.example.org/tv' });
    const caller = await gate.admit(asked('10.0.0.2', { host }), 'read');
    expect('who' in caller).toBe(isAllowed);
  });

  test('a request through a proxy is refused, because its client is unknown', async () => {
    const { api } = await operate();
    for (const header of ['x-forwarded-for', 'forwarded', 'x-real-ip'])
      expect((await api.get('/keys', { headers: { [header]: '10.0.0.9' } })).body).toMatchObject({
        status: 403,
        code: 'admin_proxied',
      });
  });

  test('the client of a trusted proxy is the one that it names; one without a name is refused', async () => {
    const { api, log } = await operate({ proxies: { trusted: ['127.0.0.0/8'] } });
    const from = (address: string) => ({ headers: { 'x-forwarded-for': address } });
    expect((await api.get('/keys', from('10.0.0.9'))).status).toBe(200);
    expect((await api.get('/keys', from('203.0.113.7'))).body).toMatchObject({
      code: 'admin_network',
      detail: expect.stringContaining('203.0.113.7 is a public address'),
    });
    expect((await api.get('/keys')).body.code).toBe('admin_proxied');
    await api.ask('POST', '/reload', { body: {}, ...from('10.0.0.9') });
    expect(await log.until(({ code }) => code === 'api_write')).toMatchObject({
      who: 'address 10.0.0.9',
      remote: '10.0.0.9',
    });
  });

  test('a token is refused all the same: the gateway may have been started without its data folder', async () => {
    const { api } = await operate();
    const refused = await api.with(WRONG).get('/keys');
    expect(refused.body.code).toBe('unknown_admin_token');
    expect(refused.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"');
  });
});

describe('while there is no token, a page of another site', () => {
  const operations = OPERATIONS.filter(({ access }) => access !== 'public');
  const asking = ({ path, method, body }: (typeof OPERATIONS)[number], headers: Record<string, string>) => ({
    path: path.replaceAll(/\{\w+\}/g, 'show'),
    method: method.toUpperCase(),
    request: { headers, ...(body === undefined ? {} : { body: {} }) },
  });

  test.each(operations.filter(({ access }) => access === 'write').map((each) => [each.id, each] as const))(
    'cannot call %s, in any way that a browser sends it',
    async (_id, operation) => {
      const { api, log } = await operate();
      for (const headers of [
        { origin: 'https://evil.example' },
        { origin: 'null' },
        { origin: 'http://127.0.0.1:3000' },
        { origin: 'http://localhost' },
        { 'sec-fetch-site': 'cross-site' },
        { 'sec-fetch-site': 'same-site' },
        { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example', 'sec-fetch-mode': 'no-cors' },
      ]) {
        const { path: target, method, request: asked } = asking(operation, headers);
        const answer = await api.ask(method, target, asked);
        expect([answer.status, answer.body.code], JSON.stringify(headers)).toEqual([403, 'foreign_origin']);
      }
      expect(log.texts.join()).not.toContain('"result":"done"');
    },
  );

  test('cannot call anything under a name of its own that points to the gateway (DNS rebinding)', async () => {
    const { httpPort } = await operate();
    for (const operation of operations)
      for (const host of [
        'evil.example',
        `evil.example:${httpPort}`,
        'localhost.evil.example',
        '127.0.0.1.nip.io',
      ]) {
        const own = { host, origin: `http://${host}`, 'sec-fetch-site': 'same-origin' };
        const { path: target, method } = asking(operation, {});
        const { status, body } = await rawGet(`http://127.0.0.1:${httpPort}/api/v1${target}`, own, method);
        expect([status, JSON.parse(String(body) || '{}').code], `${operation.id} of ${host}`).toEqual([
          403,
          'admin_host',
        ]);
      }
  });
});

describe('a page of another site', () => {
  const kick = '/streams/show/kick';

  test.each([
    [{ origin: 'https://evil.example' }, 403],
    [{ origin: 'null' }, 403],
    [{ 'sec-fetch-site': 'cross-site' }, 403],
    [{ 'sec-fetch-site': 'same-site' }, 403],
    [{ 'sec-fetch-site': 'same-origin', origin: 'https://public.example' }, 404],
    [{ 'sec-fetch-site': 'none' }, 404],
    [{}, 404],
  ])('changes nothing: %o is %i', async (headers, status) => {
    const { api } = await operate();
    const answer = await api.ask('POST', kick, { body: {}, headers });
    expect(answer.status).toBe(status);
    if (status === 403) expect(answer.body.code).toBe('foreign_origin');
  });

  test('cannot send a form, reads nothing, and gets no permission to', async () => {
    const { api, url } = await operate();
    const form = await api.ask('POST', kick, { body: '{}', headers: { 'content-type': 'text/plain' } });
    expect(form.body).toMatchObject({ status: 415, code: 'bad_content_type' });
    const preflight = await fetch(url('/api/v1/keys'), {
      method: 'OPTIONS',
      headers: { origin: 'https://evil.example', 'access-control-request-method': 'POST' },
    });
    expect([preflight.status, preflight.headers.get('allow')]).toEqual([204, 'GET, POST, HEAD, OPTIONS']);
    for (const headers of [preflight.headers, (await api.get('/keys')).headers])
      expect([...headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
  });

  test('of the gateway itself may change', async () => {
    const { api, httpPort } = await operate();
    const headers = { origin: `http://127.0.0.1:${httpPort}` };
    expect((await api.ask('POST', kick, { body: {}, headers })).status).toBe(404);
  });
});

describe('a request', () => {
  test.each([
    ['not JSON', '{"name":', 'The body is not JSON in UTF-8.'],
    ['an array', [], 'The body must be a JSON object.'],
    ['null', 'null', 'The body must be a JSON object.'],
    ['an unknown field', { nmae: 'a' }, 'The field "nmae" is unknown; did you mean name?'],
    [
      'a field of a prototype',
      '{"__proto__":{"name":"a"}}',
      'The field "__proto__" is unknown; known are name, expires, networks, takeover, maxBitsPerSecond, maxViewers.',
    ],
    ['a missing field', {}, 'name must be a stream name: 1 to 64 letters, digits, "-" or "_".'],
    [
      'a field of another type',
      { name: 7 },
      'name must be a stream name: 1 to 64 letters, digits, "-" or "_".',
    ],
    [
      'a wrong network',
      { name: 'a', networks: ['x'] },
      'networks.0 must be a network such as 192.0.2.0/24, or an address.',
    ],
    [
      'a wrong time',
      { name: 'a', expires: 'soon' },
      'expires must be a time in UTC such as 2026-12-31T18:00:00Z.',
    ],
    [
      'a number that is too large',
      { name: 'a', maxBitsPerSecond: 1e300 },
      'maxBitsPerSecond must be a whole number from 0 to 100000000000.',
    ],
    ['a wrong choice', { name: 'a', takeover: 'never' }, 'takeover must be one of silent, newest.'],
  ])('with %s is refused by name', async (_what, body, detail) => {
    const { api } = await operate({ data: { dir: newFolder() } });
    const answer = await api.post('/keys', body);
    expect(answer).toMatchObject({ status: 400, body: { code: 'bad_body', title: 'Bad body', detail } });
  });

  test('with an unknown query parameter or a bad path is refused by name', async () => {
    const { api, log } = await operate();
    expect((await api.get('/viewers?limti=1')).body).toMatchObject({
      status: 400,
      code: 'bad_query',
      detail: 'The query parameter "limti" is unknown; did you mean limit?',
    });
    expect((await api.get('/keys?x=1')).body.detail).toBe(
      'The query parameter "x" is unknown; there is none.',
    );
    expect((await api.get('/viewers?limit=5&limit=6')).body.detail).toBe(
      'limit must be one whole number from 1 to 1000; the query has "5" and "6".',
    );
    expect((await api.get('/streams/no%20name/report')).body.code).toBe('bad_parameter');
    const secret = 'sk_aaaaaaaaaaaaaaaaaaaaaaaaaa';
    const answer = await api.delete(`/keys/${secret}`);
    expect(answer.body).toMatchObject({ status: 400, code: 'bad_parameter' });
    expect(JSON.stringify([answer.body, log.texts])).not.toContain(secret);
  });

  test('with a body above the limit is refused, announced or not', async () => {
    const { api, url } = await operate();
    const large = { reason: 'x'.repeat(MAX_BODY_BYTES) };
    expect((await api.post('/streams/show/kick', large)).body).toMatchObject({
      status: 413,
      code: 'body_too_large',
      detail: `A body is ${MAX_BODY_BYTES} bytes at most, in ${MAX_BODY_PIECES} pieces at most.`,
    });
    const status = await new Promise((resolve, reject) => {
      const asking = request(url('/api/v1/reload'), {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
      });
      asking.once('response', (response) => resolve(response.statusCode));
      asking.once('error', reject);
      asking.write('x'.repeat(MAX_BODY_BYTES + 1));
    });
    expect(status).toBe(413);
  });

  test('whose client leaves before the body is complete leaves no line in the log', async () => {
    const { api, url, log } = await operate();
    await new Promise<void>((resolve) => {
      const asking = request(url('/api/v1/reload'), {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'content-length': '100' },
      });
      asking.once('error', () => resolve());
      asking.write('{', () => asking.destroy());
      asking.once('close', () => resolve());
    });
    await api.post('/reload');
    expect(log.lines.filter(({ level }) => Number(level) >= 40)).toEqual([]);
    expect(log.lines.filter(({ code }) => code === 'api_write')).toHaveLength(1);
  });

  test('is read by the application that the gateway is mounted in, or by the gateway', async () => {
    const gateway = createGateway({ logger: silentLogger, ...TOKENS });
    whenDone(() => gateway.close());
    for (const readers of [[], [express.json()]]) {
      const app = express();
      for (const reader of readers) app.use(reader);
      app.use('/tv', gateway.handler);
      const server = app.listen(0, '127.0.0.1');
      whenDone(() => void server.close());
      await once(server, 'listening');
      const { port } = server.address() as AddressInfo;
      const api = await ApiClient.open(`http://127.0.0.1:${port}/tv`, WRITER);
      expect((await api.ask('PUT', '/log-level', { body: { level: 'loud' } })).body.code).toBe('bad_body');
      expect((await api.post('/streams/none/kick', { reason: 'x' })).body.code).toBe('no_such_stream');
    }
  });

  test('over HTTP/2 is answered like one over HTTP/1.1', async () => {
    const { ports } = await operate({ tls: TEST_TLS, ...TOKENS });
    const session = await connectHttp2(ports.httpsPort ?? 0);
    const ask = async (body: string, token: string): Promise<readonly [unknown, string]> => {
      const stream = session.request({
        ...{ ':method': 'PUT', ':path': '/api/v1/log-level' },
        ...{ 'content-type': 'application/json', authorization: `Bearer ${token}` },
        origin: `https://127.0.0.1:${ports.httpsPort}`,
      });
      stream.end(body);
      const [headers] = (await once(stream, 'response')) as [Readonly<Record<string, unknown>>];
      let text = '';
      for await (const piece of stream) text += String(piece);
      return [headers[':status'], text];
    };
    expect(await ask('{"level":"info"}', WRITER)).toEqual([200, '{"level":"info"}\n']);
    expect(await ask('{"level":"info"}', READER)).toEqual([403, expect.stringContaining('admin_scope')]);
    expect(await ask('x'.repeat(MAX_BODY_BYTES + 1), WRITER)).toEqual([
      413,
      expect.stringContaining('body_too_large'),
    ]);
  });

  test('with another method is told which there are', async () => {
    const { url } = await operate();
    const response = await fetch(url('/api/v1/keys'), { method: 'PATCH' });
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, POST, HEAD, OPTIONS']);
    expect(await response.json()).toMatchObject({ code: 'bad_method', status: 405 });
    expect((await fetch(url('/api/v1/settings'), { method: 'HEAD' })).status).toBe(200);
    expect((await fetch(url('/api/v1/nothing'))).status).toBe(404);
  });
});
