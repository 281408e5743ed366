// track_ID (ISO 14496-12 clause 8.3.2.3): a number above 0 that is one track's alone for the whole presentation.

import { type TrackId, trackKindOf, trackNumberOf } from '../media/track.ts';

/** 1 for 'v0', 2 for 'a0', 3 for 'v1': the same track has the same number in every run. */
export function mp4TrackId(id: TrackId): number {
  return 2 * trackNumberOf(id) + (trackKindOf(id) === 'video' ? 1 : 2);
}
