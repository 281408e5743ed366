// What media may take in memory: one account for all streams, one for each stream, and shares of a stream's account.
// Memory is charged when bytes are kept, whoever keeps them, so that every queue of a stream counts against one limit.

import { GatewayError } from '../errors.ts';

/** Of `maxBytes` in all: above it no new publisher is taken, so that those who are there can fill their windows. */
const ADMISSION_SHARE = 0.9;
/**
 * Of `maxBytes` in all: streams that keep more than their share give media up from `maxBytes` on, which they do at their next
 * part. Beyond this one that still has more than its share is ended.
 */
const HARD_SHARE = 1.1;
/** A stream that gets less than this cannot hold three segments of ordinary video (2 s at 5 Mbit/s each). */
export const MIN_STREAM_BYTES = 4 * 1024 * 1024;
/** Of a stream's limit: media that waits to be cut. The rest holds what viewers can fetch. */
const WAITING_SHARE = 0.5;
/** How much the peak of what waits counts at the next look: as much waits for the next part as waited for the last ones. */
const PEAK_FADE = 0.9;
/** JavaScript objects around one kept sample, bytes: samples of one byte each must not be free. */
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

  /** Streams keep more than all of them together may. */
  get isExceeded(): boolean {
    return this.#usedBytes > this.maxBytes;
  }

  /** So much more that giving up old media did not help. */
  get isFarExceeded(): boolean {
    return this.#usedBytes > this.maxBytes * HARD_SHARE;
  }

  /** What each stream may keep while all together keep too much. */
  get fairShareBytes(): number {
    return this.maxBytes / Math.max(this.#streamCount, 1);
  }

  /** Whether one more stream would find memory for itself if these streams were gone. */
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

/** Media of one stream. Whoever keeps some opens a share and tells it each time how much that is. */
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

  /** Media that is on its way: unfinished messages, samples that are not cut yet. */
  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  get maxWaitingBytes(): number {
    return this.maxBytes * WAITING_SHARE;
  }

  /**
   * What is left for media that viewers can fetch, beside as much as waits at most. While all streams together keep too much,
   * it is a fair share.
   */
  get maxStoredBytes(): number {
    const limit = this.isSharedOut ? this.#gateway.fairShareBytes : this.maxBytes;
    return Math.max(limit - this.#peakWaitingBytes, 0);
  }

  /** All streams together keep too much: each has a fair share only. */
  get isSharedOut(): boolean {
    return this.#gateway.isExceeded && this.#gateway.fairShareBytes < this.maxBytes;
  }

  /** Called for each part: the peak of what waited is forgotten slowly. */
  settlePeak(): void {
    this.#peakWaitingBytes = Math.max(this.#waitingBytes, this.#peakWaitingBytes * PEAK_FADE);
  }

  /** A share of what waits. */
  openWaiting(): MemoryShare {
    return new MemoryShare((bytes) => {
      this.#waitingBytes += bytes;
      this.#peakWaitingBytes = Math.max(this.#peakWaitingBytes, this.#waitingBytes);
      this.#charge(bytes);
    });
  }

  /** A share of what is stored. */
  openStored(): MemoryShare {
    return new MemoryShare((bytes) => {
      this.#storedBytes += bytes;
      this.#charge(bytes);
    });
  }

  /**
   * Throws GatewayError `stream_memory` when more waits than may, and `server_busy` when all streams together keep far too much
   * and this one keeps more than its share.
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

  /** The stream is forgotten. Its shares may still be told of what goes; it no longer counts as a stream. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#onClose();
  }
}

/** What one keeper of media keeps. */
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
