// The shared state of a source's tracks, and the callbacks of each track.

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
  /** Decoding can start: earlier faults of the track are over. */
  readonly onPlayable: (id: TrackId) => void;
  /** The first sample after messages that cannot be played. */
  readonly onPassed: (id: TrackId) => void;
  /** A new configuration cannot be read; the track continues with the current one. */
  readonly onDamagedConfig: (id: TrackId, error: GatewayError) => void;
};
