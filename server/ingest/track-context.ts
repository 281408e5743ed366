// What the tracks of one source have in common, and whom each of them tells what it finds.

import type { GatewayError } from '../errors.ts';
import type { MediaDrops } from '../media/drops.ts';
import type { Sample } from '../media/sample.ts';
import type { Timeline } from '../media/timeline.ts';
import type { Track, TrackId } from '../media/track.ts';

export type TrackContext = {
  readonly timeline: Timeline;
  readonly drops: MediaDrops;
  /** The track has a configuration, or another one. */
  readonly onTrack: (track: Track) => void;
  readonly onSample: (sample: Sample) => void;
  /** Decoding can start: what was wrong with the track is over. */
  readonly onPlayable: (id: TrackId) => void;
  /** A new configuration cannot be read; the track goes on with the one it has. */
  readonly onDamagedConfig: (id: TrackId, error: GatewayError) => void;
};
