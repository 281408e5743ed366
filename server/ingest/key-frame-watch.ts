// Video that nobody can begin to decode is not carried for ever: a key frame is due within a time and a number of bytes.

import { GatewayError } from '../errors.ts';

export type KeyFrameLimits = {
  /** Between the first frame of a configuration and its first key frame. */
  readonly keyFrameWaitMs: number;
  /** The same in bytes of video, whatever time they take. */
  readonly maxBytesBeforeKeyFrame: number;
};

/**
 * Watches one source. Only the first key frame of each configuration is waited for: later ones are the encoder's affair,
 * for streams with periodic intra refresh never send another.
 */
export class KeyFrameWatch {
  readonly #limits: KeyFrameLimits;
  readonly #now: () => number;
  #isDue = true;
  #waitsSince: number | undefined;
  #bytes = 0;

  /** `now` is monotonic, milliseconds. */
  constructor(limits: KeyFrameLimits, now: () => number) {
    this.#limits = limits;
    this.#now = now;
  }

  /** A new configuration: what is decoded so far is of no help with it. */
  restart(): void {
    this.#isDue = true;
    this.#waitsSince = undefined;
    this.#bytes = 0;
  }

  /** One video frame. Throws GatewayError `no_keyframe` when the wait is over. */
  note(isSync: boolean, byteCount: number): void {
    if (!this.#isDue) return;
    if (isSync) {
      this.#isDue = false;
      return;
    }
    this.#bytes += byteCount;
    this.#waitsSince ??= this.#now();
    const waitedMs = this.#now() - this.#waitsSince;
    const { keyFrameWaitMs, maxBytesBeforeKeyFrame } = this.#limits;
    if (waitedMs < keyFrameWaitMs && this.#bytes <= maxBytesBeforeKeyFrame) return;
    throw new GatewayError(
      'invalid-data',
      'no_keyframe',
      `no key frame in ${(waitedMs / 1000).toFixed(1)} s and ${this.#bytes} bytes of video, so nothing can show it; set the encoder's keyframe interval to 2 s`,
    );
  }
}
