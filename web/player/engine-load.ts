// One engine at a time: a load is dropped when another load has begun since.
import { withToken } from '../page/access-token.ts';
import { type EngineOptions, loadEngine, type PlaybackEngine } from './playback-engine.ts';

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

  /** Loads an engine where there is none, unless another load begins meanwhile. Rejects when its code cannot be fetched. */
  async load(options: EngineOptions): Promise<void> {
    const isCurrent = this.mark();
    const createEngine = await loadEngine();
    // Both loads are for the same video: an engine that begins and ends late would take the source of the other one away.
    if (!isCurrent()) return;
    const engine = createEngine({
      ...options,
      url: withToken(options.url),
      onFailure: (failure) => {
        if (isCurrent()) options.onFailure(failure);
      },
    });
    if (isCurrent()) this.#engine = engine;
    else engine.destroy(); // it has failed already
  }

  release(): void {
    this.#count += 1;
    this.#engine?.destroy();
    this.#engine = undefined;
  }
}
