// What an input must not cause: an unexpected error, a long run, or much memory use.

import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { GatewayError } from '../../server/errors.ts';
import type { FuzzTarget } from './fuzz-target.ts';

/** One input blocks every stream of a process for as long as it runs. */
const MAX_RUN_MS = 100;
/** A slow or memory-hungry run is repeated alone: the cause may have been a garbage collection. */
const CONFIRMATIONS = 3;
/** Codes are metric labels. */
const CODE_PATTERN = /^[a-z][a-z0-9_]*$/;

export type FindingKind = 'crash' | 'hang' | 'allocation';
export type Finding = { readonly kind: FindingKind; readonly message: string };
export type Observation = { readonly answer: string } | { readonly finding: Finding };

/** The maximum run time of an input for this target, milliseconds. */
export function maxRunMs(target: FuzzTarget): number {
  return target.maxRunMs ?? MAX_RUN_MS;
}

/** Runs an input and checks only what it throws. */
export function observe(target: FuzzTarget, input: Buffer): Observation {
  try {
    return { answer: target.run(input) };
  } catch (error) {
    if (target.mayRefuse && error instanceof GatewayError && CODE_PATTERN.test(error.code))
      return { answer: `refused ${error.code}` };
    return {
      finding: {
        kind: 'crash',
        message: error instanceof Error ? (error.stack ?? error.message) : String(error),
      },
    };
  }
}

/** Runs an input alone, several times, with all checks. For regressions, and to confirm a suspicion. */
export function judge(target: FuzzTarget, input: Buffer): Observation {
  const observation = observe(target, input);
  if ('finding' in observation) return observation;
  return slowness(target, input) ?? greed(target, input) ?? observation;
}

/** Bytes of heap and of memory outside it, now. Fast enough for every execution, but does not count collected memory. */
export function usedBytes(): number {
  const { used_heap_size: heap, external_memory: external } = getHeapStatistics();
  return heap + external;
}

function slowness(target: FuzzTarget, input: Buffer): { finding: Finding } | undefined {
  const bestMs = Math.min(
    ...measured(() => {
      // Processor time, not clock time: the machine may be busy with other work.
      const before = process.cpuUsage();
      observe(target, input);
      const { user, system } = process.cpuUsage(before);
      return (user + system) / 1_000;
    }),
  );
  if (bestMs <= maxRunMs(target)) return undefined;
  return {
    finding: {
      kind: 'hang',
      message: `it runs for ${bestMs.toFixed(0)} ms; ${maxRunMs(target)} are allowed`,
    },
  };
}

function greed(target: FuzzTarget, input: Buffer): { finding: Finding } | undefined {
  const bytes = allocatedBytes(target, input);
  if (bytes <= target.maxAllocatedBytes) return undefined;
  const message = `it takes ${bytes} bytes of memory; ${target.maxAllocatedBytes} are allowed`;
  return { finding: { kind: 'allocation', message } };
}

/**
 * The memory of one execution, with its garbage. A collection during the run makes it smaller, so the median of several
 * counts.
 */
export function allocatedBytes(target: FuzzTarget, input: Buffer): number {
  const sizes = measured(() => {
    collectGarbage();
    const before = heldBytes();
    observe(target, input);
    return heldBytes() - before;
  });
  return Math.max(0, sizes.sort((left, right) => left - right)[CONFIRMATIONS >> 1] ?? 0);
}

function measured(measure: () => number): number[] {
  return Array.from({ length: CONFIRMATIONS }, measure);
}

function heldBytes(): number {
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

let collector: (() => void) | undefined;

function collectGarbage(): void {
  if (collector === undefined) {
    setFlagsFromString('--expose-gc');
    const found: unknown = runInNewContext('gc');
    if (typeof found !== 'function')
      throw new Error('this Node does not let its garbage be collected on demand');
    collector = () => found();
  }
  collector();
}
