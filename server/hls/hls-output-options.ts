// What makes HLS of a stream needs to know.

import type { Clock } from '../clock.ts';
import type { StreamMemory } from '../media/media-memory.ts';
import type { TrackId } from '../media/track.ts';
import type { BlockPool } from './part-arena.ts';

export type HlsOutputOptions = {
  readonly pool: BlockPool;
  /** Wanted part and segment lengths and the window's length, seconds. */
  readonly part: number;
  readonly segment: number;
  readonly window: number;
  /** How much of the past viewers may go back to, seconds; the window alone when absent. */
  readonly dvr?: number;
  /** What the stream may keep in memory; `memory`, where given, has the limit. */
  readonly maxBytes: number;
  /** The stream's account; one of its own when absent. */
  readonly memory?: StreamMemory;
  /** Parts of the first segment; by default as many as make a stream playable, 0 lets it run its length. */
  readonly openingParts?: number;
  /** PART-HOLD-BACK as a multiple of PART-TARGET; at least 3. */
  readonly holdBackParts: number;
  /** Stamps PROGRAM-DATE-TIME at arrival, and measures waits. */
  readonly clock: Clock;
  /** An answer to a viewer who waited failed. */
  readonly onFault: (error: unknown) => void;
  /** Called once, when a player has enough to start. */
  readonly onPlayable: () => void;
  /** Called when subtitles have come that were not listed before. */
  readonly onCaptions?: () => void;
  /** Called once of each track that a source sends and HLS does not play (played-tracks.ts). */
  readonly onTrackNotPlayed?: (id: TrackId) => void;
  /** The media sequence does not start below this: an earlier stream of this name may have come so far. */
  readonly minMsn?: () => number;
  /** What every media URI carries so that none is ever used twice, not even after a restart; random by default. */
  readonly newEpoch?: () => string;
};
