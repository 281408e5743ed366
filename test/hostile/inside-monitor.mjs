// Preloaded with `--import` into the attacked gateway and into an idle process beside it: measures how late the event loop
// is and how much memory is in use, and answers over the IPC channel that the parent process opened.

import { readFileSync } from 'node:fs';
import { PerformanceObserver, performance } from 'node:perf_hooks';

/** The loop is looked at this often. A histogram of `monitorEventLoopDelay` has no times and cannot be compared. */
const TICK_MS = 20;
/** Shorter delays are the resolution of timers on a busy machine. */
const NOTED_MS = 40;
/** The longest delays are kept, and no more than so many. */
const MAX_STALLS = 400;
/** Shorter collections do not matter for stalls that are noted. */
const NOTED_COLLECTION_MS = 4;
const MAX_COLLECTIONS = 4000;

let stalls = [];
let collections = [];
let lastTick = performance.now();
let lastTimes = threadTimes();
const observer = new PerformanceObserver((list) => noteCollections(list.getEntries()));
observer.observe({ entryTypes: ['gc'] });

/** How long the main thread has run, and has waited for a processor, milliseconds (Linux: /proc/PID/schedstat). */
function threadTimes() {
  try {
    const [ranMs = 0, waitedMs = 0] = readFileSync('/proc/self/schedstat', 'latin1')
      .split(' ')
      .map((nanoseconds) => Number(nanoseconds) / 1e6);
    return { ranMs, waitedMs };
  } catch {
    return { ranMs: Number.NaN, waitedMs: 0 };
  }
}

function tick() {
  const now = performance.now();
  const lateMs = now - lastTick - TICK_MS;
  const times = threadTimes();
  if (lateMs > NOTED_MS) {
    const machineMs = times.waitedMs - lastTimes.waitedMs;
    // Neither running nor waiting for a processor: blocked, in a call of the system or until other threads are done.
    const blockedMs = Math.max(0, lateMs - machineMs - (times.ranMs - lastTimes.ranMs)) || 0;
    stalls.push({ fromMs: lastTick, untilMs: now, lateMs, machineMs, blockedMs });
    if (stalls.length > MAX_STALLS)
      stalls = stalls.toSorted((one, other) => other.lateMs - one.lateMs).slice(0, MAX_STALLS / 2);
  }
  lastTick = now;
  lastTimes = times;
}

function noteCollections(entries) {
  for (const { startTime, duration } of entries)
    if (duration >= NOTED_COLLECTION_MS)
      collections.push({ fromMs: startTime, untilMs: startTime + duration });
  if (collections.length > MAX_COLLECTIONS) collections = collections.slice(-MAX_COLLECTIONS / 2);
}

/**
 * The stalls so far. While the collector's threads wait for a processor, the main thread is blocked: that is the machine's
 * share as well. What the main thread itself does for a collection counts as running.
 */
function toldStalls() {
  noteCollections(observer.takeRecords());
  return stalls.map(({ fromMs, untilMs, lateMs, machineMs, blockedMs }) => {
    const collectingMs = collections.reduce(
      (sum, each) => sum + Math.max(0, Math.min(each.untilMs, untilMs) - Math.max(each.fromMs, fromMs)),
      0,
    );
    return {
      fromMs: performance.timeOrigin + fromMs,
      lateMs,
      machineMs: machineMs + Math.min(blockedMs, collectingMs),
    };
  });
}

/** Collects twice: the second collection frees what the finalizers of the first have let go. */
function collect() {
  tick();
  globalThis.gc?.();
  globalThis.gc?.();
  // The time of the collection is the question's doing.
  lastTick = performance.now();
  lastTimes = threadTimes();
}

if (process.send !== undefined) {
  setInterval(tick, TICK_MS).unref();
  process.on('message', ({ id, ask }) => {
    if (ask === 'forget') [stalls, collections] = [[], []];
    else if (ask === 'collect') collect();
    else tick();
    const { heapUsed, external, arrayBuffers, rss } = process.memoryUsage();
    process.send?.({ id, stalls: toldStalls(), heapUsed, external, arrayBuffers, rss }, () => {});
  });
  // Neither the channel nor the timer keeps the process running.
  process.channel?.unref();
  process.on('disconnect', () => {});
}
