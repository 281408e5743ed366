// The form of a rule of the doctor: a pure function from facts to a finding, and the English words for it. The words exist here only: pages
// in English show them, and pages in other languages have their own.

import type { FixValues, IssueCode, IssueValues, PlainValues } from '../stats/issue-values.ts';
import type { Issue, IssueSeverity } from '../stats/operator-message.ts';
import type { Facts, JudgedPictures, SourceFacts } from './facts.ts';

/** What is wrong, with the values that were measured. */
export type Finding<Values> = { readonly severity: IssueSeverity; readonly values: Values };

/** `unknown`: there is too little media to say, so that an issue neither begins nor ends. */
type JudgementOf<Found> = Found | 'fine' | 'unknown';

type Words = {
  readonly title: string;
  /** When it applies, for docs/doctor.md. */
  readonly trigger: string;
  readonly severities: readonly IssueSeverity[];
  readonly expected: string;
  /** It is raised after this many seconds, and cleared after twice as many. */
  readonly raiseAfterS: number;
  readonly fix: (values: FixValues) => Issue['fix'];
};

/** A rule as it is written. */
export type RuleOf<Code extends IssueCode> = Words & {
  readonly code: Code;
  readonly judge: (facts: Facts) => JudgementOf<Finding<IssueValues[Code]>>;
  /** The values in words. */
  readonly observed: (values: IssueValues[Code]) => string;
};

/** A finding of any rule, with its words. */
export type Found = Finding<PlainValues> & { readonly observed: string };
export type Judgement = JudgementOf<Found>;

/** A rule beside those with other values. */
export type Rule = Words & { readonly code: IssueCode; readonly judge: (facts: Facts) => Judgement };

export function rule<const Code extends IssueCode>(written: RuleOf<Code>): Rule {
  const { judge, observed, ...words } = written;
  return {
    ...words,
    judge: (facts) => {
      const judgement = judge(facts);
      if (judgement === 'fine' || judgement === 'unknown') return judgement;
      const { severity, values } = judgement;
      return { severity, values: values as PlainValues, observed: observed(values) };
    },
  };
}

/** A judgement of what comes in: unknown while nobody publishes. */
export function ofSource<Found>(
  judge: (source: SourceFacts) => JudgementOf<Found>,
): (facts: Facts) => JudgementOf<Found> {
  return ({ source }) => (source === undefined ? 'unknown' : judge(source));
}

/** A judgement of pictures; a source without them has no fault of pictures. */
export function ofPictures<Found>(
  judge: (pictures: JudgedPictures, source: SourceFacts) => JudgementOf<Found>,
): (facts: Facts) => JudgementOf<Found> {
  return ofSource((source) => (source.pictures === undefined ? 'fine' : judge(source.pictures, source)));
}

export function found<const Values>(severity: IssueSeverity, values: Values): Finding<Values> {
  return { severity, values };
}

export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`;
}

export function percent(share: number): string {
  return `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;
}

export function bitRate(bps: number): string {
  return bps < 10_000_000 ? `${Math.round(bps / 1000)} kbit/s` : `${(bps / 1e6).toFixed(1)} Mbit/s`;
}
