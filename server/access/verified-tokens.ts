// Tokens whose signature has been checked: a request for a part then costs one look-up.

import type { PlaybackPass } from './playback-verdict.ts';

/** About 300 bytes each, 2 KiB for the longest JWT. If there are more, a signature is checked again, which takes microseconds. */
const MAX_TOKENS = 20_000;

export class VerifiedTokens {
  readonly #passes = new Map<string, PlaybackPass>();
  readonly #most: number;

  constructor(most = MAX_TOKENS) {
    this.#most = most;
  }

  get size(): number {
    return this.#passes.size;
  }

  get(token: string, nowMs: number): PlaybackPass | undefined {
    const pass = this.#passes.get(token);
    if (pass === undefined || nowMs < pass.trustedUntil) return pass;
    this.#passes.delete(token);
    return undefined;
  }

  /** Removes the oldest one if there are too many. */
  add(token: string, pass: PlaybackPass): void {
    if (this.#passes.size >= this.#most) {
      const [oldest = ''] = this.#passes.keys();
      this.#passes.delete(oldest);
    }
    this.#passes.set(token, pass);
  }

  clear(): void {
    this.#passes.clear();
  }

  /** Leaves JWTs, which have dots. */
  clearAllButJwts(): void {
    for (const token of this.#passes.keys()) if (!token.includes('.')) this.#passes.delete(token);
  }
}
