// Options of the HLS output.

import type { Clock } from '../clock.ts';
import type { StreamMemory } from '../media/media-memory.ts';
import type { TrackId } from '../media/track.ts';
import type { OpeningParts } from './opening-segments.ts';
import type { BlockPool } from './part-arena.ts';
import type { Segment } from './segment.ts';
import type { SilenceEvent } from './silent-sound.ts';
import type { StillEvent } from './still-picture.ts';

export type HlsOutputOptions = {
  readonly pool: BlockPool;
  /** Wanted part and segment lengths and the window's length, seconds. */
  readonly part: number;
  readonly segment: number;
  readonly window: number;
  /** How far viewers may seek back, seconds; the window by default. */
  readonly dvr?: number;
  /** Memory limit of the stream; ignored if `memory` is given. */
  readonly maxBytes: number;
  /** The stream's account; a new one by default. */
  readonly memory?: StreamMemory;
  /** Media that may come ahead of twice real time, seconds; by default there is no limit. */
  readonly maxAhead?: number;
  /** By default the first segment makes the stream playable. */
  readonly opening?: OpeningParts;
  /** PART-HOLD-BACK as a multiple of PART-TARGET; at least 3. */
  readonly holdBackParts: number;
  /** Stamps PROGRAM-DATE-TIME at arrival, and measures waits. */
  readonly clock: Clock;
  /** An answer to a waiting viewer failed. */
  readonly onFault: (error: unknown) => void;
  /** Called once, when a player has enough to start. */
  readonly onPlayable: () => void;
  /** Called for every segment of the media playlist when it is complete. */
  readonly onSegment?: (segment: Segment) => void;
  /** Called when there are new subtitles. */
  readonly onCaptions?: () => void;
  /** Called once for each track that HLS does not play (played-tracks.ts). */
  readonly onTrackNotPlayed?: (id: TrackId) => void;
  /** Called when sound stops, and for the silence that replaces it (silent-sound.ts). */
  readonly onSilence?: (event: SilenceEvent) => void;
  /** Called when pictures stop, and for the key frames that replace them (still-picture.ts). */
  readonly onStill?: (event: StillEvent) => void;
  /** Called when media leaves the playlist before its time, because the memory is full. */
  readonly onMemoryFull?: () => void;
  /** Counts first media sequence numbers; `clock` by default. */
  readonly numberClock?: Pick<Clock, 'epochMs'>;
  /** Least first media sequence number, above those of an earlier stream of this name. */
  readonly minMsn?: () => number;
  /** Part of every media URI, so that none is used twice, also after a restart; random by default. */
  readonly newEpoch?: () => string;
};
