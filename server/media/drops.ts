// What could not be used of a source as it came; one object per source, read by statistics.

import type { TrackId } from './track.ts';

export type MediaDrops = {
  /** Frames before any configuration. */
  withoutConfig: number;
  /** Access units or audio frames that could not be read. */
  damagedAccessUnits: number;
  /** Pictures between a damaged one and the next that can be decoded without it. */
  untilSync: number;
  /** Messages of tracks that are left out. */
  leftOut: number;
  empty: number;
  /** Mended, not dropped: empty NAL units and bytes behind the last one. */
  oddNalUnits: number;
  /** Mended: start codes in place of lengths, ADTS headers in front of frames. */
  reframed: number;
  /** Mended: pictures that came in several messages. */
  joinedPictures: number;
  /** Pictures whose FLV frame type says key where they are none, or the reverse. */
  wrongKeyFlags: number;
  /** Pictures with a recovery point that are no IDR pictures: an open GOP or intra refresh. */
  recoveryPoints: number;
  /** The tracks that are not played, and the code of the reason. */
  readonly leftOutTracks: Record<TrackId, string>;
};

export function noDrops(): MediaDrops {
  return {
    withoutConfig: 0,
    damagedAccessUnits: 0,
    untilSync: 0,
    leftOut: 0,
    empty: 0,
    oddNalUnits: 0,
    reframed: 0,
    joinedPictures: 0,
    wrongKeyFlags: 0,
    recoveryPoints: 0,
    leftOutTracks: {},
  };
}
