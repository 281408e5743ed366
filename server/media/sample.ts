// A sample: one access unit or audio frame, in decode order, on its track's clock.

import type { TrackId, TrackKind } from './track.ts';

export type Sample = {
  readonly trackId: TrackId;
  /** The kind of the track. */
  readonly kind: TrackKind;
  /** Ticks of the track; strictly increasing within a source. */
  readonly dts: number;
  /** dts + composition offset; before dts where the offset is negative, and never negative itself. */
  readonly pts: number;
  /** A decoder can start here. Always true for audio. */
  readonly isSync: boolean;
  /** Follows an open key frame, is shown before it and refers past it: a decoder that starts there cannot decode it. */
  readonly isLeading?: boolean;
  /** Length-prefixed NAL units or one raw AAC frame. Valid while the sample is passed on: who keeps it copies it. */
  readonly data: Buffer;
  /** The source's clock jumped before this sample. */
  readonly afterJump: boolean;
};
