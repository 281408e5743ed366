// One engine at a time: what a load brings after another one has begun is thrown away.
import { createEngine, type EngineOptions, type PlaybackEngine } from './playback-engine.ts';

export class EngineLoad {
  #engine: PlaybackEngine | undefined;
  #count = 0;

  /** What plays now. */
  get current(): PlaybackEngine | undefined {
    return this.#engine;
  }

  /** Tells later whether the load that is under way, or done, is still the last one. */
  mark(): () => boolean {
    const count = this.#count;
    return () => count === this.#count;
  }

  /** Loads an engine where there is none. Resolves to whether it is there, and rejects when its code cannot be fetched. */
  async load(options: EngineOptions): Promise<boolean> {
    const isCurrent = this.mark();
    const engine = await createEngine({
      ...options,
      onFailure: (failure) => {
        if (isCurrent()) options.onFailure(failure);
      },
    });
    if (!isCurrent()) {
      engine.destroy();
      return false;
    }
    this.#engine = engine;
    return true;
  }

  release(): void {
    this.#count += 1;
    this.#engine?.destroy();
    this.#engine = undefined;
  }
}
