// Ends video without a first key frame after a time or a number of bytes, because it cannot be decoded.

import type { MonotonicClock } from '../clock.ts';
import { GatewayError } from '../errors.ts';

export type KeyFrameLimits = {
  /** Between the first frame of a configuration and its first key frame. */
  readonly keyFrameWaitMs: number;
  /** The same in bytes of video. */
  readonly maxBytesBeforeKeyFrame: number;
};

/** Kind of a message while a key frame is awaited. */
export type WatchedFrame = 'picture' | 'flagged-key' | 'damaged' | 'no-picture';

/**
 * Watches one source. Only the first key frame of each configuration is required: streams with periodic intra refresh never send
 * another.
 */
export class KeyFrameWatch {
  readonly #limits: KeyFrameLimits;
  readonly #clock: MonotonicClock;
  #isDue = true;
  #waitsSince: number | undefined;
  #bytes = 0;
  readonly #seen: Record<WatchedFrame, number> = {
    picture: 0,
    'flagged-key': 0,
    damaged: 0,
    'no-picture': 0,
  };

  constructor(limits: KeyFrameLimits, clock: MonotonicClock) {
    this.#limits = limits;
    this.#clock = clock;
  }

  /** A new configuration needs a new key frame. */
  restart(): void {
    this.#isDue = true;
    this.#waitsSince = undefined;
    this.#bytes = 0;
    this.#seen.picture = 0;
    this.#seen['flagged-key'] = 0;
    this.#seen.damaged = 0;
    this.#seen['no-picture'] = 0;
  }

  /** One video frame. After the limit throws GatewayError `no_keyframe`, or `damaged_video` if no frame was readable. */
  note(isSync: boolean, byteCount: number, frame: WatchedFrame = 'picture'): void {
    if (!this.#isDue) return;
    if (isSync) {
      this.#isDue = false;
      return;
    }
    this.#bytes += byteCount;
    this.#seen[frame] += 1;
    this.#waitsSince ??= this.#clock.monotonicMs();
    const waitedMs = this.#clock.monotonicMs() - this.#waitsSince;
    const { keyFrameWaitMs, maxBytesBeforeKeyFrame } = this.#limits;
    if (waitedMs < keyFrameWaitMs && this.#bytes <= maxBytesBeforeKeyFrame) return;
    const limit = waitedMs < keyFrameWaitMs ? 'rtmp.max-before-key-frame' : 'rtmp.key-frame-wait';
    throw this.#reason(`in ${(waitedMs / 1000).toFixed(1)} s and ${this.#bytes} bytes of video (${limit})`);
  }

  /** The remedy depends on the pictures: the keyframe interval is the cause only if they are readable. */
  #reason(span: string): GatewayError {
    const seen = this.#seen;
    const pictures = seen.picture + seen['flagged-key'];
    if (seen.damaged > pictures) {
      return new GatewayError(
        'invalid-data',
        'damaged_video',
        `${seen.damaged} of ${seen.damaged + pictures} pictures ${span} were damaged: their NAL unit lengths do not add up, and they are no Annex B; check the encoder's H.264 output`,
      );
    }
    if (pictures === 0) {
      const message = `no picture ${span}, only parameter sets and SEI; check the encoder's H.264 output`;
      return new GatewayError('invalid-data', 'damaged_video', message);
    }
    if (seen['flagged-key'] > 0) {
      return new GatewayError(
        'invalid-data',
        'no_keyframe',
        `no IDR picture ${span}, so nothing can show it: ${seen['flagged-key']} pictures are marked as key frames and hold no IDR slice; switch off open GOPs and intra refresh in the encoder`,
      );
    }
    return new GatewayError(
      'invalid-data',
      'no_keyframe',
      `no key frame ${span}, so nothing can show it; set the encoder's keyframe interval to 2 s`,
    );
  }
}
