// Loaded into the gateway with `--import`: tells its parent how late the event loop has been, when asked.
import { monitorEventLoopDelay } from 'node:perf_hooks';

/** Fine enough for delays of a few milliseconds; at 100 looks a second it costs nothing that shows. */
const RESOLUTION_MS = 10;
const NANOSECONDS_PER_MS = 1e6;

const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
delay.enable();

process.on('message', () => {
  // The histogram holds the whole interval; what is over the asked-for one is the delay.
  const ms = (/** @type {number} */ nanoseconds) =>
    Math.max(0, nanoseconds / NANOSECONDS_PER_MS - RESOLUTION_MS);
  process.send?.({ p50Ms: ms(delay.percentile(50)), p99Ms: ms(delay.percentile(99)), maxMs: ms(delay.max) });
  delay.reset();
});
