// Writes bits and Exp-Golomb codes, most significant bit first (ITU-T H.264 clause 9.1).

export class BitWriter {
  readonly #bytes: Uint8Array;
  #bit = 0;

  /** More than `maxBytes` is a RangeError. */
  constructor(maxBytes: number) {
    this.#bytes = new Uint8Array(maxBytes);
  }

  /** Up to 31 bits of a number. */
  bits(value: number, count: number): void {
    for (let left = count; left > 0; ) {
      const free = 8 - (this.#bit & 7);
      const take = Math.min(free, left);
      const chunk = (value >>> (left - take)) & ((1 << take) - 1);
      this.#or(chunk << (free - take));
      this.#bit += take;
      left -= take;
    }
  }

  /** ue(v), clause 9.1. */
  ue(value: number): void {
    const length = 32 - Math.clz32(value + 1);
    this.bits(0, length - 1);
    this.bits(value + 1, length);
  }

  /** The bits of `source` from `start` up to `end`. */
  copy(source: Uint8Array, start: number, end: number): void {
    for (let at = start; at < end; ) {
      const count = Math.min(8 - (at & 7), end - at);
      this.bits((source[at >> 3] ?? 0) >> (8 - (at & 7) - count), count);
      at += count;
    }
  }

  /** Fills the last byte. */
  align(bit: 0 | 1): void {
    while ((this.#bit & 7) !== 0) this.bits(bit, 1);
  }

  /** The bytes; the last one is filled with zeros. */
  finish(): Uint8Array {
    return this.#bytes.subarray(0, Math.ceil(this.#bit / 8));
  }

  #or(byte: number): void {
    const at = this.#bit >> 3;
    if (at >= this.#bytes.length) throw new RangeError(`a BitWriter of ${this.#bytes.length} bytes is full`);
    this.#bytes[at] = (this.#bytes[at] ?? 0) | byte;
  }
}
