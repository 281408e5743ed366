// The findings about one stream with hysteresis: an issue is raised when its rule has applied for some seconds, and cleared when it
// has not for twice as long.

import type { FixValues } from '../stats/issue-values.ts';
import type { Health, Issue, IssueSeverity, Verdict } from '../stats/operator-message.ts';
import { NEWEST_OBS, obsVersion } from './encoder-menus.ts';
import type { Facts } from './facts.ts';
import type { Found, Rule } from './rule.ts';
import { RULES } from './rules.ts';

/** A frame rate for fixes while none is measured. */
const USUAL_FPS = 30;
/** When the upload is too slow, this share of the bit rate leaves it some room. */
const LOWER_BITRATE = 0.7;
/** Before that much media there is no verdict. */
const LEAST_MEDIA_MS = 3_000;

const RANK: Readonly<Record<IssueSeverity, number>> = { error: 0, warning: 1, info: 2 };

/** A change of an issue. */
export type IssueChange = { readonly issue: Issue; readonly isCleared: boolean };

type Case = {
  /** Seconds in a row in which the rule applied, and in which it did not. */
  applied: number;
  rested: number;
  issue: Issue | undefined;
};

export class Diagnosis {
  readonly #rules: readonly Rule[];
  readonly #cases = new Map<string, Case>();
  /** The worst first. */
  #issues: readonly Issue[] = [];
  #hasSource = false;

  constructor(rules: readonly Rule[] = RULES) {
    this.#rules = rules;
  }

  /** Called once a second. Returns what has changed. */
  judge(
    facts: Facts,
    encoder: string | undefined,
    bps: number | undefined,
    epochMs: number,
  ): readonly IssueChange[] {
    this.#hasSource = (facts.source?.ageMs ?? 0) >= LEAST_MEDIA_MS;
    const fixValues: FixValues = {
      obsVersion: obsVersion(encoder) ?? NEWEST_OBS,
      fps: facts.source?.pictures?.fps ?? USUAL_FPS,
      ...(bps === undefined ? {} : { bps, lowerBps: bps * LOWER_BITRATE }),
    };
    const changes: IssueChange[] = [];
    for (const rule of this.#rules) {
      const change = this.#step(rule, facts, fixValues, epochMs);
      if (change !== undefined) changes.push(change);
    }
    return changes;
  }

  get health(): Health {
    const verdict = this.#verdict();
    return { verdict, summary: summaryOf(verdict, this.#issues), issues: this.#issues };
  }

  #step(rule: Rule, facts: Facts, fixValues: FixValues, epochMs: number): IssueChange | undefined {
    const judgement = rule.judge(facts);
    if (judgement === 'unknown') return undefined;
    const state = this.#caseOf(rule.code);
    if (judgement === 'fine') {
      state.applied = 0;
      state.rested += 1;
      const { issue } = state;
      if (issue === undefined || state.rested < 2 * rule.raiseAfterS) return undefined;
      state.issue = undefined;
      this.#sort();
      return { issue, isCleared: true };
    }
    state.applied += 1;
    state.rested = 0;
    if (state.applied < rule.raiseAfterS && state.issue === undefined) return undefined;
    const known = state.issue;
    // What was measured changes every second; only another severity is news.
    state.issue = issueOf(rule, judgement, fixValues, known?.since ?? epochMs);
    this.#sort();
    return known?.severity === judgement.severity ? undefined : { issue: state.issue, isCleared: false };
  }

  #caseOf(code: string): Case {
    let state = this.#cases.get(code);
    if (state === undefined) {
      state = { applied: 0, rested: 0, issue: undefined };
      this.#cases.set(code, state);
    }
    return state;
  }

  #sort(): void {
    this.#issues = [...this.#cases.values()]
      .flatMap(({ issue }) => issue ?? [])
      .sort((left, right) => RANK[left.severity] - RANK[right.severity] || left.since - right.since);
  }

  #verdict(): Verdict {
    if (!this.#hasSource) return 'noData';
    const [worst] = this.#issues;
    if (worst?.severity === 'error') return 'bad';
    return worst?.severity === 'warning' ? 'ok' : 'good';
  }
}

function issueOf(rule: Rule, found: Found, fixValues: FixValues, since: number): Issue {
  const { code, title, expected } = rule;
  return { code, title, expected, ...found, fix: rule.fix(fixValues), fixValues, since };
}

function summaryOf(verdict: Verdict, issues: readonly Issue[]): string {
  const [worst] = issues;
  if (verdict === 'noData') return 'There is too little media for a verdict.';
  if (worst === undefined) return 'Good: nothing needs to be changed.';
  const more = issues.length === 1 ? '' : `, and ${issues.length - 1} more`;
  if (verdict === 'good') return `Good, with advice: ${worst.title} (${worst.observed})${more}.`;
  return `${verdict === 'ok' ? 'Could be better' : 'Problem'}: ${worst.title} (${worst.observed})${more}.`;
}
