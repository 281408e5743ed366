// Limits media without a configuration, and reports damaged configurations.

import { type CodecConfig, isSameConfig } from '../codec/codec-config.ts';
import { GatewayError } from '../errors.ts';
import type { MediaDrops } from '../media/drops.ts';
import { type TrackId, trackName } from '../media/track.ts';

/** 10 s at 50 messages a second. */
const MAX_MESSAGES_WITHOUT_CONFIG = 500;

export class ConfigWait {
  readonly #id: TrackId;
  readonly #drops: MediaDrops;
  #messages = 0;
  /** Why the track has no configuration, or no newer one. */
  #error: GatewayError | undefined;

  constructor(id: TrackId, drops: MediaDrops) {
    this.#id = id;
    this.#drops = drops;
  }

  /** A configuration was read. */
  finish(): void {
    this.#error = undefined;
  }

  /** Something could not be read. The first error is the reason for a missing configuration. */
  note(error: GatewayError): void {
    this.#error ??= error;
  }

  /**
   * A configuration could not be read. Rethrows the error if the track has none yet; otherwise the track continues with the one it has.
   * @returns the error if it is news
   */
  noteDamaged(error: unknown, hasTrack: boolean): GatewayError | undefined {
    if (!isAboutTrack(error) || !hasTrack) throw error;
    this.#drops.damagedAccessUnits += 1;
    if (this.#error?.code === error.code) return undefined;
    this.#error = error;
    return error;
  }

  /** One message of media that nothing can decode yet. Throws the reason when too many have come. */
  count(): void {
    this.#drops.withoutConfig += 1;
    this.#messages += 1;
    if (this.#messages < MAX_MESSAGES_WITHOUT_CONFIG) return;
    const message = `${this.#messages} messages of ${trackName(this.#id)} came without a sequence header; nothing can decode them`;
    throw this.#error ?? new GatewayError('invalid-data', 'no_config', message);
  }
}

/** Encoders repeat their sequence header, some with every key frame: that is no change. */
export function isKnown(known: CodecConfig | undefined, config: CodecConfig): boolean {
  return known !== undefined && isSameConfig(known, config);
}

/** A limit is the stream's, whichever track reached it, and sinks throw it too. Any other error is a bug. */
export function isAboutTrack(error: unknown): error is GatewayError {
  return error instanceof GatewayError && error.kind !== 'limit';
}
