// How playback comes back to its distance from live: by its rate, or by a leap.
import { LiveJump } from './live-jump.ts';
import type { PlaybackEngine } from './playback-engine.ts';

export class LivePace {
  readonly #video: HTMLVideoElement;
  readonly #liveJump = new LiveJump();

  constructor(video: HTMLVideoElement) {
    this.#video = video;
  }

  /** To be called a few times a second; who watches behind live on purpose is left there. */
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
