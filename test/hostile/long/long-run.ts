// What a run is that takes too long for every day: it says what it saw, and what was wrong.

export type LongRun = {
  /** As asked for on the command line. */
  readonly name: string;
  /** The row of docs/trust.md and what is played. */
  readonly what: string;
  readonly run: () => LongRunReport | Promise<LongRunReport>;
};

export type LongRunReport = {
  /** Figures, a line each. */
  readonly figures: readonly string[];
  /** A sentence for each thing that may not be; empty when all holds. */
  readonly faults: readonly string[];
};

const MIB = 1024 * 1024;

export function inMib(bytes: number): string {
  return `${(bytes / MIB).toFixed(1)} MiB`;
}

/** What is left of buffers and of the heap when all garbage is gone. Throws without `--expose-gc`. */
export function settledMemory(): { readonly arrayBuffers: number; readonly heap: number } {
  if (globalThis.gc === undefined) throw new Error('memory is measured with node --expose-gc');
  // The second collection frees what the finalizers of the first have let go.
  globalThis.gc();
  globalThis.gc();
  const { arrayBuffers, heapUsed } = process.memoryUsage();
  return { arrayBuffers, heap: heapUsed };
}
