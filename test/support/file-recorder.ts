// A small recorder for testing sinks: it writes every sample to a file, one at a time, and can be made to fail.
import { type FileHandle, open } from 'node:fs/promises';
import type { SinkEvent, SlowSink } from '../../server/live/queued-sink.ts';

export class FileRecorder implements SlowSink {
  readonly events: string[] = [];
  readonly #file: Promise<FileHandle>;
  hasEnded = false;

  constructor(path: string) {
    this.#file = open(path, 'w');
  }

  /** Makes further writes fail, like a lost disk. */
  async kill(): Promise<void> {
    await (await this.#file).close();
  }

  async take(event: SinkEvent): Promise<void> {
    this.events.push(event.kind);
    if (event.kind === 'sample') await (await this.#file).writeFile(event.sample.data);
  }

  async end(): Promise<void> {
    this.hasEnded = true;
    await (await this.#file).close();
  }
}
