// Counts work in steps that do not depend on the machine: how often each block of the server's code ran (V8's precise
// coverage), and how many elements the built-in functions of arrays, maps and buffers processed.

import { type Profiler, Session } from 'node:inspector';

/** Bytes that are copied in about the time of one step. */
const BYTES_PER_STEP = 64;

/** Array methods that visit or move the elements; `shift` and `unshift` move all of them in long arrays. */
const ARRAY_METHODS = [
  ...[
    'shift',
    'unshift',
    'splice',
    'slice',
    'concat',
    'filter',
    'map',
    'flatMap',
    'flat',
    'find',
    'findIndex',
    'findLast',
  ],
  ...[
    'findLastIndex',
    'includes',
    'indexOf',
    'lastIndexOf',
    'some',
    'every',
    'reduce',
    'reduceRight',
    'forEach',
    'join',
  ],
  ...['reverse', 'sort', 'toSorted', 'toReversed', 'toSpliced', 'fill', 'copyWithin', 'with'],
] as const;

/** Steps of all server code and built-in functions while `work` runs. */
export class StepCounter {
  readonly #session = new Session();
  readonly #prefix: string;
  #nativeSteps = 0;

  /** `prefix` is the start of the paths of counted scripts. Create this before they are loaded. */
  constructor(prefix: string) {
    this.#prefix = prefix;
    this.#session.connect();
    this.#session.post('Profiler.enable');
    this.#session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  }

  count(work: () => void): number {
    this.#takeBlocks();
    this.#nativeSteps = 0;
    const restore = this.#wrapNatives();
    try {
      work();
    } finally {
      restore();
    }
    return this.#takeBlocks() + this.#nativeSteps;
  }

  close(): void {
    this.#session.post('Profiler.stopPreciseCoverage');
    this.#session.disconnect();
  }

  /** Runs of blocks since the last call. */
  #takeBlocks(): number {
    let scripts: readonly Profiler.ScriptCoverage[] = [];
    this.#session.post('Profiler.takePreciseCoverage', (error, answer) => {
      if (error !== null) throw error;
      scripts = answer.result;
    });
    let steps = 0;
    for (const { url, functions } of scripts)
      if (url.includes(this.#prefix))
        for (const { ranges } of functions) for (const { count } of ranges) steps += count;
    return steps;
  }

  #wrapNatives(): () => void {
    const undo: (() => void)[] = [];
    const wrap = (
      owner: object,
      name: PropertyKey,
      cost: (self: unknown, args: readonly unknown[], result: unknown) => number,
    ): void => {
      const original: unknown = Reflect.get(owner, name);
      if (typeof original !== 'function') throw new Error(`there is no ${String(name)} to count`);
      const addSteps = (steps: number): void => {
        this.#nativeSteps += steps;
      };
      const descriptor = Object.getOwnPropertyDescriptor(owner, name);
      Object.defineProperty(owner, name, {
        configurable: true,
        writable: true,
        value: function counted(this: unknown, ...args: unknown[]): unknown {
          const result: unknown = Reflect.apply(original, this, args);
          addSteps(cost(this, args, result));
          return result;
        },
      });
      undo.push(() => {
        if (descriptor !== undefined) Object.defineProperty(owner, name, descriptor);
      });
    };
    for (const name of ARRAY_METHODS) wrap(Array.prototype, name, (self) => lengthOf(self));
    // Spread, Array.from and for-of use iterators, one call for each element.
    for (const iterator of [[].values(), new Map().values(), new Set().values()])
      wrap(Object.getPrototypeOf(iterator), 'next', () => 1);
    wrap(Buffer, 'concat', (_self, [list]) => bytesIn(list) / BYTES_PER_STEP + lengthOf(list));
    wrap(Uint8Array.prototype, 'set', (_self, [source]) => lengthOf(source) / BYTES_PER_STEP);
    wrap(Buffer.prototype, 'copy', (_self, _args, copied) => Number(copied) / BYTES_PER_STEP);
    wrap(Buffer.prototype, 'indexOf', (self, [, from], found) => {
      const end = found === -1 ? lengthOf(self) : Number(found);
      return Math.max(end - Number(from ?? 0), 0) / BYTES_PER_STEP;
    });
    return () => {
      for (const each of undo.toReversed()) each();
    };
  }
}

function lengthOf(value: unknown): number {
  return typeof value === 'object' && value !== null && 'length' in value ? Number(value.length) : 0;
}

function bytesIn(list: unknown): number {
  let bytes = 0;
  if (Array.isArray(list)) for (let at = 0; at < list.length; at += 1) bytes += lengthOf(list[at]);
  return bytes;
}
