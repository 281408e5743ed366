// Queries a player again and again, and derives pictures, pauses and latency from its answers.
import { setTimeout as delay } from 'node:timers/promises';
import type { PlayFacts, Playing } from './player.ts';

/** One answer. `atMs` is of performance.now(). `frames` continues when the player restarts its count. */
export type PlaySample = PlayFacts & { readonly atMs: number };

/** A span of time, of performance.now(). */
export type Stretch = { readonly fromMs: number; readonly toMs: number };

const RHYTHM_MS = 250;

/** Queries until `stop`. A player that cannot answer (its page is loading, it has ended) is queried again. */
export class PlayLog {
  readonly samples: PlaySample[] = [];
  readonly #playing: Playing;
  readonly #ended: Promise<void>;
  #isStopped = false;

  constructor(playing: Playing) {
    this.#playing = playing;
    this.#ended = this.#run();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#ended;
  }

  /** Resolves with the first sample, past or future, that satisfies; rejects after the timeout. */
  async until(satisfies: (sample: PlaySample) => boolean, timeoutMs: number): Promise<PlaySample> {
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      const found = this.samples.find(satisfies);
      if (found !== undefined) return found;
      if (performance.now() > deadline) {
        const last = JSON.stringify(this.samples.at(-1) ?? 'nothing');
        throw new Error(`not within ${timeoutMs} ms; last seen: ${last}`);
      }
      await delay(RHYTHM_MS);
    }
  }

  async #run(): Promise<void> {
    let before = 0;
    let last = 0;
    while (!this.#isStopped) {
      try {
        const facts = await this.#playing.facts();
        if (facts.frames < last) before += last;
        last = facts.frames;
        this.samples.push({ ...facts, frames: before + last, atMs: performance.now() });
      } catch {
        // Missing samples report it.
      }
      await delay(RHYTHM_MS);
    }
  }
}

/** Pictures decoded in a span. */
export function framesIn(samples: readonly PlaySample[], { fromMs, toMs }: Stretch): number {
  return framesAt(samples, toMs) - framesAt(samples, fromMs);
}

/**
 * The length of each time without a new picture, milliseconds, inside the span. The interval of queries limits the
 * precision.
 */
export function pausesIn(samples: readonly PlaySample[], { fromMs, toMs }: Stretch): number[] {
  const pauses: number[] = [];
  let frames = framesAt(samples, fromMs);
  let advancedAtMs = fromMs;
  for (const sample of samples) {
    if (sample.atMs <= fromMs || sample.atMs > toMs || sample.frames <= frames) continue;
    pauses.push(sample.atMs - advancedAtMs);
    frames = sample.frames;
    advancedAtMs = sample.atMs;
  }
  return [...pauses, toMs - advancedAtMs];
}

/** How often its buffer was empty in a span, by its own count; undefined if it does not count. */
export function stallsIn(samples: readonly PlaySample[], { fromMs, toMs }: Stretch): number | undefined {
  const inside = samples.filter(({ atMs }) => atMs >= fromMs && atMs <= toMs);
  const first = inside[0]?.stalls;
  const last = inside.at(-1)?.stalls;
  return first === undefined || last === undefined ? undefined : last - first;
}

/** The median in a span, milliseconds; undefined if nothing was measured. */
export function latencyIn(samples: readonly PlaySample[], { fromMs, toMs }: Stretch): number | undefined {
  const measured = samples
    .filter(({ atMs }) => atMs >= fromMs && atMs <= toMs)
    .flatMap(({ latencyMs }) => latencyMs ?? [])
    .sort((left, right) => left - right);
  return measured[Math.floor(measured.length / 2)];
}

function framesAt(samples: readonly PlaySample[], atMs: number): number {
  return samples.findLast((sample) => sample.atMs <= atMs)?.frames ?? 0;
}
