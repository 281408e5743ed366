// The run of one target: its seeds, then their heads, then mutations of every input that has shown something new.

import { setImmediate } from 'node:timers/promises';
import type { CodeCoverage } from './code-coverage.ts';
import { Corpus } from './corpus.ts';
import { Dice } from './dice.ts';
import type { FuzzTarget } from './fuzz-target.ts';
import { mutate } from './mutators.ts';
import { allocatedBytes, type Finding, judge, maxRunMs, observe, usedBytes } from './oracles.ts';
import { finishes, isEndless } from './watch-dog.ts';

/** At most so many heads of a long seed are tried, evenly spread. */
const MAX_HEADS = 1_024;
/** After so many, a new answer only reports a detail, and would displace inputs that lead to new code. */
const MAX_ANSWERS_KEPT = 2_000;
/** Executions between two checks of the coverage: fewer while there is new coverage, so that it is checked more often. */
const BATCH = { least: 64, most: 4_096, maxBytes: 8 * 1024 * 1024 } as const;
/** Inputs of one batch that join the corpus for their code: finding each takes as long as two batches. */
const MAX_BRINGERS = 4;
/** Executions guarded by one watch-dog: an endless loop must be stopped. */
const GUARDED_EXECUTIONS = 256;

export type RunReport = {
  readonly executions: number;
  readonly seconds: number;
  readonly corpus: number;
  readonly answers: number;
  /** Characters of the server's code that ran. */
  readonly covered: number;
  readonly slowestMs: number;
  /** Memory of the input that seemed to take most, when it runs alone. */
  readonly largestBytes: number;
  readonly found: { readonly finding: Finding; readonly input: Buffer } | undefined;
};

export class FuzzRun {
  readonly #target: FuzzTarget;
  readonly #coverage: CodeCoverage;
  readonly #dice: Dice;
  readonly #corpus = new Corpus();
  readonly #answers = new Set<string>();
  readonly #startedAt = performance.now();
  readonly #deadline: number;
  #candidates: Iterator<Buffer>;
  #batchSize: number = BATCH.least;
  #executions = 0;
  #slowestMs = 0;
  #greediest: { readonly input: Buffer; readonly bytes: number } = { input: Buffer.alloc(0), bytes: 0 };
  #current: Buffer = Buffer.alloc(0);
  #found: RunReport['found'];

  constructor(target: FuzzTarget, options: { coverage: CodeCoverage; seed: number; seconds: number }) {
    this.#target = target;
    this.#coverage = options.coverage;
    this.#dice = new Dice(options.seed);
    this.#deadline = this.#startedAt + options.seconds * 1_000;
    this.#candidates = this.#makeCandidates();
  }

  async run(): Promise<RunReport> {
    this.#coverage.forget();
    while (this.#mayGoOn()) {
      this.#runBatch();
      // Work that a target has deferred (such as warnings) must not accumulate.
      await setImmediate();
    }
    const { input } = this.#greediest;
    const largestBytes =
      this.#found === undefined ? allocatedBytes(this.#target, input) : this.#greediest.bytes;
    return {
      executions: this.#executions,
      seconds: (performance.now() - this.#startedAt) / 1_000,
      corpus: this.#corpus.size,
      answers: this.#answers.size,
      covered: this.#coverage.knownCount,
      slowestMs: this.#slowestMs,
      largestBytes,
      found: this.#found,
    };
  }

  *#makeCandidates(): Generator<Buffer, never> {
    const { seeds, dictionary, maxInputBytes } = this.#target;
    const whole = seeds().map((seed) => Buffer.from(seed.subarray(0, maxInputBytes)));
    for (const seed of [...whole, Buffer.alloc(0)]) {
      this.#corpus.add(seed, 'seed');
      yield seed;
    }
    for (const seed of whole) {
      const step = Math.ceil(seed.length / MAX_HEADS);
      for (let end = 0; end < seed.length; end += step) yield seed.subarray(0, end);
    }
    const source = { dice: this.#dice, dictionary, other: () => this.#corpus.any(this.#dice) };
    for (;;) yield mutate(this.#corpus.choose(this.#dice), source, maxInputBytes);
  }

  #runBatch(): void {
    const inputs: Buffer[] = [];
    let bytes = 0;
    while (inputs.length < this.#batchSize && bytes < BATCH.maxBytes && this.#mayGoOn()) {
      const hasFinished = finishes(() => {
        for (let count = 0; count < GUARDED_EXECUTIONS && inputs.length < this.#batchSize; count += 1) {
          if (!this.#mayGoOn()) return;
          const input: Buffer = this.#candidates.next().value;
          inputs.push(input);
          bytes += input.length;
          this.#execute(input);
        }
      });
      if (!hasFinished) this.#afterCutOff();
    }
    if (this.#found !== undefined) return;
    const hasNews = this.#learn(inputs);
    this.#batchSize = hasNews ? BATCH.least : Math.min(2 * this.#batchSize, BATCH.most);
  }

  #afterCutOff(): void {
    const input = this.#current;
    if (isEndless(() => observe(this.#target, input)))
      this.#report({ kind: 'hang', message: 'it was still running when it was cut off' });
    // A generator that was interrupted has ended.
    this.#candidates = this.#makeCandidates();
  }

  #mayGoOn(): boolean {
    return this.#found === undefined && performance.now() < this.#deadline;
  }

  #execute(input: Buffer): void {
    this.#current = input;
    this.#executions += 1;
    const bytesBefore = usedBytes();
    const startedAt = performance.now();
    const observation = observe(this.#target, input);
    const tookMs = performance.now() - startedAt;
    const bytes = usedBytes() - bytesBefore;
    if ('finding' in observation) return this.#report(observation.finding);
    if (tookMs > this.#slowestMs) this.#slowestMs = tookMs;
    if (bytes > this.#greediest.bytes) this.#greediest = { input, bytes };
    if (tookMs > maxRunMs(this.#target) || bytes > this.#target.maxAllocatedBytes) {
      const judged = judge(this.#target, input);
      if ('finding' in judged) return this.#report(judged.finding);
    }
    if (this.#answers.has(observation.answer)) return;
    this.#answers.add(observation.answer);
    if (this.#answers.size <= MAX_ANSWERS_KEPT) this.#corpus.add(input, 'answer');
  }

  #report(finding: Finding): void {
    this.#found ??= { finding, input: this.#current };
  }

  /** Whether the batch ran new code; each input that did joins the corpus. */
  #learn(inputs: readonly Buffer[]): boolean {
    let run = this.#coverage.take();
    if (!this.#coverage.hasNews(run)) return false;
    let rest = inputs;
    for (let count = 0; count < MAX_BRINGERS && rest.length > 0 && this.#coverage.hasNews(run); count += 1) {
      const at = this.#firstWithNews(rest);
      const input = rest[at];
      if (input !== undefined) {
        this.#coverage.learn(this.#runOf([input]));
        this.#corpus.add(input, 'code');
      }
      rest = rest.slice(at + 1);
      run = this.#runOf(rest);
    }
    // Code that ran by chance, or in too many inputs at once, does not count as new again.
    this.#coverage.learn(run);
    return true;
  }

  #firstWithNews(inputs: readonly Buffer[]): number {
    let from = 0;
    let until = inputs.length;
    while (until - from > 1) {
      const middle = (from + until) >> 1;
      if (this.#coverage.hasNews(this.#runOf(inputs.slice(from, middle)))) until = middle;
      else from = middle;
    }
    return from;
  }

  #runOf(inputs: readonly Buffer[]): ReturnType<CodeCoverage['take']> {
    this.#coverage.take();
    for (const input of inputs) observe(this.#target, input);
    return this.#coverage.take();
  }
}
