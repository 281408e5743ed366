// Listeners and timers that cannot end the process: what one of them throws closes one peer and is logged.

/** A logger, or whatever else takes faults. */
export type FaultLog = { error(fields: { readonly err: unknown }, message: string): void };

/** Where the faults of one peer's listeners go. */
export type Guard = {
  readonly log: FaultLog;
  /** Ends the one connection; absent where the listener serves no connection. */
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

/** The fault that is being handled is the one to report, whatever closing does. */
function close(guard: Guard): void {
  try {
    guard.close?.();
  } catch (error) {
    guard.log.error({ err: error }, 'a connection could not be closed');
  }
}
