// Recovery from the errors that hls.js leaves to its user: load again, repair, or report a failure.
import type Hls from 'hls.js';
import { type ErrorData, ErrorDetails, ErrorTypes } from 'hls.js';
import { withToken } from '../page/access-token.ts';
import { BackOff } from '../page/back-off.ts';
import type { EngineOptions } from './playback-engine.ts';

/** A media error this soon after a repair means that the repair failed. */
const MEDIA_REPAIR_MS = 10_000;
/** Network attempts with the same playlists before a full restart: about 15 s with the times below. */
const NETWORK_ATTEMPTS = 5;
const NETWORK_BACK_OFF = { firstMs: 500, maxMs: 8_000 } as const;

/** Without a valid token the gateway answers every request for a signed stream with this status. */
const FORBIDDEN = 403;

const CODEC_ERRORS: ReadonlySet<ErrorDetails> = new Set([
  ErrorDetails.MANIFEST_INCOMPATIBLE_CODECS_ERROR,
  ErrorDetails.BUFFER_ADD_CODEC_ERROR,
  ErrorDetails.BUFFER_INCOMPATIBLE_CODECS_ERROR,
]);

/** After these errors there is nothing to resume: only a new load of the source helps. */
const MANIFEST_ERRORS: ReadonlySet<ErrorDetails> = new Set([
  ErrorDetails.MANIFEST_LOAD_ERROR,
  ErrorDetails.MANIFEST_LOAD_TIMEOUT,
  ErrorDetails.MANIFEST_PARSING_ERROR,
]);

export class HlsRecovery {
  readonly #hls: Hls;
  readonly #video: HTMLVideoElement;
  /** The rest of a run is being played: nothing is loaded. */
  readonly #isPlayingOut: () => boolean;
  readonly #onFailure: EngineOptions['onFailure'];
  readonly #networkBackOff = new BackOff(NETWORK_BACK_OFF);
  #networkTimer: number | undefined;
  #repairedAtMs = Number.NEGATIVE_INFINITY;

  constructor(hls: Hls, options: EngineOptions, isPlayingOut: () => boolean) {
    this.#hls = hls;
    this.#video = options.video;
    this.#onFailure = options.onFailure;
    this.#isPlayingOut = isPlayingOut;
  }

  /** Takes an error of hls.js. hls.js handles errors that are not fatal by itself. */
  take(error: ErrorData): void {
    const isRefused = error.response?.code === FORBIDDEN && !hadOlderToken(error);
    if (isRefused) return this.#onFailure({ kind: 'denied' });
    if (!error.fatal || (error.type === ErrorTypes.MEDIA_ERROR && this.#isPlayingOut())) return;
    if (error.type === ErrorTypes.NETWORK_ERROR) this.#takeNetworkError(error);
    else if (error.type === ErrorTypes.MEDIA_ERROR) this.#takeMediaError(error);
    else this.#onFailure({ kind: 'broken', detail: error.details });
  }

  /** Media arrived: the network works. */
  succeeded(): void {
    this.#networkBackOff.reset();
  }

  /** Continues to load, unless the rest of a run is being played: the media after it does not fit this source. */
  loadOn(): void {
    if (!this.#isPlayingOut()) this.#hls.startLoad();
  }

  /**
   * Repairs once, not twice in a row. It waits until hls.js has finished its current work, which would overwrite the
   * repair.
   */
  repairSoon(detail: string): void {
    queueMicrotask(() => this.#repair(detail));
  }

  destroy(): void {
    window.clearTimeout(this.#networkTimer);
  }

  #takeNetworkError(error: ErrorData): void {
    if (MANIFEST_ERRORS.has(error.details) || this.#networkBackOff.attempts >= NETWORK_ATTEMPTS) {
      this.#onFailure({ kind: 'broken', detail: error.details });
      return;
    }
    window.clearTimeout(this.#networkTimer);
    this.#networkTimer = window.setTimeout(() => this.loadOn(), this.#networkBackOff.next());
  }

  #takeMediaError(error: ErrorData): void {
    if (CODEC_ERRORS.has(error.details)) {
      this.#onFailure({ kind: 'unsupported', codec: error.mimeType });
    } else {
      this.repairSoon(`${error.details}: ${error.error.message}`);
    }
  }

  #repair(detail: string): void {
    const hls = this.#hls;
    if (hls.media === null) return; // destroyed in the meantime
    const nowMs = performance.now();
    if (nowMs - this.#repairedAtMs < MEDIA_REPAIR_MS) return this.#onFailure({ kind: 'broken', detail });
    this.#repairedAtMs = nowMs;
    console.warn(`sluice: repairing playback: ${detail}`);
    const positionS = this.#video.currentTime;
    hls.recoverMediaError();
    // A fatal error stops hls.js 1.7.4. After a stop, recovery only attaches the media again.
    hls.startLoad(positionS > 0 ? positionS : undefined);
  }
}

/** The page has got another token since the request: the answer says nothing about the new one. */
function hadOlderToken({ networkDetails }: ErrorData): boolean {
  if (!networkDetails || !('responseURL' in networkDetails)) return false;
  return withToken(networkDetails.responseURL) !== networkDetails.responseURL;
}
