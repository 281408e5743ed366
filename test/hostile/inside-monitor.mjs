// Preloaded with `--import` into the attacked gateway and into an idle process beside it: measures how late the event loop
// is and how much memory is in use, and answers over the IPC channel that the parent process opened.

import { readFileSync } from 'node:fs';
import { PerformanceObserver, performance } from 'node:perf_hooks';

/** Interval of measurement. The histogram of `monitorEventLoopDelay` has no times, which are needed for comparison. */
const TICK_MS = 20;
/** Shorter delays are normal on a busy machine. */
const NOTED_MS = 40;
/** How many of the longest delays are kept. */
const MAX_STALLS = 400;
/** Shorter collections are ignored. */
const NOTED_COLLECTION_MS = 4;
const MAX_COLLECTIONS = 4000;

let stalls = [];
let collections = [];
let lastTick = performance.now();
let lastTimes = threadTimes();
const observer = new PerformanceObserver((list) => noteCollections(list.getEntries()));
observer.observe({ entryTypes: ['gc'] });

/** Milliseconds for which the main thread ran and waited for a processor (Linux: /proc/PID/schedstat). */
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
 * The delays so far. While the collector's threads wait for a processor, the main thread is blocked; that is also the
 * machine's share. The main thread's own work for a collection counts as running.
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

/** Collects twice: the second collection frees memory that finalizers of the first released. */
function collect() {
  tick();
  globalThis.gc?.();
  globalThis.gc?.();
  // The requested collection is not a delay of the gateway.
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
  // The channel and the timer do not keep the process running.
  process.channel?.unref();
  process.on('disconnect', () => {});
}
