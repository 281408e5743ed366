// The NAL units of an AVC sample: checks lengths, and that a sync sample is one (ISO 14496-15 clause 5).

import type { RuleCode } from './rules.ts';

const NAL_TYPE_IDR = 5;
const NAL_TYPE_SEI = 6;
/** ITU-T H.264 annex D.1.1: payloadType of a recovery point. */
const SEI_RECOVERY_POINT = 6;

/** The first fault of a sample; undefined when there is none. */
export function checkNalUnits(
  data: Buffer,
  lengthSize: number,
  isSync: boolean,
): { readonly code: RuleCode; readonly message: string } | undefined {
  let canStart = false;
  let at = 0;
  while (at + lengthSize <= data.length) {
    const length = data.readUIntBE(at, lengthSize);
    at += lengthSize;
    if (length === 0 || length > data.length - at)
      return { code: 'nal_lengths', message: `a NAL unit of ${length} bytes, ${data.length - at} are left` };
    const type = (data[at] ?? 0) & 0x1f;
    if (type === NAL_TYPE_IDR) canStart = true;
    if (type === NAL_TYPE_SEI && hasRecoveryPoint(data.subarray(at + 1, at + length))) canStart = true;
    at += length;
  }
  if (at !== data.length)
    return { code: 'nal_lengths', message: `${data.length - at} bytes after the last NAL unit` };
  if (isSync && !canStart)
    return {
      code: 'sync_without_idr',
      message: 'a sync sample without an IDR picture or a recovery point',
    };
  return undefined;
}

/** The messages of one SEI NAL unit (ITU-T H.264 clause 7.3.2.3). */
function hasRecoveryPoint(payload: Buffer): boolean {
  let at = 0;
  const number = (): number => {
    let value = 0;
    while (payload[at] === 0xff) {
      value += 0xff;
      at += 1;
    }
    at += 1;
    return value + (payload[at - 1] ?? 0);
  };
  while (payload.length - at > 2) {
    if (number() === SEI_RECOVERY_POINT) return true;
    const size = number();
    at += size;
  }
  return false;
}
