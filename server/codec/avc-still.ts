// A copy of a key frame for repetition: its slices, without captions and other messages.

import { isSlice, NAL_IDR, nalType } from './avc-nal.ts';

/**
 * `keyFrame`: NAL units with lengths of `lengthSize` bytes. Undefined unless it is an IDR picture: two open key frames with the same
 * frame_num are damage to a decoder (ITU-T H.264 clause 7.4.3).
 */
export function stillOf(keyFrame: Buffer, lengthSize: number): Buffer | undefined {
  const slices: Buffer[] = [];
  for (let offset = 0; keyFrame.length - offset > lengthSize; ) {
    const end = offset + lengthSize + keyFrame.readUIntBE(offset, lengthSize);
    const type = nalType(keyFrame[offset + lengthSize] ?? 0);
    if (isSlice(type) && type !== NAL_IDR) return undefined;
    if (type === NAL_IDR) slices.push(keyFrame.subarray(offset, end));
    offset = end;
  }
  return slices.length === 0 ? undefined : Buffer.concat(slices);
}
