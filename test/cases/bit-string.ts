// Writes bits in sequence, the opposite of BitReader, for structures that tests make.

/** Grows with each write; every call returns the object itself. */
export class BitString {
  #bits = '';

  static of(bits: string): BitString {
    const made = new BitString();
    made.#bits = bits;
    return made;
  }

  get length(): number {
    return this.#bits.length;
  }

  bits(value: number, count: number): this {
    if (count > 0) this.#bits += value.toString(2).padStart(count, '0');
    return this;
  }

  flag(value: boolean): this {
    return this.bits(value ? 1 : 0, 1);
  }

  /** H.264 clause 9.1: as many zeros as the number plus one has bits after its first. */
  ue(value: number): this {
    const code = (value + 1).toString(2);
    this.#bits += '0'.repeat(code.length - 1) + code;
    return this;
  }

  /** Table 9-3. */
  se(value: number): this {
    return this.ue(value > 0 ? 2 * value - 1 : -2 * value);
  }

  /** Fills up the last byte with zeros. */
  toBytes(): Buffer {
    const padded = this.#bits.padEnd(Math.ceil(this.#bits.length / 8) * 8, '0');
    return Buffer.from((padded.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  }
}
