// Makes publish keys and admin tokens, and their digests: HMAC-SHA-256 (RFC 2104) with a secret of the gateway. Only digests are stored.

import { createHash, createHmac, randomBytes } from 'node:crypto';

const SECRET_BYTES = 32;
const KEY_BITS = 128;
/** RFC 4648 clause 6, in lower case. It has no 0 and 1, which look like letters. */
const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';
const BITS_PER_CHARACTER = 5;
const ID_CHARACTERS = 8;
const SECRET_ID_CHARACTERS = 16;

/** `sk_` and 26 characters: 128 random bits. */
export function newKey(): string {
  return `sk_${base32(randomBytes(KEY_BITS / 8))}`;
}

/** `sat_` and 26 characters: an admin token. */
export function newAdminToken(): string {
  return `sat_${base32(randomBytes(KEY_BITS / 8))}`;
}

/** Whether a text has the form of `newKey`. */
export function isMadeKey(text: string): boolean {
  return /^sk_[a-z2-7]{26}$/.test(text);
}

/** A random id, which reveals nothing about the key. */
export function newKeyId(): string {
  return base32(randomBytes(ID_CHARACTERS)).slice(0, ID_CHARACTERS);
}

export function newSecret(): Buffer {
  return randomBytes(SECRET_BYTES);
}

/** Makes digests with one secret. Without the secret nobody can test keys against the digests. */
export class KeyDigests {
  /** Identifies the secret without revealing it. */
  readonly secretId: string;
  readonly #secret: Buffer;

  constructor(secret: Buffer = newSecret()) {
    this.#secret = secret;
    this.secretId = createHash('sha256')
      .update('secret id')
      .update(secret)
      .digest('hex')
      .slice(0, SECRET_ID_CHARACTERS);
  }

  of(key: string): Buffer {
    return createHmac('sha256', this.#secret).update(key).digest();
  }

  /** Differs from the digest of an equal publish key, which has no blank. */
  ofAdminToken(token: string): Buffer {
    return this.of(`admin token ${token}`);
  }
}

function base32(bytes: Buffer): string {
  let text = '';
  let bits = 0;
  let count = 0;
  for (const byte of bytes) {
    bits = (bits << 8) | byte;
    count += 8;
    while (count >= BITS_PER_CHARACTER) {
      count -= BITS_PER_CHARACTER;
      text += BASE32[(bits >> count) & 31];
      bits &= (1 << count) - 1;
    }
  }
  return count === 0 ? text : text + BASE32[(bits << (BITS_PER_CHARACTER - count)) & 31];
}
