// The contract between the hub and whatever leaves the house: HLS today, a recorder or a relay tomorrow.

import type { Sample } from '../media/sample.ts';
import type { Track } from '../media/track.ts';

/** What a source said of itself before its first sample; absent where it was silent. */
export type SourceHints = {
  readonly hasVideo?: boolean;
  readonly hasAudio?: boolean;
  readonly frameRate?: number;
};

/**
 * Fed by one LiveStream, synchronously and in decode order per track. A sink returns at once; one that can be slow owns a
 * bounded queue and drops to the next sync sample. It must not keep `sample.data` longer than it must.
 */
export interface Sink {
  /** A publisher begins, or begins again after it was lost. Tracks follow. */
  onSourceStart(hints: SourceHints): void;
  /** A track is new, or its configuration changed. */
  onTrack(track: Track): void;
  onSample(sample: Sample): void;
  /** The publisher is gone; it may come back, then onSourceStart follows. */
  onSourceEnd(): void;
  /** The stream is over. */
  onEnd(): void;
}
