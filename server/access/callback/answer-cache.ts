// Answers of a back-end that are used again for a short time. Bounded; what was asked is kept as a digest only.

import { createHmac, randomBytes } from 'node:crypto';
import type { MonotonicClock } from '../../clock.ts';

/** Some hundred bytes each. The oldest is removed first. */
const MAX_ANSWERS = 10_000;

type Entry<Answer> = { readonly answer: Answer; readonly untilMs: number };

export class AnswerCache<Answer> {
  readonly #clock: MonotonicClock;
  readonly #secret = randomBytes(32);
  readonly #entries = new Map<string, Entry<Answer>>();

  constructor(clock: MonotonicClock) {
    this.#clock = clock;
  }

  /** The key of a question: a digest, because the parts can be secrets. */
  keyOf(...parts: readonly string[]): string {
    return createHmac('sha256', this.#secret).update(JSON.stringify(parts)).digest('base64');
  }

  get(key: string): Answer | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    if (entry.untilMs > this.#clock.monotonicMs()) return entry.answer;
    this.#entries.delete(key);
    return undefined;
  }

  set(key: string, answer: Answer, lifetimeMs: number): void {
    if (lifetimeMs <= 0) return;
    this.#entries.delete(key);
    this.#entries.set(key, { answer, untilMs: this.#clock.monotonicMs() + lifetimeMs });
    if (this.#entries.size <= MAX_ANSWERS) return;
    const [oldest = ''] = this.#entries.keys();
    this.#entries.delete(oldest);
  }
}
