// Who may watch: the access of each stream, tokens and JWTs, and what a refusal says.
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { exportJWK, SignJWT } from 'jose';
import { describe, expect, test, vi } from 'vitest';
import { PlaybackAccess, type PlaybackRules } from '../../../server/access/playback-access.ts';
import { writePlaybackToken } from '../../../server/access/playback-token.ts';
import { VerifiedTokens } from '../../../server/access/verified-tokens.ts';
import { silentLogger } from '../../../server/log.ts';
import { FolderStore } from '../../../server/store/folder-store.ts';
import { whenDone } from '../../support/cleanup.ts';
import { clockOf } from '../../support/clock.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const SECRET = '0123456789abcdef0123456789abcdef';
const OLD_SECRET = 'fedcba9876543210fedcba9876543210';
const NOW = Date.UTC(2026, 10, 28, 12);
const HERE = '192.0.2.7';
const NO_JWT = { secret: '', key: '', jwks: '', audience: '', issuer: '' };

let nowMs = NOW;
const clock = clockOf(() => nowMs);

type Given = Partial<Omit<PlaybackRules, 'jwt'>> & { readonly jwt?: Partial<PlaybackRules['jwt']> };

function accessWith({ jwt, ...rules }: Given = {}): PlaybackAccess {
  nowMs = NOW;
  const all: PlaybackRules = {
    access: 'signed',
    streams: {},
    secrets: [SECRET],
    asksBackend: false,
    passwordLifetimeMs: 3_600_000,
    ...rules,
    jwt: { ...NO_JWT, ...jwt },
  };
  return new PlaybackAccess(all, clock, silentLogger);
}

function newFolder(): string {
  return temporaryFolder('playback');
}

const token = (
  terms: { name?: string; expiresAt?: number; network?: string } = {},
  secret = SECRET,
): string => writePlaybackToken(secret, { name: 'show', expiresAt: NOW + 60_000, ...terms });

const codeOf = async (access: PlaybackAccess, given: string | undefined, address = HERE): Promise<string> => {
  const verdict = await access.check('show', given, address);
  return verdict.kind === 'allowed' ? 'allowed' : verdict.code;
};

describe('access', () => {
  test('is that of all streams, or of the stream', () => {
    const access = accessWith({
      access: 'unlisted',
      streams: {
        show: { access: 'signed' },
        open: { access: 'public' },
        constructor: { access: 'signed' },
      } as PlaybackRules['streams'],
    });
    expect(['show', 'open', 'other', 'constructor', 'toString'].map((name) => access.isSigned(name))).toEqual(
      [...[true, false, false, true, false]],
    );
    expect(['show', 'open', 'other'].map((name) => access.isListed(name))).toEqual([false, true, false]);
  });

  test('of a public gateway signs nothing and lists everything', () => {
    const access = accessWith({ access: 'public' });
    expect([access.isSigned('show'), access.isListed('show')]).toEqual([false, true]);
  });
});

describe('a token', () => {
  test('opens its stream until it expires, from its network', async () => {
    const access = accessWith();
    const given = token({ network: '192.0.2.0/24' });
    expect(await codeOf(access, given)).toBe('allowed');
    expect(await codeOf(access, given, '::ffff:192.0.2.9')).toBe('allowed');
    expect(await codeOf(access, given, '198.51.100.1')).toBe('playback_token_wrong_network');
    expect(await access.check('show', given, undefined)).toMatchObject({
      code: 'playback_token_wrong_network',
    });
    expect(await access.check('other', given, HERE)).toMatchObject({ code: 'playback_token_wrong_stream' });
    nowMs = NOW + 59_999;
    expect(await codeOf(access, given)).toBe('allowed');
    nowMs = NOW + 60_000;
    expect(await codeOf(access, given)).toBe('playback_token_expired');
    expect(await codeOf(accessWith(), undefined)).toBe('playback_token_missing');
  });

  test('is answered at once, the second time without a signature', () => {
    const access = accessWith();
    const given = token();
    const first = access.check('show', given, HERE);
    expect(access.check('show', given, HERE)).toBe(first);
  });

  test('that is not authentic gets no other reason than that, whatever it says', async () => {
    const access = accessWith();
    const forged = [
      token({}, OLD_SECRET),
      token({ expiresAt: NOW - 1_000 }, OLD_SECRET),
      token({ name: 'other' }, OLD_SECRET),
      token({ network: '198.51.100.0/24' }, OLD_SECRET),
      'x',
      'a.b.c',
      'é',
    ];
    for (const each of forged) expect(await codeOf(access, each), each).toBe('playback_token_invalid');
  });

  test('of an earlier secret works while the secret is listed', async () => {
    expect(await codeOf(accessWith({ secrets: [SECRET, OLD_SECRET] }), token({}, OLD_SECRET))).toBe(
      'allowed',
    );
    const access = accessWith({ secrets: [SECRET, OLD_SECRET] });
    expect(access.issue({ name: 'show', expiresAt: NOW + 60_000 })).toBe(token());
  });

  test('for a viewer lasts as long as the operator allows, to the whole second and at most to the year 2106', async () => {
    const access = accessWith();
    const short = access.issueForViewer('show', NOW + 1);
    nowMs = NOW + 1;
    expect(await codeOf(access, short)).toBe('allowed');
    nowMs = NOW + 1_000;
    expect(await codeOf(access, short)).toBe('playback_token_expired');
    expect(await codeOf(access, access.issueForViewer('show', NOW + 1e15))).toBe('allowed');
  });

  test('is remembered in a bounded number', () => {
    const tokens = new VerifiedTokens(2);
    const pass = {
      kind: 'allowed',
      name: 'show',
      expiresAt: 9,
      trustedUntil: 9,
      network: undefined,
      viewer: undefined,
    } as const;
    for (const each of ['a', 'b', 'c']) tokens.add(each, pass);
    expect([tokens.size, tokens.get('a', 1), tokens.get('c', 8), tokens.get('c', 9), tokens.size]).toEqual([
      ...[2, undefined, pass, undefined, 1],
    ]);
  });
});

describe('the secret of the data folder', () => {
  test('is made once, is kept, and is not made where settings have one or nothing is signed', async () => {
    const folder = newFolder();
    const store = await FolderStore.open(folder);
    await accessWith().open(store);
    await accessWith({ access: 'public', secrets: [] }).open(store);
    expect(() => readFileSync(path.join(folder, 'playback.json'))).toThrow();
    const access = accessWith({ secrets: [] });
    await access.open(store);
    const given = access.issue({ name: 'show', expiresAt: NOW + 60_000 });
    const later = accessWith({ secrets: [] });
    await later.open(await FolderStore.open(folder));
    expect(await codeOf(later, given)).toBe('allowed');
    expect(await codeOf(accessWith({ secrets: [] }), given)).toBe('playback_token_invalid');
  });

  test('is read again, and tokens of a secret that was removed are refused', async () => {
    const folder = newFolder();
    const store = await FolderStore.open(folder);
    const access = accessWith({ secrets: [] });
    await access.open(store);
    const given = access.issue({ name: 'show', expiresAt: NOW + 60_000 });
    expect(await codeOf(access, given)).toBe('allowed');
    writeFileSync(path.join(folder, 'playback.json'), JSON.stringify({ format: 1, secrets: [OLD_SECRET] }));
    await access.reload(store);
    expect(await codeOf(access, given)).toBe('playback_token_invalid');
    writeFileSync(path.join(folder, 'playback.json'), '{');
    await access.reload(store);
    expect(await codeOf(access, token({}, OLD_SECRET))).toBe('allowed');
  });
});

describe('JWTs', () => {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });

  type Claims = Readonly<Record<string, unknown>>;
  const jwt = (key: KeyObject | string, alg: string, claims: Claims = {}, kid?: string): Promise<string> =>
    new SignJWT({ sub: 'show', exp: NOW / 1000 + 60, ...claims })
      .setProtectedHeader({ alg, ...(kid === undefined ? {} : { kid }) })
      .sign(typeof key === 'string' ? new TextEncoder().encode(key) : key);

  function pemOf({ publicKey }: { readonly publicKey: KeyObject }): string {
    const file = path.join(newFolder(), 'key.pem');
    writeFileSync(file, publicKey.export({ type: 'spki', format: 'pem' }));
    return file;
  }

  test.each([
    ['HS256', () => ({ secret: SECRET }), SECRET],
    ['RS256', () => ({ key: pemOf(rsa) }), rsa.privateKey],
    ['ES256', () => ({ key: pemOf(ec) }), ec.privateKey],
  ] as const)('with %s open their stream', async (alg, sources, key) => {
    const access = accessWith({ jwt: sources() });
    const given = await jwt(key, alg);
    expect(await codeOf(access, given)).toBe('allowed');
    expect(access.check('show', given, HERE)).not.toBeInstanceOf(Promise);
    expect(await access.check('other', given, HERE)).toMatchObject({ code: 'playback_token_wrong_stream' });
    expect(await codeOf(access, await jwt(key, alg, { exp: NOW / 1000 }))).toBe('playback_token_expired');
    expect(await codeOf(access, await jwt(key, alg, { nbf: NOW / 1000 + 5 }))).toBe('playback_token_not_yet');
    expect(await codeOf(access, await jwt(key, alg, { exp: undefined }))).toBe('playback_token_invalid');
    expect(await codeOf(access, await jwt(key, alg, { sub: undefined }))).toBe('playback_token_invalid');
    expect(await codeOf(access, token())).toBe('allowed');
    nowMs = NOW + 60_000;
    expect(await codeOf(access, given)).toBe('playback_token_expired');
  });

  test('with any character changed are refused', async () => {
    const access = accessWith({ jwt: { secret: SECRET } });
    const given = await jwt(SECRET, 'HS256');
    for (let at = 0; at < given.length; at += 1) {
      const altered = `${given.slice(0, at)}${given[at] === 'A' ? 'B' : 'A'}${given.slice(at + 1)}`;
      expect(await codeOf(access, altered), altered).not.toBe('allowed');
    }
  });

  test('of other algorithms and of none are refused, also where the public key is the secret', async () => {
    const file = pemOf(rsa);
    const access = accessWith({ jwt: { key: file } });
    const none = [{ alg: 'none' }, { sub: 'show', exp: NOW / 1000 + 60 }]
      .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
      .join('.');
    const confused = await jwt(readFileSync(file, 'utf8'), 'HS256');
    const foreign = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const given = [
      `${none}.`,
      confused,
      await jwt(ec.privateKey, 'ES256'),
      await jwt(rsa.privateKey, 'RS512'),
      await jwt(rsa.privateKey, 'PS256'),
      await jwt(foreign.privateKey, 'RS256'),
      `${'a'.repeat(2_000)}.${'b'.repeat(2_000)}.c`,
    ];
    for (const each of given) expect(await codeOf(access, each), each).toBe('playback_token_invalid');
    expect(await codeOf(accessWith(), await jwt(SECRET, 'HS256'))).toBe('playback_token_invalid');
  });

  test('need the audience and the issuer that are set', async () => {
    const access = accessWith({ jwt: { secret: SECRET, audience: 'tv', issuer: 'site' } });
    expect(await codeOf(access, await jwt(SECRET, 'HS256', { aud: ['x', 'tv'], iss: 'site' }))).toBe(
      'allowed',
    );
    for (const claims of [{ aud: 'tv' }, { iss: 'site' }, { aud: 'x', iss: 'site' }, { aud: 'tv', iss: 'x' }])
      expect(await codeOf(access, await jwt(SECRET, 'HS256', claims))).toBe('playback_token_invalid');
  });

  test('of a JWKS in a file are found by their id', async () => {
    const file = path.join(newFolder(), 'jwks.json');
    const keys = [
      { ...(await exportJWK(rsa.publicKey)), kid: 'r', alg: 'RS256' },
      { ...(await exportJWK(ec.publicKey)), kid: 'e', alg: 'ES256' },
    ];
    writeFileSync(file, JSON.stringify({ keys }));
    const access = accessWith({ jwt: { jwks: file } });
    expect(await codeOf(access, await jwt(rsa.privateKey, 'RS256', {}, 'r'))).toBe('allowed');
    expect(await codeOf(access, await jwt(ec.privateKey, 'ES256', {}, 'e'))).toBe('allowed');
    expect(await codeOf(access, await jwt(ec.privateKey, 'ES256', {}, 'r'))).toBe('playback_token_invalid');
  });

  test('of a JWKS at an address: a server that fails is not asked for each token, and refuses nobody for ever', async () => {
    const jwk = { ...(await exportJWK(ec.publicKey)), kid: 'e', alg: 'ES256' };
    let status = 500;
    let requests = 0;
    const server = createServer((_request, response) => {
      requests += 1;
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ keys: [jwk] }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    whenDone(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const access = accessWith({ jwt: { jwks: `http://127.0.0.1:${port}/keys` } });
    const given = await jwt(ec.privateKey, 'ES256', {}, 'e');
    expect(await codeOf(access, given)).toBe('playback_token_unchecked');
    expect(await codeOf(access, given)).toBe('playback_token_unchecked');
    expect(requests).toBe(1);
    status = 200;
    nowMs = NOW + 5_000;
    expect(await codeOf(access, given)).toBe('allowed');
    const otherKey = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    expect(await codeOf(access, await jwt(otherKey.privateKey, 'ES256', {}, 'x'))).toBe(
      'playback_token_invalid',
    );
    expect(requests).toBe(2);
  });

  test('with known keys open their stream while the JWKS cannot be loaded for tokens with unknown keys', async () => {
    const jwk = { ...(await exportJWK(ec.publicKey)), kid: 'e', alg: 'ES256' };
    let isDown = false;
    let requests = 0;
    const server = createServer((_request, response) => {
      requests += 1;
      if (isDown) response.writeHead(500).end();
      else response.end(JSON.stringify({ keys: [jwk] }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    whenDone(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const access = accessWith({ jwt: { jwks: `http://127.0.0.1:${port}/keys` } });
    expect(await codeOf(access, await jwt(ec.privateKey, 'ES256', {}, 'e'))).toBe('allowed');
    isDown = true;
    // jose asks again for an unknown key after 30 s of the system's clock.
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 31_000 });
    whenDone(() => void vi.useRealTimers());
    expect(await codeOf(access, await jwt(ec.privateKey, 'ES256', {}, 'x'))).toBe('playback_token_unchecked');
    const another = await jwt(ec.privateKey, 'ES256', { jti: 'another' }, 'e');
    expect(await codeOf(access, another)).toBe('allowed');
    expect(await codeOf(access, await jwt(ec.privateKey, 'ES256', {}, 'y'))).toBe('playback_token_unchecked');
    expect(requests).toBe(2);
  });

  test('that are being checked while their key is replaced are checked with the new one', async () => {
    const file = pemOf(ec);
    const access = accessWith({ jwt: { key: file } });
    const given = await jwt(ec.privateKey, 'ES256');
    const verdict = access.check('show', given, HERE);
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    writeFileSync(file, publicKey.export({ type: 'spki', format: 'pem' }));
    await access.reload(undefined);
    expect(await verdict).toMatchObject({ code: 'playback_token_invalid' });
    expect(await codeOf(access, given)).toBe('playback_token_invalid');
  });

  test.each([
    ['no file', () => ({ key: path.join(newFolder(), 'none.pem') }), 'cannot be read'],
    [
      'a private key',
      () => {
        const file = path.join(newFolder(), 'key.pem');
        writeFileSync(file, rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }));
        return { key: file };
      },
      'it is a private key',
    ],
    [
      'another curve',
      () => ({ key: pemOf(generateKeyPairSync('ec', { namedCurve: 'P-384' })) }),
      'EC key on P-256',
    ],
    ['no PEM', () => ({ key: import.meta.filename }), 'not a public key in PEM'],
    ['no JWKS', () => ({ jwks: import.meta.filename }), 'not a JSON Web Key Set'],
  ] as const)('cannot be verified with %s', (_what, jwtSources, message) => {
    expect(() => accessWith({ jwt: jwtSources() })).toThrow(message);
  });
});
