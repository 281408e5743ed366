// Picture parameter set: the fields that a slice header's syntax depends on (ITU-T H.264 clause 7.3.2.2).

import { BitReader } from '../bytes/bit-reader.ts';
import { unescapeRbsp } from './avc-sps.ts';

export type PictureParameters = {
  readonly id: number;
  readonly isCabac: boolean;
  /** bottom_field_pic_order_in_frame_present_flag. */
  readonly hasBottomOrder: boolean;
  /** Default lengths of both reference lists. */
  readonly referenceCounts: readonly [number, number];
  readonly isWeighted: boolean;
  /** weighted_bipred_idc is 1: B slices carry weights. */
  readonly isBiWeighted: boolean;
  readonly hasDeblockingControl: boolean;
  readonly hasRedundantCount: boolean;
};

/** Parses one PPS NAL unit, including its header byte. Undefined for slice groups, which no encoder for the web uses. */
export function parsePps(nalUnit: Uint8Array): PictureParameters | undefined {
  const bits = new BitReader(unescapeRbsp(nalUnit), 'PPS');
  bits.skip(8);
  const id = bits.ue();
  bits.ue();
  const isCabac = bits.flag();
  const hasBottomOrder = bits.flag();
  if (bits.ue() > 0) return undefined;
  const referenceCounts = [bits.ue() + 1, bits.ue() + 1] as const;
  const isWeighted = bits.flag();
  const isBiWeighted = bits.bits(2) === 1;
  bits.se();
  bits.se();
  bits.se();
  const hasDeblockingControl = bits.flag();
  bits.skip(1);
  const hasRedundantCount = bits.flag();
  return {
    ...{ id, isCabac, hasBottomOrder, referenceCounts },
    ...{ isWeighted, isBiWeighted, hasDeblockingControl, hasRedundantCount },
  };
}
