// Memory accounts: one for all streams, one for each stream, and shares of a stream's account. Everything that keeps media
// charges a share, so that all queues of a stream have one limit.

import { GatewayError } from '../errors.ts';

/** Share of `maxBytes` above which new publishers are refused, so that current ones can fill their windows. */
const ADMISSION_SHARE = 0.9;
/**
 * Share of `maxBytes` above which a stream with more than its fair share is ended. Above `maxBytes` such streams remove media at
 * their next part.
 */
const HARD_SHARE = 1.1;
/** Least memory of a stream: three segments of ordinary video (2 s at 5 Mbit/s each). */
export const MIN_STREAM_BYTES = 4 * 1024 * 1024;
/** Share of a stream's limit for waiting media. The rest is for stored media. */
const WAITING_SHARE = 0.5;
/** Decay of the peak of waiting media per part. */
const PEAK_FADE = 0.9;
/** Overhead of one kept sample, bytes, for its JavaScript objects. */
export const SAMPLE_OVERHEAD_BYTES = 256;

/** Media of all streams of one gateway. */
export class GatewayMemory {
  readonly maxBytes: number;
  #usedBytes = 0;
  #streamCount = 0;

  constructor(maxBytes = Number.POSITIVE_INFINITY) {
    this.maxBytes = maxBytes;
  }

  get usedBytes(): number {
    return this.#usedBytes;
  }

  /** Whether all streams together exceed the limit. */
  get isExceeded(): boolean {
    return this.#usedBytes > this.maxBytes;
  }

  /** Whether they exceed it so much that removing old media is not enough. */
  get isFarExceeded(): boolean {
    return this.#usedBytes > this.maxBytes * HARD_SHARE;
  }

  /** Fair share of each stream while the limit is exceeded. */
  get fairShareBytes(): number {
    return this.maxBytes / Math.max(this.#streamCount, 1);
  }

  /** Whether there would be memory for another stream without these. */
  hasRoomWithout(gone: readonly StreamMemory[]): boolean {
    const goneBytes = gone.reduce((sum, { usedBytes }) => sum + usedBytes, 0);
    const hasBytes = this.#usedBytes - goneBytes <= this.maxBytes * ADMISSION_SHARE;
    return hasBytes && (this.#streamCount - gone.length + 1) * MIN_STREAM_BYTES <= this.maxBytes;
  }

  /** An account for one stream, until it is closed. */
  open(maxStreamBytes: number): StreamMemory {
    this.#streamCount += 1;
    return new StreamMemory(
      this,
      maxStreamBytes,
      (bytes) => {
        this.#usedBytes += bytes;
      },
      () => {
        this.#streamCount -= 1;
      },
    );
  }
}

/** Media of one stream. Each keeper of media opens a share and sets its size at each change. */
export class StreamMemory {
  readonly maxBytes: number;
  readonly #gateway: GatewayMemory;
  readonly #charge: (bytes: number) => void;
  readonly #onClose: () => void;
  #waitingBytes = 0;
  #peakWaitingBytes = 0;
  #storedBytes = 0;
  #isClosed = false;

  constructor(
    gateway: GatewayMemory,
    maxBytes: number,
    charge: (bytes: number) => void,
    onClose: () => void,
  ) {
    this.#gateway = gateway;
    this.maxBytes = maxBytes;
    this.#charge = charge;
    this.#onClose = onClose;
  }

  get usedBytes(): number {
    return this.#waitingBytes + this.#storedBytes;
  }

  /** Waiting media: unfinished messages, samples that are not cut yet. */
  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  get maxWaitingBytes(): number {
    return this.maxBytes * WAITING_SHARE;
  }

  /**
   * The limit for stored media: the stream's limit less the peak of waiting media, or the fair share while all streams together
   * exceed their limit.
   */
  get maxStoredBytes(): number {
    const limit = this.isSharedOut ? this.#gateway.fairShareBytes : this.maxBytes;
    return Math.max(limit - this.#peakWaitingBytes, 0);
  }

  /** Whether streams are limited to a fair share now. */
  get isSharedOut(): boolean {
    return this.#gateway.isExceeded && this.#gateway.fairShareBytes < this.maxBytes;
  }

  /** Called for each part: lowers the peak of waiting media slowly. */
  settlePeak(): void {
    this.#peakWaitingBytes = Math.max(this.#waitingBytes, this.#peakWaitingBytes * PEAK_FADE);
  }

  /** A share of waiting media. */
  openWaiting(): MemoryShare {
    return new MemoryShare((bytes) => {
      this.#waitingBytes += bytes;
      this.#peakWaitingBytes = Math.max(this.#peakWaitingBytes, this.#waitingBytes);
      this.#charge(bytes);
    });
  }

  /** A share of stored media. */
  openStored(): MemoryShare {
    return new MemoryShare((bytes) => {
      this.#storedBytes += bytes;
      this.#charge(bytes);
    });
  }

  /**
   * Throws GatewayError `stream_memory` above the limit of waiting media, and `server_busy` if all streams together far exceed their
   * limit and this one exceeds its share.
   */
  checkWaiting(): void {
    const gateway = this.#gateway;
    if (gateway.isFarExceeded && this.usedBytes > gateway.fairShareBytes) {
      throw new GatewayError(
        'limit',
        'server_busy',
        `all streams together keep more media than media.max-memory (${gateway.maxBytes} bytes) allows, and this one has more than its share (${Math.floor(gateway.fairShareBytes)} bytes); lower the bitrates or raise the limit`,
      );
    }
    if (this.#waitingBytes <= this.maxWaitingBytes) return;
    throw new GatewayError(
      'limit',
      'stream_memory',
      `${this.#waitingBytes} bytes of media wait to be cut into parts, and ${this.maxWaitingBytes} may (half of hls.max-memory); the timestamps of audio and video are too far apart or stand still, or the bitrate is too high`,
    );
  }

  /** The stream is forgotten and no longer counts. Its shares may still be lowered. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#onClose();
  }
}

/** The size of one keeper of media. */
export class MemoryShare {
  readonly #charge: (bytes: number) => void;
  #bytes = 0;

  constructor(charge: (bytes: number) => void) {
    this.#charge = charge;
  }

  get bytes(): number {
    return this.#bytes;
  }

  set(bytes: number): void {
    if (bytes === this.#bytes) return;
    this.#charge(bytes - this.#bytes);
    this.#bytes = bytes;
  }
}
