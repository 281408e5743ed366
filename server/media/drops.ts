// What could not be used of a source as it came; one object per source, read by statistics.

import type { TrackId } from './track.ts';

export type MediaDrops = {
  /** Frames before any configuration. */
  withoutConfig: number;
  /** Access units or audio frames that could not be read. */
  damagedAccessUnits: number;
  /** Pictures between one that is damaged or did not come and the next that can be decoded without it. */
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
  /** Pictures from which decoders recover over some pictures: intra refresh. */
  recoveryPoints: number;
  /** Key frames that are no IDR pictures: an open GOP. */
  openKeyFrames: number;
  /** Mended: pictures that gave up references from before an open key frame. */
  openReferences: number;
  /** Mended: frames of silence in place of sound that stopped. */
  silentFrames: number;
  /** Mended: key frames shown again in place of pictures that stopped. */
  stillPictures: number;
  /** Frames of sound that came when silence had been played in their place. */
  lateSound: number;
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
    openKeyFrames: 0,
    openReferences: 0,
    silentFrames: 0,
    stillPictures: 0,
    lateSound: 0,
    leftOutTracks: {},
  };
}
