// Loaded into the gateway with `--import`: reports the delay of the event loop, or memory after a collection, to the parent on request.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Resolution for delays of a few milliseconds, at a negligible cost. */
const RESOLUTION_MS = 10;
const NANOSECONDS_PER_MS = 1e6;

const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
delay.enable();

process.on('message', (question) => {
  process.send?.(question === 'memory' ? memory() : loopDelay());
});

function loopDelay() {
  // The histogram has whole intervals; subtract the resolution to get the delay.
  const ms = (/** @type {number} */ nanoseconds) =>
    Math.max(0, nanoseconds / NANOSECONDS_PER_MS - RESOLUTION_MS);
  const taken = { p50Ms: ms(delay.percentile(50)), p99Ms: ms(delay.percentile(99)), maxMs: ms(delay.max) };
  delay.reset();
  return taken;
}

function memory() {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc');
  // The second collection frees memory that finalizers of the first released.
  collect();
  collect();
  const { rss, heapUsed, arrayBuffers } = process.memoryUsage();
  return { rssBytes: rss, heapBytes: heapUsed, bufferBytes: arrayBuffers };
}
