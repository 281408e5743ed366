// A reload of the gateway, and the keys of JWTs that come from a server: new keys are used, and a server that fails closes no stream.
import { generateKeyPairSync, type KeyObject, pbkdf2 } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { exportJWK, SignJWT } from 'jose';
import { expect, test, vi } from 'vitest';
import { PlaybackAccess } from '../../../server/access/playback-access.ts';
import { silentLogger } from '../../../server/log.ts';
import { whenDone } from '../../support/cleanup.ts';
import { clockOf } from '../../support/clock.ts';

const NOW = Date.UTC(2026, 10, 28, 12);

type KeyServer = { readonly url: string; present: KeyObject | undefined; requests: number };

/** Answers with the present key as a JWKS, or with 500 without one. */
async function openKeyServer(first: KeyObject): Promise<KeyServer> {
  const state: KeyServer = { url: '', present: first, requests: 0 };
  const server = createServer((_request, response) => {
    state.requests += 1;
    const { present } = state;
    if (present === undefined) return void response.writeHead(500).end();
    void exportJWK(present).then((jwk) =>
      response.end(JSON.stringify({ keys: [{ ...jwk, kid: 'k', alg: 'ES256' }] })),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  whenDone(() => void server.close());
  return Object.assign(state, { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys` });
}

function accessWith(jwks: string): PlaybackAccess {
  const jwt = { secret: '', key: '', jwks, audience: '', issuer: '' };
  const secrets = ['0123456789abcdef0123456789abcdef'];
  return new PlaybackAccess(
    { access: 'signed', streams: {}, secrets, jwt, asksBackend: false, passwordLifetimeMs: 3_600_000 },
    clockOf(() => NOW),
    silentLogger,
  );
}

const newKeys = () => generateKeyPairSync('ec', { namedCurve: 'P-256' });
const tokenOf = (key: KeyObject): Promise<string> =>
  new SignJWT({ sub: 'show', exp: NOW / 1000 + 60 }).setProtectedHeader({ alg: 'ES256', kid: 'k' }).sign(key);

async function codeOf(access: PlaybackAccess, token: string): Promise<string> {
  const verdict = await access.check('show', token, undefined);
  return verdict.kind === 'allowed' ? 'allowed' : verdict.code;
}

/** A token that was checked with the key of a server. */
async function checkedToken() {
  const { publicKey, privateKey } = newKeys();
  const server = await openKeyServer(publicKey);
  const access = accessWith(server.url);
  const token = await tokenOf(privateKey);
  expect(await codeOf(access, token)).toBe('allowed');
  return { server, access, token };
}

test('a reload while the server of the keys fails leaves the keys in use', async () => {
  const { server, access, token } = await checkedToken();
  server.present = undefined;
  await access.reload(undefined);
  expect(server.requests).toBe(2);
  expect(await codeOf(access, token)).toBe('allowed');
});

test('a reload takes the present keys of the server, and refuses tokens with those before', async () => {
  const [old, present] = [newKeys(), newKeys()];
  const server = await openKeyServer(old.publicKey);
  const access = accessWith(server.url);
  const token = await tokenOf(old.privateKey);
  expect(await codeOf(access, token)).toBe('allowed');
  server.present = present.publicKey;
  await access.reload(undefined);
  expect(await codeOf(access, token)).toBe('playback_token_invalid');
  expect(await codeOf(access, await tokenOf(present.privateKey))).toBe('allowed');
});

test('a reload while the server fails keeps tokens that were checked, also when its keys are due to be requested again', async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: NOW });
  whenDone(() => void vi.useRealTimers());
  const { server, access, token } = await checkedToken();
  server.present = undefined;
  // Keys are ten minutes old at most.
  vi.setSystemTime(NOW + 11 * 60_000);
  await access.reload(undefined);
  expect(await codeOf(access, token)).toBe('allowed');
});

test('a token with a key from before is refused although its check began before the reload', async () => {
  const [old, present] = [newKeys(), newKeys()];
  const server = await openKeyServer(old.publicKey);
  const access = accessWith(server.url);
  const [first, token] = [await tokenOf(old.privateKey), await tokenOf(old.privateKey)];
  expect(await codeOf(access, first)).toBe('allowed');
  // All threads for signatures are busy, so that the check ends after the reload.
  const busy = Array.from({ length: 4 }, () => promisify(pbkdf2)('x', 'y', 100_000, 64, 'sha512'));
  const code = codeOf(access, token);
  server.present = present.publicKey;
  await access.reload(undefined);
  await Promise.all(busy);
  expect(await code).toBe('playback_token_invalid');
  expect(await codeOf(access, token)).toBe('playback_token_invalid');
});
