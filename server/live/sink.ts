// The contract between a live stream and what takes its media: HLS, a recorder, a relay.

import type { Sample } from '../media/sample.ts';
import type { Track } from '../media/track.ts';

/** What a source announced before its first sample; absent if it did not. */
export type SourceHints = {
  readonly hasVideo?: boolean;
  readonly hasAudio?: boolean;
  readonly frameRate?: number;
  readonly width?: number;
  readonly height?: number;
};

/**
 * Fed by one LiveStream, synchronously and in decode order per track. A sink returns at once; put a slow one behind a
 * QueuedSink. `sample.data` is valid during the call, because its memory is used again: a sink that keeps it copies it.
 *
 * A GatewayError of a sink concerns the media and ends the publisher. After any other error the sink is removed and the stream
 * continues, unless the sink is essential (LiveStream.addSink).
 */
export interface Sink {
  /**
   * For how long from now, milliseconds, no sample changes anything that the sink shows. Samples may then come later and together,
   * which costs less. Absent: the sink wants each sample as soon as it is there.
   */
  readonly patienceMs?: number;
  /** A publisher starts or returns. Tracks follow. A sink that joins late gets the same calls. */
  onSourceStart(hints: SourceHints): void;
  /** A track is new, or its configuration changed. */
  onTrack(track: Track): void;
  onSample(sample: Sample): void;
  /** The publisher has left. If it returns, onSourceStart follows. */
  onSourceEnd(): void;
  /** The stream has ended, or the sink was removed. The end of the stream waits for the result. */
  onEnd(): void | Promise<void>;
}
