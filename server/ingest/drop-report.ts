// Logs lost media of a source: what was lost since the last line, at most one line in some seconds.

import type { MediaDrops } from '../media/drops.ts';

/** Least time between lines. */
const REPORT_INTERVAL_MS = 5_000;
/** Counts of media that is not shown; the others were repaired. */
const LOSSES = ['withoutConfig', 'damagedAccessUnits', 'untilSync', 'leftOut'] as const;
const WORDS: Readonly<Record<Reason, string>> = {
  withoutConfig: 'frames before their configuration',
  damagedAccessUnits: 'damaged frames',
  untilSync: 'pictures that need a damaged or missing one',
  leftOut: 'messages of tracks that are not played',
};

type Reason = (typeof LOSSES)[number];

export class DropReport {
  readonly #drops: MediaDrops;
  readonly #told: Record<Reason, number> = {
    withoutConfig: 0,
    damagedAccessUnits: 0,
    untilSync: 0,
    leftOut: 0,
  };
  #toldAt = Number.NEGATIVE_INFINITY;

  constructor(drops: MediaDrops) {
    this.#drops = drops;
  }

  /** Lost media since the last line, as count and reason; undefined if there is none or it is too early. */
  next(nowMs: number, isLast = false): string | undefined {
    if (!isLast && nowMs - this.#toldAt < REPORT_INTERVAL_MS) return undefined;
    const parts: string[] = [];
    for (const reason of LOSSES) {
      const lost = this.#drops[reason] - this.#told[reason];
      if (lost > 0) parts.push(`${lost} ${WORDS[reason]}`);
      this.#told[reason] = this.#drops[reason];
    }
    if (parts.length === 0) return undefined;
    this.#toldAt = nowMs;
    return parts.join(', ');
  }
}
