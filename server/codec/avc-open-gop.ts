// Open GOPs (ITU-T H.264 clause D.2.8): a decoder can start at a picture of I slices with a recovery point, although it is no IDR
// picture. Later pictures may unmark references from before it (x264's first P picture always does). A decoder that started at the
// key frame does not have these references, and Chromium stops with a decode error. So these operations are removed. A decoder
// with the older pictures keeps them until the sliding window removes them (clause 8.2.5.3); they are the oldest ones.

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

/** Headers are read up to here. One with all weights has 500 bytes; most have 20. */
const MAX_HEADER_BYTES = 768;

export class OpenGop {
  #lengthSize = 4;
  #syntax: FullSliceSyntax | undefined;
  readonly #parameters = new Map<number, PictureParameters>();
  /** frame_num of the latest reference picture, and its distance from the open key frame in frames; undefined without one. */
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

  /** A key frame: an IDR picture, or an open key frame. No picture after an IDR picture refers past it. */
  begin(isIdr: boolean): void {
    this.#framesBehind = isIdr ? undefined : -1;
  }

  /**
   * A picture at or after the key frame.
   * @returns the picture without operations on references from before the key frame; the same object if there are none
   */
  repair(picture: Buffer): Buffer {
    if (this.#framesBehind === undefined) return picture;
    const parts: Uint8Array[] = [];
    const longest = 2 ** (8 * this.#lengthSize) - 1;
    let isChanged = false;
    for (let offset = 0; picture.length - offset > this.#lengthSize; ) {
      const at = offset + this.#lengthSize;
      const end = at + picture.readUIntBE(offset, this.#lengthSize);
      const repaired = this.#repairSlice(picture.subarray(at, end));
      // Data that has moved by some bits may need more emulation prevention bytes than its length field can count.
      if (repaired === undefined || repaired.length > longest) parts.push(picture.subarray(offset, end));
      else {
        const length = Buffer.alloc(this.#lengthSize);
        length.writeUIntBE(repaired.length, 0, this.#lengthSize);
        parts.push(length, repaired);
        isChanged = true;
      }
      offset = end;
    }
    return isChanged ? Buffer.concat(parts) : picture;
  }

  /** Undefined for a slice that stays unchanged, also if its header is damaged. */
  #repairSlice(nalUnit: Uint8Array): Uint8Array | undefined {
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

/** Adds emulation_prevention_three_byte (clause 7.4.1). */
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
  // cabac_zero_word: a NAL unit must not end with a zero.
  if (zeros > 0) out[length++] = 3;
  return out.subarray(0, length);
}

/** Undefined for damaged data. */
function readable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof GatewayError) return undefined;
    throw error;
  }
}
