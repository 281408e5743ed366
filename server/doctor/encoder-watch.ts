// What an encoder reports about itself in its key frames (codec/bpm.ts): adds up its counts, and compares its clock with the gateway's.

import { type BpmCounts, BpmReader, type BpmTimes } from '../codec/bpm.ts';
import type { EncoderReport } from '../stats/operator-message.ts';

/** Pictures that are counted; totals since the second report of the source. */
export type EncoderTotals = Readonly<Required<BpmCounts>>;

const NAMES: readonly (keyof BpmCounts)[] = [
  'rendered',
  'lagged',
  'dropped',
  'output',
  'input',
  'skipped',
  'encoded',
];
/** Key frames whose times are remembered: half a minute of two seconds each. */
const KEPT_TIMES = 16;
/** Between handing a picture over and its arrival. A longer time is a clock that is wrong, not a network. */
const MAX_TRANSIT_MS = 30_000;
/** Clocks that are set by NTP may differ by this much, and a local network needs less. */
const CLOCK_ERROR_MS = 50;

type Delay = {
  readonly encodeMs: number | undefined;
  readonly captureMs: number;
  readonly transitMs: number;
};

export class EncoderWatch {
  readonly #reader = new BpmReader();
  #reports = 0;
  #totals: EncoderTotals | undefined;
  #delays: Delay[] = [];

  /** A key frame that has just arrived. */
  note(accessUnit: Uint8Array, lengthSize: number, arrivedAtEpochMs: number): void {
    const report = this.#reader.read(accessUnit, lengthSize);
    if (report === undefined) return;
    this.#reports += 1;
    // The first counts may reach back to before this source, when the encoder itself was started.
    if (this.#reports > 1) this.#totals = sumOf(this.#totals, report.counts);
    else this.#totals = sumOf(undefined, {});
    this.#noteTimes(report.times, arrivedAtEpochMs);
  }

  /** Undefined while the encoder says nothing. */
  get totals(): EncoderTotals | undefined {
    return this.#totals;
  }

  /** The last half minute; `before` are the totals at its start, undefined if the source is younger. */
  report(before: EncoderTotals | undefined): EncoderReport | undefined {
    const totals = this.#totals;
    if (totals === undefined) return undefined;
    const since = (name: keyof BpmCounts): number => totals[name] - (before?.[name] ?? 0);
    const { rendered, lagged, input, skipped, output, dropped } = {
      rendered: since('rendered'),
      lagged: since('lagged'),
      input: since('input'),
      skipped: since('skipped'),
      output: since('output'),
      dropped: since('dropped'),
    };
    return { rendered, lagged, input, skipped, output, dropped, ...this.#delay() };
  }

  #noteTimes({ composedAt, interleavedAt }: BpmTimes, arrivedAt: number): void {
    if (composedAt === undefined) return;
    this.#delays.push({
      encodeMs: interleavedAt === undefined ? undefined : interleavedAt - composedAt,
      captureMs: arrivedAt - composedAt,
      transitMs: arrivedAt - (interleavedAt ?? composedAt),
    });
    if (this.#delays.length > KEPT_TIMES) this.#delays.shift();
  }

  /** The middle ones of the last key frames. */
  #delay(): Pick<EncoderReport, 'encodeMs' | 'captureMs' | 'clocksDisagree'> {
    if (this.#delays.length === 0) return {};
    const encodeMs = middleOf(this.#delays.flatMap((delay) => delay.encodeMs ?? []));
    const encode = encodeMs === undefined || encodeMs < 0 ? {} : { encodeMs };
    const transits = this.#delays.map(({ transitMs }) => transitMs);
    const isApart = Math.min(...transits) < -CLOCK_ERROR_MS || Math.min(...transits) > MAX_TRANSIT_MS;
    if (isApart) return { ...encode, clocksDisagree: true };
    const captureMs = middleOf(this.#delays.map((delay) => delay.captureMs)) ?? 0;
    return { ...encode, captureMs: Math.max(captureMs, 0) };
  }
}

function sumOf(totals: EncoderTotals | undefined, counts: BpmCounts): EncoderTotals {
  const sum: Record<string, number> = {};
  for (const name of NAMES) sum[name] = (totals?.[name] ?? 0) + (counts[name] ?? 0);
  return sum as EncoderTotals;
}

function middleOf(values: readonly number[]): number | undefined {
  return values.toSorted((left, right) => left - right)[values.length >> 1];
}
