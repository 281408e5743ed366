// Makes the JavaScript engine compile the gateway's code sooner. Only the command does this: a program that uses the library decides for
// itself (docs/decisions/0024-compiled-sooner.md).

import { setFlagsFromString } from 'node:v8';

/**
 * How much of a function's bytecode runs before the engine considers compiling it, bytes. With the engine's 67,584 the code of a single
 * stream is interpreted for one to two minutes, which costs a third more than the compiled code; with this it is compiled after about
 * half a minute. With 20 streams and more it makes no difference.
 */
const INTERRUPT_BUDGET = 8_000;

/** The engine of Node 20, with which the figures were measured. Later ones have further compilers and other defaults. */
const MEASURED_ENGINE = /^11\./;

/**
 * Call it once the ports are open: what runs only at the start is not worth compiling.
 * @param engineVersion `process.versions.v8`
 */
export function compileSooner(engineVersion: string): void {
  for (const flag of engineFlags(engineVersion)) setFlagsFromString(flag);
}

/** Flags for this engine. An engine that does not know a flag complains on standard error, so others get none. */
export function engineFlags(engineVersion: string): readonly string[] {
  return MEASURED_ENGINE.test(engineVersion) ? [`--interrupt-budget=${INTERRUPT_BUDGET}`] : [];
}
