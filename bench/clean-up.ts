// Removes what a run has started or made: at its end, on a signal, and by force after a timeout.

type Undo = () => void | Promise<void>;

const undos = new Set<Undo>();
/** A gateway drains for up to ten seconds; nothing else takes long. */
const DEADLINE_MS = 15_000;
const EXIT_INTERRUPTED = 130;

/** Registers a clean-up function. @returns a function that runs it early, once */
export function whenOver(undo: Undo): () => Promise<void> {
  undos.add(undo);
  return async () => {
    if (undos.delete(undo)) await undo();
  };
}

/** Runs the remaining functions, the newest first. If one fails the others still run. */
export async function cleanUp(): Promise<void> {
  for (const undo of [...undos].reverse()) {
    undos.delete(undo);
    try {
      await undo();
    } catch (error) {
      process.stderr.write(`bench: clean-up: ${String(error)}\n`);
    }
  }
}

/** Cleans up on Ctrl-C and SIGTERM. */
export function cleanUpOnSignals(): void {
  let isEnding = false;
  const end = (): void => {
    // A terminal signals the whole process group, and npm and tsx forward signals, so one Ctrl-C arrives twice.
    if (isEnding) return;
    isEnding = true;
    setTimeout(() => process.exit(EXIT_INTERRUPTED), DEADLINE_MS).unref();
    void cleanUp().finally(() => process.exit(EXIT_INTERRUPTED));
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end);
}
