// Open GOPs (ITU-T H.264 clauses 7.4.1.2.4 and D.2.8): decoding can start at a picture of I slices that is no IDR picture, where
// a recovery point says so. Pictures behind it may give up references from before it (x264's first P picture always
// does), and a decoder that started at the key frame has none of these: Chromium takes that for damage and ends. So these orders
// are taken out. Whoever decodes all along keeps such a picture until it is the oldest one and slides out (clause 8.2.5.3).

import { GatewayError } from '../errors.ts';
import { type AvcConfig, parameterSetsOf } from './avc.ts';
import { NAL_SLICE, nalType } from './avc-nal.ts';
import { type PictureParameters, parsePps } from './avc-pps.ts';
import {
  type ReferenceMarking,
  readReferenceMarking,
  unmarkedDistances,
  withoutUnmarking,
} from './avc-reference-marking.ts';
import { type FullSliceSyntax, parseSps, unescapeRbsp } from './avc-sps.ts';

/** Headers are read up to here: one with all weights has 500 bytes, and nearly all have 20. */
const MAX_HEADER_BYTES = 768;

export class OpenGop {
  #lengthSize = 4;
  #syntax: FullSliceSyntax | undefined;
  readonly #parameters = new Map<number, PictureParameters>();
  /** Of the latest picture, and how many frames it lies behind the open key frame; undefined while none is followed. */
  #frameNum = 0;
  #framesBehind: number | undefined;

  configure(config: AvcConfig): void {
    const { sps, pps } = parameterSetsOf(config);
    this.#lengthSize = config.lengthSize;
    this.#framesBehind = undefined;
    this.#parameters.clear();
    this.#syntax = sps[0] === undefined || sps.length > 1 ? undefined : parseSps(sps[0]).sliceSyntax;
    for (const set of pps) {
      const parameters = readable(() => parsePps(set));
      if (parameters !== undefined) this.#parameters.set(parameters.id, parameters);
    }
  }

  /** A key frame comes: an IDR picture, which no picture behind it looks past, or an open one. */
  begin(isIdr: boolean): void {
    this.#framesBehind = isIdr ? undefined : -1;
  }

  /**
   * A picture from the key frame on, the key frame included.
   * @returns the picture without orders to give up what a decoder cannot have that started at the key frame; the same bytes where
   * there are none
   */
  mend(picture: Buffer): Buffer {
    if (this.#framesBehind === undefined) return picture;
    const parts: Uint8Array[] = [];
    let isChanged = false;
    for (let offset = 0; picture.length - offset > this.#lengthSize; ) {
      const at = offset + this.#lengthSize;
      const end = at + picture.readUIntBE(offset, this.#lengthSize);
      const mended = this.#mendSlice(picture.subarray(at, end));
      if (mended === undefined) parts.push(picture.subarray(offset, end));
      else {
        const length = Buffer.alloc(this.#lengthSize);
        length.writeUIntBE(mended.length, 0, this.#lengthSize);
        parts.push(length, mended);
        isChanged = true;
      }
      offset = end;
    }
    return isChanged ? Buffer.concat(parts) : picture;
  }

  /** Undefined where there is nothing to take out, or it cannot be read. */
  #mendSlice(nalUnit: Uint8Array): Uint8Array | undefined {
    const header = nalUnit[0] ?? 0;
    const syntax = this.#syntax;
    if (nalType(header) !== NAL_SLICE || (header & 0b110_0000) === 0 || syntax === undefined)
      return undefined;
    let isCabac = false;
    const marking = readable(() =>
      readReferenceMarking(unescapeRbsp(nalUnit.subarray(0, MAX_HEADER_BYTES)), syntax, (id) => {
        const parameters = this.#parameters.get(id);
        isCabac = parameters?.isCabac === true;
        return parameters;
      }),
    );
    if (marking === undefined || marking.isField) return undefined;
    const framesBehind = this.#count(marking, syntax);
    if (marking.isReset) this.#framesBehind = undefined;
    const isUnwanted = (distance: number): boolean => distance > framesBehind;
    if (!unmarkedDistances(marking).some(isUnwanted)) return undefined;
    return escapeRbsp(withoutUnmarking(unescapeRbsp(nalUnit), marking, isCabac, isUnwanted));
  }

  #count({ frameNum }: ReferenceMarking, { frameNumBits }: FullSliceSyntax): number {
    const count = 2 ** frameNumBits;
    const before = this.#framesBehind ?? 0;
    const framesBehind = before < 0 ? 0 : before + ((frameNum - this.#frameNum + count) % count);
    this.#framesBehind = framesBehind;
    this.#frameNum = frameNum;
    return framesBehind;
  }
}

/** Puts emulation_prevention_three_byte in (clause 7.4.1). */
export function escapeRbsp(rbsp: Uint8Array): Uint8Array {
  const out = new Uint8Array(Math.ceil((rbsp.length * 3) / 2) + 1);
  let length = 0;
  let zeros = 0;
  for (const byte of rbsp) {
    if (zeros >= 2 && byte <= 3) {
      out[length++] = 3;
      zeros = 0;
    }
    out[length++] = byte;
    zeros = byte === 0 ? zeros + 1 : 0;
  }
  // cabac_zero_word: a NAL unit does not end with a zero.
  if (zeros > 0) out[length++] = 3;
  return out.subarray(0, length);
}

/** A header that cannot be read is left as it is. */
function readable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof GatewayError) return undefined;
    throw error;
  }
}
