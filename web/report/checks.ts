// What a test checks, and the result of each check, from the findings of the doctor.
import type { Issue, IssueSeverity } from '../../server/stats/operator-message.ts';
import type { DoctorWords } from '../words/en/doctor.ts';
import type { TestReport } from './test-report.ts';

export type CheckName = keyof DoctorWords['report']['checks'];

/** The findings that belong to each check. Those about viewers and reconnections do not concern a test. */
export const CHECKS: Readonly<Record<CheckName, readonly string[]>> = {
  tracks: ['noVideo', 'noAudio', 'trackUnreadable'],
  codecs: ['codecUnsupported', 'codecReach'],
  keyFrames: ['gopLong', 'gopShort', 'gopVariable', 'openGop'],
  bFrames: ['bFrames'],
  bitrate: ['bitrateUnstable', 'bitrateLow', 'bitrateHigh'],
  pictures: ['framesDropped', 'renderLag', 'encoderOverload', 'networkDrops'],
  size: ['resolutionChanged', 'metaMismatch'],
  pace: ['videoStarved', 'fasterThanRealtime'],
  sync: ['avDrift', 'timestampJump'],
  sound: ['audioRateOdd', 'audioChannels'],
  gateway: ['serverBusy'],
};

export type Check = {
  readonly name: CheckName;
  /** `fine` only with a verdict; `past`: something was found, and is over. */
  readonly result: IssueSeverity | 'fine' | 'past' | 'unknown';
  /** The worst finding of this check, or the one that is over. */
  readonly issue: Issue | undefined;
};

const ORDER: readonly IssueSeverity[] = ['error', 'warning', 'info'];

export function checksOf({ health, past }: Pick<TestReport, 'health' | 'past'>): readonly Check[] {
  return (Object.keys(CHECKS) as CheckName[]).map((name) => {
    const mine = ({ code }: Issue): boolean => CHECKS[name].includes(code);
    const present = health.issues.filter(mine);
    const issue = present.toSorted((a, b) => ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity))[0];
    if (issue !== undefined) return { name, result: issue.severity, issue };
    if (health.verdict === 'noData') return { name, result: 'unknown', issue: undefined };
    const over = past.find(mine);
    return { name, result: over === undefined ? 'fine' : 'past', issue: over };
  });
}
