// Preloaded with `--import` into the attacked gateway and into an idle process beside it: measures how late the event loop
// is and how much memory is in use, and answers over the IPC channel that the parent process opened.

import { readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';

/** The loop is looked at this often. A histogram of `monitorEventLoopDelay` has no times and cannot be compared. */
const TICK_MS = 20;
/** Shorter delays are the resolution of timers on a busy machine. */
const NOTED_MS = 40;
/** The longest delays are kept, and no more than so many. */
const MAX_STALLS = 400;

let stalls = [];
let lastTick = performance.now();
let lastWaitMs = runQueueWaitMs();

/** How long the main thread has waited for a processor, milliseconds (Linux: /proc/PID/schedstat, second field). */
function runQueueWaitMs() {
  try {
    return Number(readFileSync('/proc/self/schedstat', 'latin1').split(' ')[1]) / 1e6;
  } catch {
    return 0;
  }
}

function tick() {
  const now = performance.now();
  const lateMs = now - lastTick - TICK_MS;
  const waitMs = runQueueWaitMs();
  if (lateMs > NOTED_MS) {
    stalls.push({ fromMs: performance.timeOrigin + lastTick, lateMs, machineMs: waitMs - lastWaitMs });
    if (stalls.length > MAX_STALLS)
      stalls = stalls.toSorted((one, other) => other.lateMs - one.lateMs).slice(0, MAX_STALLS / 2);
  }
  lastTick = now;
  lastWaitMs = waitMs;
}

/** Collects twice: the second collection frees what the finalizers of the first have let go. */
function collect() {
  tick();
  globalThis.gc?.();
  globalThis.gc?.();
  // The time of the collection is the question's doing.
  lastTick = performance.now();
  lastWaitMs = runQueueWaitMs();
}

if (process.send !== undefined) {
  setInterval(tick, TICK_MS).unref();
  process.on('message', ({ id, ask }) => {
    if (ask === 'forget') stalls = [];
    else if (ask === 'collect') collect();
    else tick();
    const { heapUsed, external, arrayBuffers, rss } = process.memoryUsage();
    process.send?.({ id, stalls, heapUsed, external, arrayBuffers, rss }, () => {});
  });
  // Neither the channel nor the timer keeps the process running.
  process.channel?.unref();
  process.on('disconnect', () => {});
}
