// One hls.js life: low-latency settings, and recovery from the errors hls.js leaves to its user.
// Serves draft-pantos-hls-rfc8216bis from the client's side.
import Hls, { type ErrorData, ErrorDetails, ErrorTypes, Events, type HlsConfig } from 'hls.js';
import workerUrl from 'hls.js/dist/hls.worker.js?url';
import { BackOff } from './back-off.ts';
import { catchUpRate } from './catch-up.ts';
import type { EngineOptions, PlaybackEngine } from './playback-engine.ts';

/** A stall moves the target away by this; the default of a whole second is five parts. */
const STALL_ALLOWANCE_S = 0.4;
/** After this long without a stall the network is forgiven, and the target is the playlist's again. */
const FORGIVE_STALLS_MS = 60_000;
/** Rhythm and number of the questions after news of the stream: a playlist follows the news within moments. */
const REFRESH_MS = 300;
const REFRESH_ATTEMPTS = 12;
/** The picture behind the play position is of no use here: enough for a decoder's repair, not a memory of hours. */
const BACK_BUFFER_S = 30;
/** A playlist request held during the publisher's grace time may fail several times before the stream goes on. */
const PLAYLIST_RETRIES = 6;
/** A media error this soon after a repair was not repaired. */
const MEDIA_REPAIR_MS = 10_000;
/** Network attempts on the same playlists before starting afresh: about 15 s with the times below. */
const NETWORK_ATTEMPTS = 5;
const NETWORK_BACK_OFF = { firstMs: 500, maxMs: 8_000 } as const;

const CODEC_ERRORS: ReadonlySet<ErrorDetails> = new Set([
  ErrorDetails.MANIFEST_INCOMPATIBLE_CODECS_ERROR,
  ErrorDetails.BUFFER_ADD_CODEC_ERROR,
  ErrorDetails.BUFFER_INCOMPATIBLE_CODECS_ERROR,
]);

/** Without these there is nothing to resume: only loading the source again helps. */
const MANIFEST_ERRORS: ReadonlySet<ErrorDetails> = new Set([
  ErrorDetails.MANIFEST_LOAD_ERROR,
  ErrorDetails.MANIFEST_LOAD_TIMEOUT,
  ErrorDetails.MANIFEST_PARSING_ERROR,
]);

/** Attaches `url` to the video through hls.js. Reports a failure once, and only when it cannot help itself. */
export function createHlsEngine(options: EngineOptions): PlaybackEngine {
  if (!Hls.isSupported()) {
    queueMicrotask(() => options.onFailure({ kind: 'unsupported', codec: undefined }));
    return INERT_ENGINE;
  }
  const engine = new HlsEngine(options);
  return {
    playingEpochMs: () => engine.hls.playingDate?.getTime(),
    behindMs: () => engine.behindMs(),
    hasEnded: () => engine.hls.latestLevelDetails?.live === false,
    jumpToLive: () => engine.jumpToLive(),
    keepUp: () => engine.keepUp(),
    refresh: () => engine.refresh(),
    destroy: () => engine.destroy(),
  };
}

class HlsEngine {
  readonly hls = new Hls(settings());
  readonly #video: HTMLVideoElement;
  readonly #onFailure: EngineOptions['onFailure'];
  readonly #networkBackOff = new BackOff(NETWORK_BACK_OFF);
  #networkTimer: number | undefined;
  #refreshTimer: number | undefined;
  #repairedAtMs = Number.NEGATIVE_INFINITY;
  #stalledAtMs: number | undefined;

  constructor(options: EngineOptions) {
    this.#video = options.video;
    this.#onFailure = options.onFailure;
    this.hls.on(Events.ERROR, (_event, error) => this.#onError(error));
    this.hls.on(Events.FRAG_BUFFERED, () => this.#networkBackOff.reset());
    this.hls.on(Events.LEVEL_UPDATED, (_event, { details }) => {
      if (details.advanced || !details.live) window.clearTimeout(this.#refreshTimer);
    });
    this.hls.loadSource(options.url);
    this.hls.attachMedia(options.video);
  }

  behindMs(): number | undefined {
    const { targetLatency, latency, latestLevelDetails } = this.hls;
    if (targetLatency === null || latestLevelDetails === null || latency === 0) return undefined;
    return (latency - targetLatency) * 1000;
  }

  jumpToLive(): void {
    const position = this.hls.liveSyncPosition;
    if (position !== null && Number.isFinite(position)) this.#video.currentTime = position;
  }

  keepUp(): void {
    const { hls } = this;
    const behindMs = this.behindMs();
    const partTargetS = hls.latestLevelDetails?.partTarget;
    if (this.#stalledAtMs !== undefined && performance.now() - this.#stalledAtMs > FORGIVE_STALLS_MS) {
      this.#forgiveStalls();
    }
    const rate =
      behindMs === undefined || hls.latestLevelDetails?.live !== true
        ? 1
        : catchUpRate({
            behindMs,
            bufferMs: (hls.mainForwardBufferInfo?.len ?? 0) * 1000,
            partTargetMs: partTargetS === undefined || partTargetS === 0 ? undefined : partTargetS * 1000,
            rate: this.#video.playbackRate,
          });
    if (this.#video.playbackRate !== rate) this.#video.playbackRate = rate;
  }

  /** A playlist that stood still is polled at half the target duration only (RFC 8216 §6.3.4): too slow now. */
  refresh(attempts = REFRESH_ATTEMPTS): void {
    window.clearTimeout(this.#refreshTimer);
    this.#forgiveStalls(); // waiting for the streamer says nothing about this viewer's network
    const details = this.hls.latestLevelDetails;
    if (details !== null) details.requestScheduled = 0; // else startLoad waits for the poll that is due
    this.hls.startLoad();
    if (attempts <= 1) return;
    this.#refreshTimer = window.setTimeout(() => this.refresh(attempts - 1), REFRESH_MS);
  }

  destroy(): void {
    window.clearTimeout(this.#networkTimer);
    window.clearTimeout(this.#refreshTimer);
    this.hls.destroy();
    this.#video.playbackRate = 1;
  }

  /** Setting the target makes hls.js forget its stalls; the value is the one it began with. */
  #forgiveStalls(): void {
    const details = this.hls.latestLevelDetails;
    const targetS =
      details?.partHoldBack === undefined || details.partHoldBack === 0
        ? details?.holdBack
        : details.partHoldBack;
    if (this.#stalledAtMs !== undefined && targetS !== undefined && targetS > 0)
      this.hls.targetLatency = targetS;
    this.#stalledAtMs = undefined;
  }

  #onError(error: ErrorData): void {
    if (error.details === ErrorDetails.BUFFER_STALLED_ERROR) this.#stalledAtMs = performance.now();
    // hls.js starts from whole segments only; a young stream has parts before it has one of those.
    if (error.details === ErrorDetails.LEVEL_EMPTY_ERROR) this.#refreshSoon();
    if (!error.fatal) return;
    if (error.type === ErrorTypes.NETWORK_ERROR) this.#onNetworkError(error);
    else if (error.type === ErrorTypes.MEDIA_ERROR) this.#onMediaError(error);
    else this.#onFailure({ kind: 'broken', detail: error.details });
  }

  #refreshSoon(): void {
    window.clearTimeout(this.#refreshTimer);
    this.#refreshTimer = window.setTimeout(() => this.hls.startLoad(), REFRESH_MS);
  }

  #onNetworkError(error: ErrorData): void {
    if (MANIFEST_ERRORS.has(error.details) || this.#networkBackOff.attempts >= NETWORK_ATTEMPTS) {
      this.#onFailure({ kind: 'broken', detail: error.details });
      return;
    }
    window.clearTimeout(this.#networkTimer);
    this.#networkTimer = window.setTimeout(() => this.hls.startLoad(), this.#networkBackOff.next());
  }

  #onMediaError(error: ErrorData): void {
    if (CODEC_ERRORS.has(error.details)) {
      this.#onFailure({ kind: 'unsupported', codec: error.mimeType });
    } else if (performance.now() - this.#repairedAtMs > MEDIA_REPAIR_MS) {
      this.#repairedAtMs = performance.now();
      this.hls.recoverMediaError();
    } else {
      this.#onFailure({ kind: 'broken', detail: error.details });
    }
  }
}

function settings(): Partial<HlsConfig> {
  return {
    lowLatencyMode: true,
    maxLiveSyncPlaybackRate: 1, // off: catch-up.ts does it
    liveSyncOnStallIncrease: STALL_ALLOWANCE_S,
    liveDurationInfinity: true,
    backBufferLength: BACK_BUFFER_S,
    // A worker script has to be of the page's own origin, and a sandboxed frame has none (HTML §10.2.6.3).
    enableWorker: window.origin !== 'null',
    // By address, not from a blob: so that the policy `worker-src 'self'` is enough.
    workerPath: workerUrl,
    // The gateway sends no ads and no timed metadata: no need to look for them in every part.
    enableInterstitialPlayback: false,
    enableDateRangeMetadataCues: false,
    enableEmsgMetadataCues: false,
    enableID3MetadataCues: false,
    playlistLoadPolicy: {
      default: {
        maxTimeToFirstByteMs: 10_000, // the gateway answers a held request before 8 s
        maxLoadTimeMs: 20_000,
        timeoutRetry: { maxNumRetry: 2, retryDelayMs: 0, maxRetryDelayMs: 0 },
        errorRetry: { maxNumRetry: PLAYLIST_RETRIES, retryDelayMs: 500, maxRetryDelayMs: 4_000 },
      },
    },
  };
}

const INERT_ENGINE: PlaybackEngine = {
  playingEpochMs: () => undefined,
  behindMs: () => undefined,
  hasEnded: () => false,
  jumpToLive: () => undefined,
  keepUp: () => undefined,
  refresh: () => undefined,
  destroy: () => undefined,
};
