// Listeners and timers that cannot end the process: an error in one of them is logged and closes one peer.

/** A logger, or another receiver of faults. */
export type FaultLog = { error(fields: { readonly err: unknown }, message: string): void };

/** Receives the faults of one peer's listeners. */
export type Guard = {
  readonly log: FaultLog;
  /** Ends the connection; absent if the listener serves none. */
  readonly close?: () => void;
};

/**
 * `listener` as an event handler or timer callback that never throws. Node ends the process when a handler of a socket or
 * a server throws, so every such handler in server/ is wrapped; test/house/guards.test.ts finds those that are not.
 */
export function guarded<Args extends readonly unknown[]>(
  guard: Guard,
  listener: (...args: Args) => void,
): (...args: Args) => void {
  return (...args) => {
    try {
      listener(...args);
    } catch (error) {
      close(guard);
      guard.log.error({ err: error }, 'an event handler failed; its connection is closed');
    }
  };
}

/** An error while closing must not hide the first fault. */
function close(guard: Guard): void {
  try {
    guard.close?.();
  } catch (error) {
    guard.log.error({ err: error }, 'a connection could not be closed');
  }
}
