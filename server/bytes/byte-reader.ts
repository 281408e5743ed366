// A big-endian cursor over one complete body. Reading past the end is an error that names the structure.

import { GatewayError } from '../errors.ts';

/** Reads unsigned big-endian integers and slices; slices share the body's memory. */
export class ByteReader {
  readonly #bytes: Buffer;
  readonly #what: string;
  #offset = 0;

  /** `what` names the structure in error messages, for example `avcC`. */
  constructor(bytes: Buffer, what: string) {
    this.#bytes = bytes;
    this.#what = what;
  }

  get offset(): number {
    return this.#offset;
  }

  get remaining(): number {
    return this.#bytes.length - this.#offset;
  }

  u8(): number {
    const at = this.#advance(1);
    return this.#bytes.readUInt8(at);
  }

  u16(): number {
    return this.#bytes.readUInt16BE(this.#advance(2));
  }

  u24(): number {
    return this.#bytes.readUIntBE(this.#advance(3), 3);
  }

  u32(): number {
    return this.#bytes.readUInt32BE(this.#advance(4));
  }

  f64(): number {
    return this.#bytes.readDoubleBE(this.#advance(8));
  }

  /** The next `length` bytes, without a copy. */
  bytes(length: number): Buffer {
    const at = this.#advance(length);
    return this.#bytes.subarray(at, at + length);
  }

  utf8(length: number): string {
    const at = this.#advance(length);
    return this.#bytes.toString('utf8', at, at + length);
  }

  /** The remaining bytes, without a copy. */
  rest(): Buffer {
    return this.bytes(this.remaining);
  }

  skip(length: number): void {
    this.#advance(length);
  }

  #advance(length: number): number {
    const at = this.#offset;
    if (length > this.#bytes.length - at) {
      throw new GatewayError(
        'invalid-data',
        'truncated',
        `${this.#what} ends too early: ${length} bytes wanted at offset ${at}, ${this.#bytes.length - at} left`,
      );
    }
    this.#offset = at + length;
    return at;
  }
}
