// Which characters of the server's code have run, by V8's precise coverage. Start it before that code is loaded:
// functions compiled earlier have no counters.

import { type Profiler, Session } from 'node:inspector';

/** Characters that ran since the last call, one byte each, by script. */
export type CodeRun = ReadonlyMap<string, Uint8Array>;

export class CodeCoverage {
  readonly #session = new Session();
  readonly #prefix: string;
  readonly #known = new Map<string, Uint8Array>();
  #knownCount = 0;

  /** `prefix` is the start of the URLs of the counted scripts. */
  constructor(prefix: string) {
    this.#prefix = prefix;
    this.#session.connect();
    this.#session.post('Profiler.enable');
    this.#session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  }

  /** Number of characters that have run at least once. */
  get knownCount(): number {
    return this.#knownCount;
  }

  /** Forgets everything, for another target. */
  forget(): void {
    this.take();
    this.#known.clear();
    this.#knownCount = 0;
  }

  /** The code that ran since the last call. */
  take(): CodeRun {
    const run = new Map<string, Uint8Array>();
    for (const script of this.#takeScripts()) {
      if (script.url.startsWith(this.#prefix)) run.set(script.url, paint(script));
    }
    return run;
  }

  hasNews(run: CodeRun): boolean {
    for (const [url, characters] of run) {
      const known = this.#known.get(url);
      for (let at = 0; at < characters.length; at += 1) {
        if (characters[at] === 1 && known?.[at] !== 1) return true;
      }
    }
    return false;
  }

  learn(run: CodeRun): void {
    for (const [url, characters] of run) {
      const before = this.#known.get(url) ?? new Uint8Array(0);
      const known = before.length < characters.length ? new Uint8Array(characters.length) : before;
      if (known !== before) known.set(before);
      for (let at = 0; at < characters.length; at += 1) {
        if (characters[at] !== 1 || known[at] === 1) continue;
        known[at] = 1;
        this.#knownCount += 1;
      }
      this.#known.set(url, known);
    }
  }

  #takeScripts(): readonly Profiler.ScriptCoverage[] {
    let scripts: readonly Profiler.ScriptCoverage[] = [];
    this.#session.post('Profiler.takePreciseCoverage', (error, answer) => {
      if (error !== null) throw error;
      scripts = answer.result;
    });
    return scripts;
  }
}

/** Ranges are ordered from the outside in: the innermost one decides. */
function paint(script: Profiler.ScriptCoverage): Uint8Array {
  const ranges = script.functions.flatMap((each) => each.ranges);
  const characters = new Uint8Array(ranges.reduce((end, range) => Math.max(end, range.endOffset), 0));
  for (const { startOffset, endOffset, count } of ranges)
    characters.fill(count > 0 ? 1 : 0, startOffset, endOffset);
  return characters;
}
