// Loaded into the gateway with `--import`: reports the delay of the event loop to the parent on request.
import { monitorEventLoopDelay } from 'node:perf_hooks';

/** Resolution for delays of a few milliseconds, at a negligible cost. */
const RESOLUTION_MS = 10;
const NANOSECONDS_PER_MS = 1e6;

const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
delay.enable();

process.on('message', () => {
  // The histogram has whole intervals; subtract the resolution to get the delay.
  const ms = (/** @type {number} */ nanoseconds) =>
    Math.max(0, nanoseconds / NANOSECONDS_PER_MS - RESOLUTION_MS);
  process.send?.({ p50Ms: ms(delay.percentile(50)), p99Ms: ms(delay.percentile(99)), maxMs: ms(delay.max) });
  delay.reset();
});
