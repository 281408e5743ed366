// What the segmenter is told, and what it decides: a part that is to be written.

import type { Track } from '../media/track.ts';
import type { FragmentTrack } from '../mp4/fragment.ts';
import type { OpeningParts } from './opening-segments.ts';
import type { BlockPool } from './part-arena.ts';
import type { PartTiming } from './part-timing.ts';

/** A part to write; `tracks` is empty if there is no media. The data of its samples is valid during the call. */
export type PartPlan = {
  readonly tracks: readonly FragmentTrack[];
  /** Start of the slot and its length, ticks of the common scale. */
  readonly start: number;
  readonly duration: number;
  readonly isIndependent: boolean;
  readonly endsSegment: boolean;
};

/** What a segmenter cuts, and how. */
export type SegmenterOptions = {
  readonly tracks: readonly Track[];
  readonly timing: PartTiming;
  /** Ticks of the common scale. */
  readonly frameDuration: number;
  /** None by default. */
  readonly opening?: OpeningParts;
  /** Other media was shown before. */
  readonly followsDiscontinuity?: boolean;
  /** Most that may wait for the end of a part; MAX_PART_BYTES by default. */
  readonly maxPartBytes?: number;
  /** A larger segment ends with its current part; no limit by default. */
  readonly maxSegmentBytes?: number;
  /** Memory for waiting samples; by default it is not used again. */
  readonly pool?: BlockPool;
  readonly onPart: (plan: PartPlan) => void;
};
