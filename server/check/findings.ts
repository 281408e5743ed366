// Findings in bounded memory: the first of each rule in full, the others as a count.

import type { MonotonicClock } from '../clock.ts';
import { type Level, RULES, type RuleCode } from './rules.ts';

/** Where something was found. */
export type Place = {
  readonly url: string;
  /** Of a playlist, from 1. */
  readonly line?: number;
  /** The line itself. */
  readonly text?: string;
};

export type Finding = Place & {
  readonly code: RuleCode;
  readonly level: Level;
  readonly clause: string;
  /** Names the value and the expected value. */
  readonly message: string;
  /** When it was first found, seconds since the check began. */
  readonly atS: number;
  /** How often with the same words. */
  readonly count: number;
};

/** Findings of one rule. */
export type FindingGroup = {
  readonly code: RuleCode;
  readonly level: Level;
  readonly clause: string;
  readonly meaning: string;
  /** Their number, including those that are not shown. */
  readonly total: number;
  readonly examples: readonly Finding[];
};

export type Tell = (code: RuleCode, message: string, place: Place) => void;

/** Examples of one rule in the report. */
const MAX_EXAMPLES = 10;
/** A wrong line can be as long as the playlist. */
const MAX_TEXT_CHARS = 300;

export class Findings {
  readonly #groups = new Map<RuleCode, { total: number; examples: Map<string, Finding> }>();
  readonly #clock: MonotonicClock;
  readonly #startedMs: number;

  constructor(clock: MonotonicClock) {
    this.#clock = clock;
    this.#startedMs = clock.monotonicMs();
  }

  readonly tell: Tell = (code, message, place) => {
    let group = this.#groups.get(code);
    if (group === undefined) {
      group = { total: 0, examples: new Map() };
      this.#groups.set(code, group);
    }
    group.total += 1;
    const known = group.examples.get(message);
    if (known !== undefined) {
      group.examples.set(message, { ...known, count: known.count + 1 });
      return;
    }
    if (group.examples.size === MAX_EXAMPLES) return;
    const { level, clause } = RULES[code];
    const atS = Math.round((this.#clock.monotonicMs() - this.#startedMs) / 100) / 10;
    const text = place.text === undefined ? {} : { text: place.text.slice(0, MAX_TEXT_CHARS) };
    group.examples.set(message, { code, level, clause, message, atS, count: 1, ...place, ...text });
  };

  /** Errors first, in the order of the rules. */
  groups(): readonly FindingGroup[] {
    const order = Object.keys(RULES);
    return [...this.#groups]
      .map(([code, { total, examples }]) => ({
        code,
        ...RULES[code],
        total,
        examples: [...examples.values()],
      }))
      .sort(
        (left, right) =>
          left.level.localeCompare(right.level) || order.indexOf(left.code) - order.indexOf(right.code),
      );
  }
}
