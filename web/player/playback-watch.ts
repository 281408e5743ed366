// Checks playback a few times a second: whether it moves, whether the viewer's line keeps up, how far from live it is.
import { LivePace } from './live-pace.ts';
import type { PlaybackEngine } from './playback-engine.ts';
import { SlowLine } from './slow-line.ts';
import { StallCount } from './stall-count.ts';
import { type Movement, Standstill } from './standstill.ts';

export type WatchFacts = {
  /** A still picture is not a fault now. */
  readonly isExcused: boolean;
  /** Playback waits for media of a live stream, also for the first. */
  readonly isWaiting: boolean;
  /** It waits and has played before. */
  readonly isStalled: boolean;
  /** The viewer watches behind live on purpose. */
  readonly isShifted: boolean;
};

export class PlaybackWatch {
  /** Whether the viewer's own line keeps up. */
  readonly line = new SlowLine();
  readonly stalls = new StallCount();
  readonly #video: HTMLVideoElement;
  readonly #standstill = new Standstill();
  readonly #pace: LivePace;

  constructor(video: HTMLVideoElement) {
    this.#video = video;
    this.#pace = new LivePace(video);
  }

  /** Something has begun that takes time. */
  excuse(): void {
    this.#standstill.excuse(performance.now());
  }

  look(engine: PlaybackEngine, { isExcused, isWaiting, isStalled, isShifted }: WatchFacts): Movement {
    const nowMs = performance.now();
    const movement = this.#standstill.look(nowMs, this.#video.currentTime, isExcused);
    if (movement === 'stuck') return movement;
    const missingMs = engine.missingMs() ?? 0;
    this.line.look(nowMs, { isWaiting, missingMs, isThroughputLow: engine.isThroughputLow() });
    this.stalls.look(nowMs, { isWaiting: isStalled, isSeeking: this.#video.seeking });
    this.#pace.look(nowMs, engine, isShifted);
    return movement;
  }

  /** The wanted distance from live has changed: earlier waits say nothing about it. */
  forget(): void {
    this.line.forget();
    this.stalls.forget();
  }

  jumpToLive(engine: PlaybackEngine | undefined): void {
    this.#pace.jumpToLive(engine);
  }
}
