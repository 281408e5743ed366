// Counts of dropped and repaired media; one object per source, read by statistics.

import type { TrackId } from './track.ts';

export type MediaDrops = {
  /** Frames before any configuration. */
  withoutConfig: number;
  /** Access units or audio frames that could not be read. */
  damagedAccessUnits: number;
  /** Pictures after a damaged or missing one, up to the next that does not need it. */
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
  /** Pictures from which a decoder recovers after some pictures: intra refresh. */
  recoveryPoints: number;
  /** Key frames that are not IDR pictures: an open GOP. */
  openKeyFrames: number;
  /** Repaired: pictures that unmark references from before an open key frame. */
  openReferences: number;
  /** Repaired: frames of silence in place of missing sound. */
  silentFrames: number;
  /** Repaired: key frames repeated in place of missing pictures. */
  stillPictures: number;
  /** Frames of sound that arrived after silence had replaced them. */
  lateSound: number;
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
    openKeyFrames: 0,
    openReferences: 0,
    silentFrames: 0,
    stillPictures: 0,
    lateSound: 0,
    leftOutTracks: {},
  };
}
