// Counts of dropped and repaired media; one object per source, read by statistics.

import type { TrackId } from './track.ts';

export type MediaDrops = {
  /** Frames before any configuration. */
  withoutConfig: number;
  /** Access units or audio frames that could not be read. */
  damagedAccessUnits: number;
  /** Pictures after a damaged one, up to the next that does not need it. */
  untilSync: number;
  /** Messages of tracks that are left out. */
  leftOut: number;
  empty: number;
  /** Repaired: empty NAL units and bytes after the last one. */
  oddNalUnits: number;
  /** Repaired: start codes instead of lengths, ADTS headers before frames. */
  reframed: number;
  /** Repaired: pictures in several messages. */
  joinedPictures: number;
  /** Pictures whose FLV frame type is wrong (key or not). */
  wrongKeyFlags: number;
  /** Pictures with a recovery point that are not IDR pictures: open GOPs or intra refresh. */
  recoveryPoints: number;
  /** Tracks that are not played, with the code of the reason. */
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
