// Everything that is known about one stream, for operators: its publisher, its tracks, and the last measurement.

import type { LiveStream } from '../live/live-stream.ts';
import type { EncoderReport, Health } from './operator-message.ts';
import type { StreamNumbers } from './stats-message.ts';
import type { StreamDetail } from './stream-view.ts';

export type StreamReport = {
  readonly stream: StreamDetail;
  /** The present one, or the last one. */
  readonly publisher?: {
    readonly remoteAddress: string;
    readonly encoder?: string;
    readonly isConnected: boolean;
    readonly publishedMs: number;
    readonly silentMs?: number;
  };
  readonly numbers?: StreamNumbers;
  readonly health?: Health;
  /** What the encoder reports about itself. */
  readonly encoderReport?: EncoderReport;
  readonly tracks: readonly ReportedTrack[];
};

/** What is measured of a stream; each is undefined while it is unknown. */
type Measured = {
  readonly numbers: StreamNumbers | undefined;
  readonly health: Health | undefined;
  readonly encoderReport: EncoderReport | undefined;
};

type ReportedTrack = {
  readonly id: string;
  readonly kind: 'video' | 'audio';
  readonly codec: string;
  readonly bytes: number;
  readonly samples: number;
  readonly keyFrameIntervalMs?: number;
};

export function streamReport(
  stream: LiveStream,
  detail: StreamDetail,
  { numbers, health, encoderReport }: Measured,
): StreamReport {
  return {
    stream: detail,
    ...publisherOf(stream),
    ...(numbers === undefined ? {} : { numbers }),
    ...(health === undefined ? {} : { health }),
    ...(encoderReport === undefined ? {} : { encoderReport }),
    tracks: stream.tracks.map(({ id, kind, config }): ReportedTrack => {
      const { bytes = 0, samples = 0, keyFrameIntervalMs } = stream.counters.track(id) ?? {};
      const interval = keyFrameIntervalMs === undefined ? {} : { keyFrameIntervalMs };
      return { id, kind, codec: config.codecString, bytes, samples, ...interval };
    }),
  };
}

function publisherOf(stream: LiveStream): Pick<StreamReport, 'publisher'> {
  const { publisher, source } = stream;
  if (publisher === undefined) return {};
  const isConnected = source !== undefined;
  const publishedMs = Math.round(stream.publishedMs);
  const silent = isConnected ? { silentMs: Math.round(stream.silentMs) } : {};
  return { publisher: { ...publisher, isConnected, publishedMs, ...silent } };
}
