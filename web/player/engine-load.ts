// One engine at a time: the result of a load is dropped when another load has begun since.
import { withToken } from '../page/access-token.ts';
import { createEngine, type EngineOptions, type PlaybackEngine } from './playback-engine.ts';

export class EngineLoad {
  #engine: PlaybackEngine | undefined;
  #count = 0;

  /** The engine that plays now. */
  get current(): PlaybackEngine | undefined {
    return this.#engine;
  }

  /** Returns a function that says later whether the load in progress, or done, is still the last one. */
  mark(): () => boolean {
    const count = this.#count;
    return () => count === this.#count;
  }

  /** Loads an engine where there is none. Resolves to whether it is in use, and rejects when its code cannot be fetched. */
  async load(options: EngineOptions): Promise<boolean> {
    const isCurrent = this.mark();
    const engine = await createEngine({
      ...options,
      url: withToken(options.url),
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
