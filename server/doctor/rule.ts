// The form of a rule of the doctor: a pure function from facts to a finding, and the words for it.

import type { Issue, IssueSeverity } from '../stats/operator-message.ts';
import type { Facts, JudgedPictures, SourceFacts } from './facts.ts';

/** What is wrong, with what was measured. */
export type Finding = { readonly severity: IssueSeverity; readonly observed: string };

/** `unknown`: there is too little media to say, so that an issue neither begins nor ends. */
export type Judgement = Finding | 'fine' | 'unknown';

/** What a fix depends on. */
export type FixContext = {
  /** Major version of the OBS that pushes, or the newest known one. */
  readonly obs: number;
  readonly fps: number;
  /** Bits per second that the upload carries; undefined if it is not known. */
  readonly bps: number | undefined;
};

export type Rule = {
  readonly code: string;
  readonly title: string;
  /** When it applies, for docs/doctor.md. */
  readonly trigger: string;
  readonly severities: readonly IssueSeverity[];
  readonly expected: string;
  /** It is raised after this many seconds, and cleared after twice as many. */
  readonly raiseAfterS: number;
  readonly judge: (facts: Facts) => Judgement;
  readonly fix: (context: FixContext) => Issue['fix'];
};

/** A judgement of what comes in: unknown while nobody publishes. */
export function ofSource(judge: (source: SourceFacts) => Judgement): Rule['judge'] {
  return ({ source }) => (source === undefined ? 'unknown' : judge(source));
}

/** A judgement of pictures; a source without them has no fault of pictures. */
export function ofPictures(
  judge: (pictures: JudgedPictures, source: SourceFacts) => Judgement,
): Rule['judge'] {
  return ofSource((source) => (source.pictures === undefined ? 'fine' : judge(source.pictures, source)));
}

export function found(severity: IssueSeverity, observed: string): Finding {
  return { severity, observed };
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
