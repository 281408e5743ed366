// Bits and Exp-Golomb codes over one complete body (ITU-T H.264 clause 9.1; ISO 14496-3 fields).

import { GatewayError } from '../errors.ts';

/** A ue(v) ends at 2^32 − 2 (clause 7.2), which has 31 leading zeros; more means damaged data. */
const MAX_LEADING_ZEROS = 31;

/** Reads most significant bit first. Reading past the end is an error that names the structure. */
export class BitReader {
  readonly #bytes: Uint8Array;
  readonly #what: string;
  #bit = 0;

  constructor(bytes: Uint8Array, what: string) {
    this.#bytes = bytes;
    this.#what = what;
  }

  get remaining(): number {
    return this.#bytes.length * 8 - this.#bit;
  }

  flag(): boolean {
    return this.bits(1) === 1;
  }

  /** Up to 32 bits as an unsigned number. */
  bits(count: number): number {
    if (count > this.remaining) {
      throw new GatewayError(
        'invalid-data',
        'truncated',
        `${this.#what} ends too early: ${count} bits wanted at bit ${this.#bit}, ${this.remaining} left`,
      );
    }
    let value = 0;
    for (let left = count; left > 0; ) {
      const byte = this.#bytes[this.#bit >> 3] ?? 0;
      const free = 8 - (this.#bit & 7);
      const take = Math.min(free, left);
      value = value * 2 ** take + ((byte >> (free - take)) & ((1 << take) - 1));
      this.#bit += take;
      left -= take;
    }
    return value;
  }

  skip(count: number): void {
    if (count > this.remaining) this.bits(count);
    this.#bit += count;
  }

  /** ue(v), clause 9.1. */
  ue(): number {
    let zeros = 0;
    while (!this.flag()) {
      zeros += 1;
      if (zeros > MAX_LEADING_ZEROS) {
        throw new GatewayError(
          'invalid-data',
          'bad_exp_golomb',
          `${this.#what} holds an ue(v) of more than ${MAX_LEADING_ZEROS} leading zeros`,
        );
      }
    }
    return 2 ** zeros - 1 + this.bits(zeros);
  }

  /** se(v), clause 9.1.1. */
  se(): number {
    const code = this.ue();
    return code % 2 === 0 ? 0 - code / 2 : (code + 1) / 2;
  }
}
