// Requests to other servers: their certificate is verified, and each ends with its socket.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { expect, test } from 'vitest';
import { silentLogger } from '../../../server/log.ts';
import { type PostRequest, post } from '../../../server/outbound/http-post.ts';
import { startBackend, withStatus } from '../../support/backend.ts';
import { whenDone } from '../../support/cleanup.ts';

const CERTIFICATES = path.resolve(import.meta.dirname, '../../cases/certificates');
const pem = (name: string) => readFileSync(path.join(CERTIFICATES, name), 'utf8');

function request(url: string, more: Partial<PostRequest> = {}) {
  return post({ url, headers: { 'x-a': 'b' }, body: 'täxt', deadlineMs: 20_000, log: silentLogger, ...more });
}

async function tlsServer(name: string, host = '127.0.0.1'): Promise<string> {
  const server = createServer({ cert: pem(`${name}.crt`), key: pem(`${name}.key`) }, (_request, response) =>
    response.end('secure'),
  );
  server.on('tlsClientError', () => {});
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  whenDone(() => void server.close());
  return `https://localhost:${(server.address() as AddressInfo).port}/`;
}

test('sends the body and the headers, and returns the answer', async () => {
  const backend = await startBackend(withStatus(201, 'made', { 'x-c': 'd' }));
  expect(await request(backend.url)).toMatchObject({ status: 201, body: 'made', headers: { 'x-c': 'd' } });
  expect(backend.requests).toMatchObject([{ body: 'täxt', headers: { 'x-a': 'b', 'content-length': '5' } }]);
  await backend.untilNoSockets();
});

test('a certificate that nobody vouches for is refused, and one of the given authority is accepted', async () => {
  const url = await tlsServer('first');
  await expect(request(url)).rejects.toMatchObject({
    kind: 'unreachable',
    message: expect.stringMatching(/CERT/),
  });
  const authorities = pem('first.crt');
  expect(await request(url, { authorities })).toMatchObject({ status: 200, body: 'secure' });
});

test('a certificate of another host is refused', async () => {
  // The certificate is for localhost and 127.0.0.1.
  const url = (await tlsServer('first', '127.0.0.2')).replace('localhost', '127.0.0.2');
  const outcome = request(url, { authorities: pem('first.crt') });
  await expect(outcome).rejects.toMatchObject({
    kind: 'unreachable',
    message: expect.stringContaining('ERR_TLS_CERT_ALTNAME_INVALID'),
  });
});

test('ends when it is given up, before it starts and while it waits', async () => {
  const backend = await startBackend(() => {});
  await expect(request(backend.url, { signal: AbortSignal.abort() })).rejects.toMatchObject({
    kind: 'aborted',
  });
  const stop = new AbortController();
  const asked = request(backend.url, { signal: stop.signal });
  await backend.untilRequests(1);
  stop.abort();
  await expect(asked).rejects.toMatchObject({ kind: 'aborted' });
  await backend.untilNoSockets();
  expect(backend.requests).toHaveLength(1);
});

test('an address that cannot be asked is a fault of the request, and is not told', async () => {
  const outcome = request('http://127.0.0.1:1/secret', { headers: { 'bad header': 'x' } });
  await expect(outcome).rejects.toMatchObject({
    kind: 'unreachable',
    message: expect.not.stringContaining('secret'),
  });
});
