// How playback returns to its distance from live: by its rate, or by a jump.
import { LiveJump } from './live-jump.ts';
import type { PlaybackEngine } from './playback-engine.ts';

export class LivePace {
  readonly #video: HTMLVideoElement;
  readonly #liveJump = new LiveJump();

  constructor(video: HTMLVideoElement) {
    this.#video = video;
  }

  /** Call this a few times a second. A viewer who is behind live on purpose stays there. */
  look(nowMs: number, engine: PlaybackEngine, isShifted: boolean): void {
    if (isShifted) this.#video.playbackRate = 1;
    else if (!this.#video.paused) this.#follow(nowMs, engine);
  }

  jumpToLive(engine: PlaybackEngine | undefined): void {
    this.#liveJump.jumped(performance.now());
    engine?.jumpToLive();
  }

  #follow(nowMs: number, engine: PlaybackEngine): void {
    const behindMs = engine.behindMs();
    const isJumpDue =
      behindMs !== undefined && this.#liveJump.look(nowMs, { behindMs, isBuffered: engine.canJump() });
    if (isJumpDue) engine.jumpToLive();
    else engine.keepUp();
  }
}
