// Judges every stream once a second: what its publisher sends, how its viewers fare, and whether the gateway keeps up.

import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';
import type { Clock } from '../clock.ts';
import type { LiveStream } from '../live/live-stream.ts';
import type { Health } from '../stats/operator-message.ts';
import type { StreamNumbers } from '../stats/stats-message.ts';
import { CaseFile } from './case-file.ts';
import { Diagnosis, type IssueChange } from './diagnosis.ts';
import type { ViewerFacts } from './facts.ts';
import type { IngestMeasure } from './ingest-watch.ts';
import { Reconnects } from './reconnects.ts';
import { type TestReport, TestReports } from './test-reports.ts';

/** A sample of the event loop's delay; more often would cost more than it tells. */
const LOOP_RESOLUTION_MS = 20;
const NS_PER_MS = 1e6;

export type DoctorOptions = {
  readonly clock: Clock;
  /** What is known about the viewers of a stream. */
  readonly viewers?: (name: string) => ViewerFacts | undefined;
  /** The last measurement of a stream, for reports about tests. */
  readonly numbers?: (name: string) => StreamNumbers | undefined;
  /** An issue was raised, has another severity, or was cleared. */
  readonly onChange: (stream: LiveStream, change: IssueChange, health: Health) => void;
};

type Patient = { readonly stream: LiveStream; readonly file: CaseFile; readonly diagnosis: Diagnosis };

export class Doctor {
  readonly #options: DoctorOptions;
  readonly #patients = new Map<string, Patient>();
  readonly #reconnects: Reconnects;
  readonly #tests: TestReports;
  #loop: IntervalHistogram | undefined;

  constructor(options: DoctorOptions) {
    this.#options = options;
    this.#reconnects = new Reconnects(options.clock);
    this.#tests = new TestReports(options.clock);
  }

  /** A new stream. */
  add(stream: LiveStream): void {
    const file = new CaseFile(stream, this.#options.clock);
    this.#patients.set(stream.name, { stream, file, diagnosis: new Diagnosis() });
    stream.addSink(file.watch);
  }

  /** A stream is forgotten. */
  remove({ name, testOf }: LiveStream): void {
    this.#patients.delete(name);
    if (testOf !== undefined) this.#tests.end(name);
  }

  /** A stream has another state. */
  noteState(stream: LiveStream): void {
    this.#reconnects.note(stream);
  }

  /** The report about a test publish. */
  testReport(id: string): TestReport | undefined {
    return this.#tests.get(id);
  }

  health(name: string): Health | undefined {
    return this.#patients.get(name)?.diagnosis.health;
  }

  ingest(name: string): IngestMeasure | undefined {
    return this.#patients.get(name)?.file.measure();
  }

  /** Called once a second. */
  tick(): void {
    const { clock, viewers, numbers = () => undefined, onChange } = this.#options;
    const loopP99Ms = this.#loopP99Ms();
    for (const { stream, file, diagnosis } of this.#patients.values()) {
      const facts = {
        source: file.read(),
        reconnects: this.#reconnects.count(stream.name),
        viewers: viewers?.(stream.name),
        loopP99Ms,
      };
      const changes = diagnosis.judge(facts, stream.publisher?.encoder, file.bps, clock.epochMs());
      if (stream.testOf !== undefined) this.#tests.note(stream, diagnosis.health, numbers(stream.name));
      for (const change of changes) onChange(stream, change, diagnosis.health);
    }
  }

  /** Stops measuring the event loop. */
  close(): void {
    this.#loop?.disable();
    this.#loop = undefined;
  }

  /** Of the time since the last call; undefined at the first. */
  #loopP99Ms(): number | undefined {
    if (this.#loop === undefined) {
      this.#loop = monitorEventLoopDelay({ resolution: LOOP_RESOLUTION_MS });
      this.#loop.enable();
      return undefined;
    }
    const ms = this.#loop.percentile(99) / NS_PER_MS;
    this.#loop.reset();
    // The histogram includes the interval at which it samples.
    return Math.max(ms - LOOP_RESOLUTION_MS, 0);
  }
}
