// A long run: its figures and faults.

export type LongRun = {
  /** Its name on the command line. */
  readonly name: string;
  /** The row of docs/trust.md and a description. */
  readonly what: string;
  readonly run: () => LongRunReport | Promise<LongRunReport>;
};

export type LongRunReport = {
  /** Figures, one line each. */
  readonly figures: readonly string[];
  /** A sentence for each fault; empty if all holds. */
  readonly faults: readonly string[];
};

const MIB = 1024 * 1024;

export function inMib(bytes: number): string {
  return `${(bytes / MIB).toFixed(1)} MiB`;
}

/** Buffers and heap after collections. Throws without `--expose-gc`. */
export function settledMemory(): { readonly arrayBuffers: number; readonly heap: number } {
  if (globalThis.gc === undefined) throw new Error('memory is measured with node --expose-gc');
  // The second collection frees memory that finalizers of the first released.
  globalThis.gc();
  globalThis.gc();
  const { arrayBuffers, heapUsed } = process.memoryUsage();
  return { arrayBuffers, heap: heapUsed };
}
