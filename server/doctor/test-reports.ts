// Reports about publishes with `?test=1`, by the id that cannot be guessed. They are kept for an hour after the end.

import type { Clock } from '../clock.ts';
import type { LiveStream } from '../live/live-stream.ts';
import type { Health, Issue } from '../stats/operator-message.ts';
import type { StreamNumbers } from '../stats/stats-message.ts';

export const KEPT_MS = 3_600_000;
/** A report is a few kilobytes; the oldest is removed first. */
export const MAX_REPORTS = 200;

export type TestReport = {
  readonly id: string;
  /** The public name of the key. */
  readonly stream: string;
  readonly startedAt: number;
  /** Absent while it runs. */
  readonly endedAt?: number;
  readonly health: Health;
  /** Issues that were found and are over. */
  readonly past: readonly Issue[];
  /** The last measurement. */
  readonly numbers?: StreamNumbers;
};

export class TestReports {
  readonly #clock: Clock;
  /** In the order of their starts. */
  readonly #reports = new Map<string, TestReport>();
  /** Until when reports about tests that are over are kept, by the monotonic clock: wall clocks step. */
  readonly #keptUntilMs = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get(id: string): TestReport | undefined {
    this.#forget();
    return this.#reports.get(id);
  }

  /** Called once a second while media of the test arrives. */
  note(stream: LiveStream, health: Health, numbers: StreamNumbers | undefined): void {
    const { name: id, testOf = id, startedAt } = stream;
    const known = this.#reports.get(id);
    const present = new Set(health.issues.map(({ code }) => code));
    const seen = [...(known?.past ?? []), ...(known?.health.issues ?? [])];
    const past = new Map(seen.filter(({ code }) => !present.has(code)).map((issue) => [issue.code, issue]));
    const measured = numbers === undefined ? {} : { numbers };
    this.#reports.set(id, { id, stream: testOf, startedAt, health, past: [...past.values()], ...measured });
    if (known === undefined) this.#forget();
  }

  /** The test is over; its report keeps the last verdict. */
  end(id: string): void {
    const report = this.#reports.get(id);
    if (report === undefined || report.endedAt !== undefined) return;
    this.#reports.set(id, { ...report, endedAt: this.#clock.epochMs() });
    this.#keptUntilMs.set(id, this.#clock.monotonicMs() + KEPT_MS);
  }

  #forget(): void {
    const nowMs = this.#clock.monotonicMs();
    for (const [id, keptUntilMs] of this.#keptUntilMs) if (nowMs > keptUntilMs) this.#remove(id);
    for (const id of this.#reports.keys()) {
      if (this.#reports.size <= MAX_REPORTS) return;
      this.#remove(id);
    }
  }

  #remove(id: string): void {
    this.#reports.delete(id);
    this.#keptUntilMs.delete(id);
  }
}
