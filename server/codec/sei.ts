// SEI NAL units of H.264 (clause 7.3.2.3): a cursor over the bytes of their messages, and a writer of one message.

import { NAL_SEI } from './avc-nal.ts';

/** Table of annex D.1.1: payloadType. */
export const SEI_USER_DATA_REGISTERED = 4;
export const SEI_USER_DATA_UNREGISTERED = 5;

const RBSP_TRAILING_BITS = 0x80;
const NO_BYTES = new Uint8Array();

/** Reads a SEI NAL unit as RBSP, without emulation prevention bytes (H.264 clause 7.4.1). It can be used again. */
export class SeiCursor {
  #bytes: Uint8Array = NO_BYTES;
  #end = 0;
  #at = 0;
  #zeros = 0;

  /** Starts at the first byte behind the header of a NAL unit. */
  open(bytes: Uint8Array, start: number, end: number): void {
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
    this.#zeros = 0;
  }

  /** Forgets the bytes: they are a part of a picture, whose memory would stay in use, uncounted. */
  close(): void {
    this.open(NO_BYTES, 0, 0);
  }

  /** Bytes left, including emulation prevention. */
  get remaining(): number {
    return this.#end - this.#at;
  }

  /** The next byte; 0 past the end. */
  next(): number {
    if (this.#at >= this.#end) return 0;
    let byte = this.#bytes[this.#at++] ?? 0;
    if (byte === 3 && this.#zeros >= 2) {
      this.#zeros = 0;
      if (this.#at >= this.#end) return 0;
      byte = this.#bytes[this.#at++] ?? 0;
    }
    this.#zeros = byte === 0 ? this.#zeros + 1 : 0;
    return byte;
  }

  skip(count: number): void {
    for (let left = count; left > 0 && this.#at < this.#end; left -= 1) this.next();
  }

  /** payloadType and payloadSize: each 0xFF adds 255 and continues. */
  extended(): number {
    let value = 0;
    for (;;) {
      const byte = this.next();
      value += byte;
      if (byte !== 0xff || this.remaining === 0) return value;
    }
  }
}

/** A SEI NAL unit with one message, with emulation prevention bytes. */
export function seiNalUnit(type: number, payload: Uint8Array): Buffer {
  const rbsp = [...extended(type), ...extended(payload.length), ...payload, RBSP_TRAILING_BITS];
  const written: number[] = [NAL_SEI];
  let zeros = 0;
  for (const byte of rbsp) {
    if (zeros >= 2 && byte <= 3) {
      written.push(3);
      zeros = 0;
    }
    written.push(byte);
    zeros = byte === 0 ? zeros + 1 : 0;
  }
  return Buffer.from(written);
}

function extended(value: number): number[] {
  return [...Array<number>(Math.floor(value / 255)).fill(255), value % 255];
}
