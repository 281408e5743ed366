// The contract between a live stream and what takes its media: HLS, a recorder, a relay.

import type { Sample } from '../media/sample.ts';
import type { Track } from '../media/track.ts';

/** What a source said of itself before its first sample; absent where it was silent. */
export type SourceHints = {
  readonly hasVideo?: boolean;
  readonly hasAudio?: boolean;
  readonly frameRate?: number;
};

/**
 * Fed by one LiveStream, synchronously and in decode order per track. A sink returns at once; one that can be slow stands
 * behind a QueuedSink. It must not keep `sample.data` longer than it must.
 *
 * A GatewayError that a sink throws is about the media, and ends the publisher. Any other error is the sink's own: the sink
 * is taken out and the stream goes on, unless the sink is essential (LiveStream.addSink).
 */
export interface Sink {
  /** A publisher begins, or begins again after it was lost. Tracks follow. A sink that joins late is told the same. */
  onSourceStart(hints: SourceHints): void;
  /** A track is new, or its configuration changed. */
  onTrack(track: Track): void;
  onSample(sample: Sample): void;
  /** The publisher is gone; it may come back, then onSourceStart follows. */
  onSourceEnd(): void;
  /** The stream is over, or the sink was taken out. Whoever ends the stream waits for what is returned. */
  onEnd(): void | Promise<void>;
}
