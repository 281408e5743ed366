// A big-endian cursor that writes into memory of a fixed size.

/** Writes into `target` from `offset`. The caller ensures that everything fits. */
export class ByteWriter {
  readonly #target: Buffer;
  #offset: number;

  constructor(target: Buffer, offset = 0) {
    this.#target = target;
    this.#offset = offset;
  }

  get offset(): number {
    return this.#offset;
  }

  u8(value: number): void {
    this.#offset = this.#target.writeUInt8(value, this.#offset);
  }

  u16(value: number): void {
    this.#offset = this.#target.writeUInt16BE(value, this.#offset);
  }

  u24(value: number): void {
    this.#offset = this.#target.writeUIntBE(value, this.#offset, 3);
  }

  u32(value: number): void {
    this.#offset = this.#target.writeUInt32BE(value, this.#offset);
  }

  i32(value: number): void {
    this.#offset = this.#target.writeInt32BE(value, this.#offset);
  }

  u32le(value: number): void {
    this.#offset = this.#target.writeUInt32LE(value, this.#offset);
  }

  /** A 64-bit unsigned integer that is a safe integer in JavaScript. */
  u64(value: number): void {
    this.u32(Math.floor(value / 0x1_0000_0000));
    this.u32(value >>> 0);
  }

  f64(value: number): void {
    this.#offset = this.#target.writeDoubleBE(value, this.#offset);
  }

  /** Four ASCII characters, as ISO 14496-12 box types. */
  fourcc(type: string): void {
    for (let at = 0; at < 4; at += 1) this.u8(type.charCodeAt(at));
  }

  bytes(source: Uint8Array): void {
    this.#target.set(source, this.#offset);
    this.#offset += source.length;
  }

  utf8(text: string): void {
    this.#offset += this.#target.write(text, this.#offset, 'utf8');
  }
}
