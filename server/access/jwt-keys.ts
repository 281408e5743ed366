// The keys that verify JWTs (RFC 7519): a shared secret, a public key, or a JWKS (RFC 7517) in a file or at a URL.

import { createPublicKey, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import {
  createLocalJWKSet,
  createRemoteJWKSet,
  errors,
  type JSONWebKeySet,
  type JWTVerifyGetKey,
} from 'jose';
import type { MonotonicClock } from '../clock.ts';
import { GatewayError } from '../errors.ts';
import { fileFault } from '../file-fault.ts';

/** Players give up at 10 s. */
const FETCH_TIMEOUT_MS = 5_000;
/** After a failed request to the server of the keys, the next one waits this long. */
const RETRY_AFTER_MS = 5_000;
/** Tokens that wait for that server at the same time: half of those that are checked at the same time. */
const MAX_WAITING = 128;

/** Algorithms of public keys (RFC 7518 clause 3.1). */
type PublicAlgorithm = 'RS256' | 'ES256';

export type JwtSources = {
  /** HS256; empty for none. */
  readonly secret: string;
  /** PEM file of a public key: RS256 or ES256, by its type; empty for none. */
  readonly key: string;
  /** A file, or a URL; empty for none. */
  readonly jwks: string;
};

export type JwtKeys = {
  /** A JWT with another one is refused. */
  readonly algorithms: readonly string[];
  readonly getKey: JWTVerifyGetKey;
  /** Requests the keys again; if it rejects, the present ones stay. Present if they come from a URL. */
  readonly renew?: (() => Promise<void>) | undefined;
};
type KeySet = Pick<JwtKeys, 'getKey' | 'renew'>;

/** The keys cannot be loaded now, so nothing can be said about the token. */
export class KeysUnavailable extends Error {}

/** Undefined if no key is configured. Throws GatewayError `bad_playback_key`. */
export function jwtKeysOf(sources: JwtSources, clock: MonotonicClock): JwtKeys | undefined {
  const { secret, key, jwks } = sources;
  const getSecret = secret === '' ? undefined : new TextEncoder().encode(secret);
  const pem = key === '' ? undefined : publicKeyOf(key);
  const set = jwks === '' ? undefined : setOf(jwks, clock);
  const algorithms = [
    ...(getSecret === undefined ? [] : ['HS256']),
    ...(pem === undefined ? [] : [pem.algorithm]),
    ...(set === undefined ? [] : ['RS256', 'ES256']),
  ];
  if (algorithms.length === 0) return undefined;
  return {
    algorithms,
    // A key is used with its own algorithm only: a public key must never serve as an HS256 secret.
    getKey: (header, token) => {
      if (header.alg === 'HS256' && getSecret !== undefined) return getSecret;
      if (header.alg === pem?.algorithm && pem !== undefined) return pem.key;
      if (header.alg !== 'HS256' && set !== undefined) return set.getKey(header, token);
      throw new errors.JWKSNoMatchingKey();
    },
    renew: set?.renew,
  };
}

function publicKeyOf(file: string): { readonly key: KeyObject; readonly algorithm: PublicAlgorithm } {
  const pem = textOf('playback.jwt-key', file);
  if (pem.includes('PRIVATE KEY'))
    throw bad('playback.jwt-key', file, 'it is a private key; give the public one, which can only verify');
  let key: KeyObject;
  try {
    key = createPublicKey(pem);
  } catch {
    throw bad('playback.jwt-key', file, 'it is not a public key in PEM');
  }
  if (key.asymmetricKeyType === 'rsa') return { key, algorithm: 'RS256' };
  if (key.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve === 'prime256v1')
    return { key, algorithm: 'ES256' };
  throw bad('playback.jwt-key', file, 'it must be an RSA key (RS256) or an EC key on P-256 (ES256)');
}

function setOf(place: string, clock: MonotonicClock): KeySet {
  if (/^https?:\/\//i.test(place)) return remoteSet(new URL(place), clock);
  const text = textOf('playback.jwt-jwks', place);
  try {
    return { getKey: createLocalJWKSet(JSON.parse(text) as JSONWebKeySet) };
  } catch {
    throw bad('playback.jwt-jwks', place, 'it is not a JSON Web Key Set, such as {"keys":[…]}');
  }
}

/** The keys are requested when a token needs them, and again for an unknown key, at most every 30 seconds. */
function remoteSet(url: URL, clock: MonotonicClock): KeySet {
  const getKey = createRemoteJWKSet(url, { timeoutDuration: FETCH_TIMEOUT_MS });
  let retryAtMs = Number.NEGATIVE_INFINITY;
  let waiting = 0;
  const known: JWTVerifyGetKey = async (header, token) => {
    const keys = getKey.fresh ? getKey.jwks() : undefined;
    if (keys === undefined) throw new KeysUnavailable();
    return createLocalJWKSet(keys)(header, token).catch((error: unknown) => {
      throw error instanceof errors.JWKSNoMatchingKey ? new KeysUnavailable() : error;
    });
  };
  const getRemote: JWTVerifyGetKey = async (header, token) => {
    // Anybody can send tokens with keys that do not exist: tokens with known keys do not depend on what becomes of those.
    if (clock.monotonicMs() < retryAtMs || waiting >= MAX_WAITING) return known(header, token);
    waiting += 1;
    try {
      return await getKey(header, token);
    } catch (error) {
      const isAnswered =
        error instanceof errors.JWKSNoMatchingKey ||
        error instanceof errors.JWKSMultipleMatchingKeys ||
        error instanceof errors.JOSENotSupported;
      if (isAnswered) throw error;
      retryAtMs = clock.monotonicMs() + RETRY_AFTER_MS;
      throw new KeysUnavailable();
    } finally {
      waiting -= 1;
    }
  };
  return { getKey: getRemote, renew: () => getKey.reload() };
}

function textOf(setting: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw bad(setting, file, `it cannot be read: ${fileFault(error)}`);
  }
}

function bad(setting: string, file: string, what: string): GatewayError {
  return new GatewayError('config', 'bad_playback_key', `${setting} ${file}: ${what}`);
}
