// mux.js as a second judge of MP4: finds boxes in the output of its inspector.

import muxjs, { type InspectedBox } from 'mux.js';

export function inspectMp4(bytes: Buffer): InspectedBox[] {
  return muxjs.mp4.tools.inspect(new Uint8Array(bytes));
}

/** Every box of a type, in file order, at any depth. */
export function boxesOf(boxes: readonly InspectedBox[], type: string): InspectedBox[] {
  return boxes.flatMap((box) => [...(box.type === type ? [box] : []), ...boxesOf(box.boxes ?? [], type)]);
}

/** The only box of a type. */
export function boxOf(boxes: readonly InspectedBox[], type: string): InspectedBox {
  const found = boxesOf(boxes, type);
  const only = found[0];
  if (only === undefined || found.length > 1) throw new RangeError(`${found.length} boxes of type ${type}`);
  return only;
}

/** Types of boxes as a tree: `moof(mfhd traf(tfhd tfdt trun)) mdat`. */
export function boxTree(boxes: readonly InspectedBox[]): string {
  return boxes
    .map(({ type, boxes: inner }) => (inner === undefined ? type : `${type}(${boxTree(inner)})`))
    .join(' ');
}
