// A copy of a key frame for repetition: its slices, without captions and other messages.

import { isSlice, NAL_IDR, nalType } from './avc-nal.ts';

/** An SEI NAL unit with a recovery point at this picture (ITU-T H.264 clause D.1.8); browsers need it to start at an open key frame. */
const RECOVERY_POINT = Buffer.from('060601c480', 'hex');

/** `keyFrame`: NAL units with lengths of `lengthSize` bytes. */
export function stillOf(keyFrame: Buffer, lengthSize: number): Buffer {
  const slices: Buffer[] = [];
  let isIdr = false;
  for (let offset = 0; keyFrame.length - offset > lengthSize; ) {
    const end = offset + lengthSize + keyFrame.readUIntBE(offset, lengthSize);
    const type = nalType(keyFrame[offset + lengthSize] ?? 0);
    if (isSlice(type)) slices.push(keyFrame.subarray(offset, end));
    isIdr ||= type === NAL_IDR;
    offset = end;
  }
  if (isIdr) return Buffer.concat(slices);
  const length = Buffer.alloc(lengthSize);
  length.writeUIntBE(RECOVERY_POINT.length, 0, lengthSize);
  return Buffer.concat([length, RECOVERY_POINT, ...slices]);
}
