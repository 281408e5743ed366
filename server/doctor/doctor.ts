// Judges every stream once a second: what its publisher sends, how its viewers fare, and whether the gateway keeps up.

import type { Clock } from '../clock.ts';
import type { LiveStream } from '../live/live-stream.ts';
import type { Work } from '../small-steps.ts';
import type { EncoderReport, Health } from '../stats/operator-message.ts';
import type { StreamNumbers } from '../stats/stats-message.ts';
import { CaseFile } from './case-file.ts';
import { Diagnosis, type IssueChange } from './diagnosis.ts';
import type { ViewerFacts } from './facts.ts';
import type { IngestMeasure } from './ingest-watch.ts';
import { Reconnects } from './reconnects.ts';
import { type TestReport, TestReports } from './test-reports.ts';

export type DoctorOptions = {
  readonly clock: Clock;
  /** What is known about the viewers of a stream. */
  readonly viewers?: (name: string) => ViewerFacts | undefined;
  /** How late the event loop ran in the last second, 99th percentile. */
  readonly loopP99Ms?: () => number | undefined;
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

  constructor(options: DoctorOptions) {
    this.#options = options;
    this.#reconnects = new Reconnects(options.clock);
    this.#tests = new TestReports(options.clock);
  }

  /** A new stream. */
  add(stream: LiveStream): void {
    const file = new CaseFile(stream, this.#options.clock);
    const diagnosis = new Diagnosis();
    this.#patients.set(stream.name, { stream, file, diagnosis });
    stream.addSink(file.watch);
    // Its report can be read from the beginning.
    if (stream.testOf !== undefined) this.#tests.note(stream, diagnosis.health, undefined);
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

  /** What the encoder of a stream reports about itself. */
  encoderReport(name: string): EncoderReport | undefined {
    return this.#patients.get(name)?.file.encoderReport;
  }

  /** Once a second: judges every stream, each in a step. */
  *judge(): Work {
    for (const patient of this.#patients.values()) {
      this.#judge(patient);
      yield;
    }
  }

  #judge({ stream, file, diagnosis }: Patient): void {
    const { clock, viewers, numbers = () => undefined, loopP99Ms, onChange } = this.#options;
    const facts = {
      source: file.read(),
      reconnects: this.#reconnects.count(stream.name),
      viewers: viewers?.(stream.name),
      loopP99Ms: loopP99Ms?.(),
    };
    const changes = diagnosis.judge(facts, stream.publisher?.encoder, file.bps, clock.epochMs());
    if (stream.testOf !== undefined) this.#tests.note(stream, diagnosis.health, numbers(stream.name));
    for (const change of changes) onChange(stream, change, diagnosis.health);
  }
}
