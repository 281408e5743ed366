// What a run has started or made, undone at its end, on a signal, and by force when even that fails.

type Undo = () => void | Promise<void>;

const undos = new Set<Undo>();
/** A gateway drains for up to ten seconds; nothing else takes long. */
const DEADLINE_MS = 15_000;
const EXIT_INTERRUPTED = 130;

/** Registers an undo. @returns a function that runs it early, once */
export function whenOver(undo: Undo): () => Promise<void> {
  undos.add(undo);
  return async () => {
    if (undos.delete(undo)) await undo();
  };
}

/** Runs every undo left, the newest first; one that fails does not keep the others from running. */
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

/** Ctrl-C and SIGTERM end the run as its own end does. */
export function cleanUpOnSignals(): void {
  let isEnding = false;
  const end = (): void => {
    // A terminal signals the whole process group, and npm and tsx pass on what they get: the same Ctrl-C comes twice.
    if (isEnding) return;
    isEnding = true;
    setTimeout(() => process.exit(EXIT_INTERRUPTED), DEADLINE_MS).unref();
    void cleanUp().finally(() => process.exit(EXIT_INTERRUPTED));
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end);
}
