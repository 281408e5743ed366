// A timer as a function, so that tests can move the time.

import { type FaultLog, guarded } from '../guard.ts';

/** Calls `ring` once after a delay. @returns a function that cancels it */
export type Alarm = (delayMs: number, ring: () => void) => () => void;

/** Real timers. They do not keep the process alive. */
export function systemAlarm(log: FaultLog): Alarm {
  return (delayMs, ring) => {
    const onTime = guarded({ log }, ring);
    const timer = setTimeout(onTime, delayMs).unref();
    return () => clearTimeout(timer);
  };
}
