// What a peer sends while its publish request is being decided: copied out of the socket's memory, and capped.

import { GatewayError } from '../errors.ts';

/** Keeps bytes in order until they are taken. */
export class HeldBytes {
  readonly #maxBytes: number;
  #parts: Buffer[] = [];
  #byteCount = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Keeps a copy; what exceeds the cap is `held_bytes`. */
  add(bytes: Buffer): void {
    this.#byteCount += bytes.length;
    if (this.#byteCount > this.#maxBytes) {
      throw new GatewayError(
        'limit',
        'held_bytes',
        `more than ${this.#maxBytes} bytes came while the publish request was being decided`,
      );
    }
    if (bytes.length > 0) this.#parts.push(Buffer.from(bytes));
  }

  /** All that was kept, as one buffer; nothing is left behind. */
  take(): Buffer {
    const bytes = Buffer.concat(this.#parts);
    this.clear();
    return bytes;
  }

  /** Forgets what was kept. */
  clear(): void {
    this.#parts = [];
    this.#byteCount = 0;
  }
}
