// Verifies JWTs for playback (RFC 7519): `sub` is the stream's name, `exp` is required, `nbf`, `aud` and `iss` are checked.

import { errors, jwtVerify } from 'jose';
import type { Clock } from '../clock.ts';
import { FIXED_LIMITS, type OnLimit } from '../limit-tally.ts';
import { type JwtKeys, KeysUnavailable } from './jwt-keys.ts';
import { type PlaybackPass, type PlaybackRefusal, REFUSED } from './playback-verdict.ts';

/** A key that its owner has removed is refused after this time at the latest. */
const TRUST_MS = 10 * 60_000;
/** Signatures that are checked at the same time; each takes up to a tenth of a millisecond. */
const MAX_PENDING = FIXED_LIMITS['jwt.checking'].limit;
/** JWTs of Mux and Cloudflare have about 500 characters. */
const MAX_JWT_CHARACTERS = 2_048;

export type JwtVerifierOptions = {
  readonly keys: JwtKeys;
  /** Empty for any. */
  readonly audience: string;
  readonly issuer: string;
  readonly clock: Clock;
  /** The keys could not be loaded. */
  readonly onUnavailable: () => void;
  readonly onLimit?: OnLimit | undefined;
};

export class JwtVerifier {
  readonly #options: JwtVerifierOptions;
  #pending = 0;

  constructor(options: JwtVerifierOptions) {
    this.#options = options;
  }

  /** Whether the keys come from a server. */
  get isRemote(): boolean {
    return this.#options.keys.renew !== undefined;
  }

  /** Requests the keys again, if they come from a server. If it rejects, the present ones stay. */
  async renew(): Promise<void> {
    await this.#options.keys.renew?.();
  }

  /** An authentic token, for whatever stream; or why it is refused. Never rejects. */
  async verify(token: string): Promise<PlaybackPass | PlaybackRefusal> {
    if (token.length > MAX_JWT_CHARACTERS) return REFUSED.invalid;
    if (this.#pending >= MAX_PENDING) {
      this.#options.onLimit?.('jwt.checking');
      return REFUSED.unchecked;
    }
    this.#pending += 1;
    try {
      return await this.#verify(token);
    } catch (error) {
      return this.#refusalOf(error);
    } finally {
      this.#pending -= 1;
    }
  }

  async #verify(token: string): Promise<PlaybackPass> {
    const { keys, audience, issuer, clock } = this.#options;
    const nowMs = clock.epochMs();
    const { payload } = await jwtVerify(token, keys.getKey, {
      algorithms: [...keys.algorithms],
      requiredClaims: ['sub', 'exp'],
      currentDate: new Date(nowMs),
      ...(audience === '' ? {} : { audience }),
      ...(issuer === '' ? {} : { issuer }),
    });
    const { sub = '', exp = 0 } = payload;
    const expiresAt = exp * 1000;
    const trustedUntil = Math.min(expiresAt, nowMs + TRUST_MS);
    return { kind: 'allowed', name: sub, expiresAt, trustedUntil, network: undefined, viewer: undefined };
  }

  /** jose checks the signature before the claims, so a reason is told for authentic tokens only. */
  #refusalOf(error: unknown): PlaybackRefusal {
    if (error instanceof KeysUnavailable) {
      this.#options.onUnavailable();
      return REFUSED.unchecked;
    }
    if (error instanceof errors.JWTExpired) return REFUSED.expired;
    const isNotYet =
      error instanceof errors.JWTClaimValidationFailed &&
      error.claim === 'nbf' &&
      typeof error.payload.nbf === 'number';
    return isNotYet ? REFUSED.notYet : REFUSED.invalid;
  }
}
