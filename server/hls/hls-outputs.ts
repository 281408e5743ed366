// Name → HlsOutput: one for each LiveStream that exists, and one pool of memory for all.

import type { LiveStream } from '../live/live-stream.ts';
import { HlsOutput, type HlsOutputOptions } from './hls-output.ts';
import { BlockPool } from './part-arena.ts';

export class HlsOutputs {
  readonly #options: Omit<HlsOutputOptions, 'pool' | 'onPlayable'>;
  readonly #pool = new BlockPool();
  readonly #outputs = new Map<string, HlsOutput>();

  constructor(options: Omit<HlsOutputOptions, 'pool' | 'onPlayable'>) {
    this.#options = options;
  }

  get(name: string): HlsOutput | undefined {
    return this.#outputs.get(name);
  }

  /** Makes HLS of a new stream. */
  attach(stream: LiveStream): void {
    const output = new HlsOutput({
      ...this.#options,
      pool: this.#pool,
      onPlayable: () => stream.markPlayable(),
    });
    this.#outputs.set(stream.name, output);
    stream.addSink(output);
  }

  /** A stream is forgotten: its memory goes back. */
  detach(stream: LiveStream): void {
    this.#outputs.get(stream.name)?.close();
    this.#outputs.delete(stream.name);
  }
}
