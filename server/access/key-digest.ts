// What is kept of a publish key instead of the key: its HMAC-SHA-256 (RFC 2104) under a secret of the gateway.

import { createHash, createHmac, randomBytes } from 'node:crypto';

const SECRET_BYTES = 32;
const KEY_BITS = 128;
/** RFC 4648 clause 6, in lower case: no letter is taken for another one when a key is read aloud or typed. */
const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';
const BITS_PER_CHARACTER = 5;
const ID_CHARACTERS = 8;
const SECRET_ID_CHARACTERS = 16;

/** `sk_` and 26 characters: 128 random bits. */
export function newKey(): string {
  return `sk_${base32(randomBytes(KEY_BITS / 8))}`;
}

/** Whether a text looks like what `newKey` makes. */
export function isMadeKey(text: string): boolean {
  return /^sk_[a-z2-7]{26}$/.test(text);
}

/** A name for a key that says nothing of it. */
export function newKeyId(): string {
  return base32(randomBytes(ID_CHARACTERS)).slice(0, ID_CHARACTERS);
}

export function newSecret(): Buffer {
  return randomBytes(SECRET_BYTES);
}

/** Makes digests under one secret. Who has the digests but not the secret cannot try keys against them. */
export class KeyDigests {
  /** Tells one secret from another. */
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
