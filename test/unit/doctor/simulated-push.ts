// Pushes samples into a case file on a simulated clock, second by second, and judges them as the gateway does.
import { CaseFile } from '../../../server/doctor/case-file.ts';
import { Diagnosis } from '../../../server/doctor/diagnosis.ts';
import type { SourceFacts } from '../../../server/doctor/facts.ts';
import type { IngestMeasure } from '../../../server/doctor/ingest-watch.ts';
import type { Source } from '../../../server/live/live-stream.ts';
import type { SourceHints } from '../../../server/live/sink.ts';
import { noDrops } from '../../../server/media/drops.ts';
import type { Sample } from '../../../server/media/sample.ts';
import { Timeline } from '../../../server/media/timeline.ts';
import type { Track } from '../../../server/media/track.ts';
import { clockOf } from '../../support/clock.ts';

export type Arrival = { readonly atMs: number; readonly sample: Sample };

/** When the simulated clock begins, as the time of day. */
export const EPOCH_MS = Date.parse('2026-03-01T12:00:00Z');

/** Arrivals at the time of the samples, moved and stretched. */
export function arriving(
  samples: readonly Sample[],
  ticksPerMs: number,
  at: (mediaMs: number) => number = (mediaMs) => mediaMs,
): Arrival[] {
  return samples.map((sample) => ({ atMs: at(sample.dts / ticksPerMs), sample }));
}

export class SimulatedPush {
  readonly source: Source = {
    remoteAddress: '192.0.2.1',
    encoder: 'Lavf60',
    repairs: new Timeline().repairs,
    drops: noDrops(),
    onReplaced: () => undefined,
  };
  readonly #stream: { source: Source | undefined } = { source: this.source };
  readonly #diagnosis = new Diagnosis();
  readonly file: CaseFile;
  #nowMs = 0;
  facts: SourceFacts | undefined;
  /** Codes that were raised at any time, in order. */
  readonly raised: string[] = [];
  readonly cleared: string[] = [];

  constructor() {
    this.file = new CaseFile(
      this.#stream,
      clockOf(
        () => EPOCH_MS + this.#nowMs,
        () => this.#nowMs,
      ),
    );
  }

  start(tracks: readonly Track[], hints: SourceHints = {}): void {
    this.#stream.source = this.source;
    this.file.watch.onSourceStart(hints);
    for (const track of tracks) this.file.watch.onTrack(track);
  }

  leave(): void {
    this.#stream.source = undefined;
    this.file.watch.onSourceEnd();
  }

  /** Passes on what arrives until a time, with a reading each second, which is also called for with the time. */
  run(
    arrivals: readonly Arrival[],
    untilMs: number,
    onSecond: (nowMs: number) => void = () => undefined,
  ): void {
    const sorted = [...arrivals].sort((left, right) => left.atMs - right.atMs);
    let next = 0;
    while (this.#nowMs < untilMs) {
      const endMs = this.#nowMs + 1_000;
      for (
        let arrival = sorted[next];
        arrival !== undefined && arrival.atMs < endMs;
        arrival = sorted[next]
      ) {
        this.#nowMs = Math.max(arrival.atMs, this.#nowMs);
        this.file.watch.onSample(arrival.sample);
        next += 1;
      }
      this.#nowMs = endMs;
      this.#judge();
      onSecond(endMs);
    }
  }

  measure(): IngestMeasure {
    return this.file.measure();
  }

  get issues() {
    return this.#diagnosis.health.issues;
  }

  get health() {
    return this.#diagnosis.health;
  }

  #judge(): void {
    this.facts = this.file.read();
    const facts = { source: this.facts, reconnects: 0, viewers: undefined, loopP99Ms: undefined };
    const changes = this.#diagnosis.judge(facts, this.source.encoder, this.file.bps, this.#nowMs);
    for (const { issue, isCleared } of changes) (isCleared ? this.cleared : this.raised).push(issue.code);
  }
}
