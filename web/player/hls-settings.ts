// The settings of hls.js for this gateway: low latency, and nothing that the gateway does not send.
import type { HlsConfig } from 'hls.js';

/** A request held during the publisher's grace time, or sent to a restarting gateway, may fail several times. */
const RETRIES = 8;
/** Short, because the answer comes within seconds or not at all. */
const RETRY_TIMES = { retryDelayMs: 500, maxRetryDelayMs: 2_000 } as const;

export function hlsSettings(): Partial<HlsConfig> {
  return {
    lowLatencyMode: true,
    maxLiveSyncPlaybackRate: 1, // off: catch-up.ts does this
    liveSyncOnStallIncrease: 0, // off: latency-target.ts sets the distance
    liveDurationInfinity: true,
    backBufferLength: Number.POSITIVE_INFINITY, // back-buffer.ts releases it
    // Off: it would be 41 kB more for each viewer. The media is fragmented MP4, which hls.js passes on without remuxing.
    enableWorker: false,
    // The gateway sends no ads and no timed metadata: do not search for them in every part.
    enableInterstitialPlayback: false,
    enableDateRangeMetadataCues: false,
    enableEmsgMetadataCues: false,
    enableID3MetadataCues: false,
    // The gateway turns them into subtitles. hls.js 1.7.4 shows none from muxed segments, nor from parts.
    enableCEA708Captions: false,
    playlistLoadPolicy: {
      default: {
        maxTimeToFirstByteMs: 10_000, // the gateway answers a held request before 8 s
        maxLoadTimeMs: 20_000,
        timeoutRetry: { maxNumRetry: 2, retryDelayMs: 0, maxRetryDelayMs: 0 },
        errorRetry: { maxNumRetry: RETRIES, ...RETRY_TIMES },
      },
    },
    fragLoadPolicy: {
      default: {
        maxTimeToFirstByteMs: 10_000,
        maxLoadTimeMs: 20_000,
        timeoutRetry: { maxNumRetry: 2, retryDelayMs: 0, maxRetryDelayMs: 0 },
        errorRetry: { maxNumRetry: RETRIES, ...RETRY_TIMES },
      },
    },
  };
}
