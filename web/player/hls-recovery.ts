// Recovery from the errors that hls.js leaves to its user: loads again, repairs in place, or gives up.
import type Hls from 'hls.js';
import { type ErrorData, ErrorDetails, ErrorTypes } from 'hls.js';
import { BackOff } from '../page/back-off.ts';
import type { EngineOptions } from './playback-engine.ts';

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

export class HlsRecovery {
  readonly #hls: Hls;
  readonly #video: HTMLVideoElement;
  /** What is left of a run is being played out: nothing is loaded. */
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

  /** An error of hls.js; one that is not fatal is its own affair. */
  take(error: ErrorData): void {
    if (!error.fatal || (error.type === ErrorTypes.MEDIA_ERROR && this.#isPlayingOut())) return;
    if (error.type === ErrorTypes.NETWORK_ERROR) this.#takeNetworkError(error);
    else if (error.type === ErrorTypes.MEDIA_ERROR) this.#takeMediaError(error);
    else this.#onFailure({ kind: 'broken', detail: error.details });
  }

  /** Media has come: the network works. */
  succeeded(): void {
    this.#networkBackOff.reset();
  }

  /** What is left of a run may be played out meanwhile: what comes after it does not belong into this source. */
  loadOn(): void {
    if (!this.#isPlayingOut()) this.#hls.startLoad();
  }

  /** In place, but not twice in a row. hls.js first has to end what it is doing: it would write over what a repair sets up. */
  mendSoon(detail: string): void {
    queueMicrotask(() => this.#mend(detail));
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
      this.mendSoon(`${error.details}: ${error.error.message}`);
    }
  }

  #mend(detail: string): void {
    const hls = this.#hls;
    if (hls.media === null) return; // destroyed meanwhile
    const nowMs = performance.now();
    if (nowMs - this.#repairedAtMs < MEDIA_REPAIR_MS) return this.#onFailure({ kind: 'broken', detail });
    this.#repairedAtMs = nowMs;
    console.warn(`sluice: repairing playback: ${detail}`);
    const positionS = this.#video.currentTime;
    hls.recoverMediaError();
    // A fatal error stops hls.js 1.7.4, and one that has been stopped only attaches the media again.
    hls.startLoad(positionS > 0 ? positionS : undefined);
  }
}
