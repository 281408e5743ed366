// A fragment in one piece of memory, for tests that read it.

import { type FragmentTrack, writeFragment } from '../../server/mp4/fragment.ts';

/** The bytes of moof+mdat. Memory that `writeFragment` leaves unwritten is 0xEE. */
export function fragmentBytes(sequenceNumber: number, tracks: readonly FragmentTrack[]): Buffer {
  let bytes = Buffer.alloc(0);
  writeFragment(sequenceNumber, tracks, (byteLength) => {
    bytes = Buffer.alloc(byteLength, 0xee);
    return [bytes];
  });
  return bytes;
}
