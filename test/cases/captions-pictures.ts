// Access units with captions, in the order in which encoders send pictures.

import { accessUnit, NAL, nalUnit } from './access-units.ts';
import { type CaptionTriplet, captionSei } from './captions-sei.ts';

/** A picture in decode order; times are ticks of 90 kHz. */
export type CaptionedPicture = { readonly dts: number; readonly pts: number; readonly data: Buffer };

export const FRAME_TICKS = 3_600;

/** Pairs of one field, one per picture, in presentation order; undefined leaves a picture without SEI. */
export type PairSequence = readonly (number | undefined)[];

/** Pairs of CEA-708, grouped by picture. */
export type DtvccSequence = readonly (readonly CaptionTriplet[] | undefined)[];

/** How long after its decode time a picture is shown: the delay that two B-frames need. */
export const B_FRAME_DELAY = 2 * FRAME_TICKS;

/**
 * Pictures at 25 a second with the pairs of field 1 and, if given, of field 2 and of CEA-708. With B-frames every third
 * picture is decoded before the two pictures that are shown before it.
 */
export function captionedPictures(
  field1: PairSequence,
  options: {
    readonly field2?: PairSequence;
    readonly dtvcc?: DtvccSequence;
    readonly hasBFrames?: boolean;
  } = {},
): CaptionedPicture[] {
  const { field2 = [], dtvcc = [], hasBFrames = false } = options;
  const count = Math.max(field1.length, field2.length, dtvcc.length);
  const order: number[] = [];
  const step = hasBFrames ? 3 : 1;
  for (let reference = 0; reference < count + step - 1; reference += step) {
    const last = Math.min(reference, count - 1);
    order.push(last);
    for (let between = Math.max(reference - step + 1, 0); between < last; between += 1) order.push(between);
  }
  const delay = hasBFrames ? B_FRAME_DELAY : 0;
  return order.map((shown, at) => ({
    dts: at * FRAME_TICKS,
    pts: shown * FRAME_TICKS + delay,
    data: picture(field1[shown], field2[shown], dtvcc[shown]),
  }));
}

function picture(
  pair1: number | undefined,
  pair2: number | undefined,
  dtvcc: readonly CaptionTriplet[] | undefined,
): Buffer {
  const slice = nalUnit(NAL.slice, 30);
  if (pair1 === undefined && pair2 === undefined && dtvcc === undefined)
    return accessUnit(4, [nalUnit(NAL.delimiter, 2), slice]);
  const sei = captionSei([
    { type: 0, pair: pair1 ?? 0x8080 },
    { type: 1, pair: pair2 ?? 0x8080 },
    ...(dtvcc ?? []),
  ]);
  return accessUnit(4, [nalUnit(NAL.delimiter, 2), sei, slice]);
}
