// Passwords of streams, given in plain or as a scrypt hash (RFC 7914). Wrong ones are limited for each address.

import { createHmac, randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import type { MonotonicClock } from '../clock.ts';
import { FIXED_LIMITS, type OnLimit } from '../limit-tally.ts';
import { SCRYPT_HASH } from '../settings/playback.ts';
import { SecretGuesses } from './secret-guesses.ts';

/** A hash takes about 50 ms of a thread and 16 MiB. */
const MAX_PENDING = FIXED_LIMITS['passwords.hashing'].limit;
const HASH_BYTES = 32;
const derive = promisify<string, Buffer, number, Buffer>(scrypt);

export type PasswordOutcome = 'right' | 'wrong' | 'too-many' | 'busy';

export class StreamPasswords {
  /** By stream name. */
  readonly #passwords: ReadonlyMap<string, string>;
  readonly #guesses: SecretGuesses;
  /** Texts of any length are compared by their digests, in constant time. */
  readonly #digestKey = randomBytes(HASH_BYTES);
  readonly #onLimit: OnLimit | undefined;
  #pending = 0;

  constructor(passwords: ReadonlyMap<string, string>, clock: MonotonicClock, onLimit?: OnLimit) {
    this.#passwords = passwords;
    this.#onLimit = onLimit;
    this.#guesses = new SecretGuesses(0, clock);
  }

  has(name: string): boolean {
    return this.#passwords.has(name);
  }

  async check(name: string, given: string, address: string | undefined): Promise<PasswordOutcome> {
    const wanted = this.#passwords.get(name);
    if (wanted === undefined) return 'wrong';
    if (this.#guesses.mustRefuse(address)) return 'too-many';
    if (this.#pending >= MAX_PENDING) {
      this.#onLimit?.('passwords.hashing');
      return 'busy';
    }
    this.#pending += 1;
    try {
      if (await this.#isSame(wanted, given.normalize('NFC'))) return 'right';
      this.#guesses.noteWrong(address);
      return 'wrong';
    } finally {
      this.#pending -= 1;
    }
  }

  async #isSame(wanted: string, given: string): Promise<boolean> {
    const [, salt, hash] = SCRYPT_HASH.exec(wanted) ?? [];
    if (salt === undefined || hash === undefined)
      return timingSafeEqual(this.#digest(wanted.normalize('NFC')), this.#digest(given));
    const derived = await derive(given, Buffer.from(salt, 'base64url'), HASH_BYTES);
    return timingSafeEqual(derived, Buffer.from(hash, 'base64url'));
  }

  #digest(text: string): Buffer {
    return createHmac('sha256', this.#digestKey).update(text).digest();
  }
}
