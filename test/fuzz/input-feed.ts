// Reads an input as a script of small decisions, for targets whose real input is not bytes. After the end it reads zeros.

export class InputFeed {
  readonly #bytes: Buffer;
  #offset = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get isEmpty(): boolean {
    return this.#offset >= this.#bytes.length;
  }

  u8(): number {
    return this.#bytes[this.#offset++] ?? 0;
  }

  u16(): number {
    return this.u8() * 0x100 + this.u8();
  }

  u24(): number {
    return this.u16() * 0x100 + this.u8();
  }

  u32(): number {
    return this.u16() * 0x1_0000 + this.u16();
  }

  i16(): number {
    return (this.u16() << 16) >> 16;
  }

  pick<Item>(items: readonly Item[]): Item {
    return items[this.u8() % items.length] as Item;
  }

  /** The next bytes, fewer at the end. */
  bytes(length: number): Buffer {
    const from = Math.min(this.#offset, this.#bytes.length);
    this.#offset = from + length;
    return this.#bytes.subarray(from, from + length);
  }

  rest(): Buffer {
    return this.bytes(this.#bytes.length);
  }
}
