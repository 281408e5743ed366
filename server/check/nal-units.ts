// The NAL units of an AVC sample: checks lengths, and that a sync sample is one (ISO 14496-15 clause 5).

import type { RuleCode } from './rules.ts';

const NAL_TYPE_IDR = 5;

/** The first fault of a sample; undefined when there is none. */
export function checkNalUnits(
  data: Buffer,
  lengthSize: number,
  isSync: boolean,
): { readonly code: RuleCode; readonly message: string } | undefined {
  let hasIdr = false;
  let at = 0;
  while (at + lengthSize <= data.length) {
    const length = data.readUIntBE(at, lengthSize);
    at += lengthSize;
    if (length === 0 || length > data.length - at)
      return { code: 'nal_lengths', message: `a NAL unit of ${length} bytes, ${data.length - at} are left` };
    if (((data[at] ?? 0) & 0x1f) === NAL_TYPE_IDR) hasIdr = true;
    at += length;
  }
  if (at !== data.length)
    return { code: 'nal_lengths', message: `${data.length - at} bytes after the last NAL unit` };
  if (isSync && !hasIdr) return { code: 'sync_without_idr', message: 'a sync sample without an IDR picture' };
  return undefined;
}
