// One log line for each issue that is raised or cleared, with the fix for the encoder that pushes.

import type { EventLog } from '../event-log.ts';
import type { Issue } from '../stats/operator-message.ts';
import type { IssueChange } from './diagnosis.ts';
import { obsVersion } from './encoder-menus.ts';

export function logIssue(
  log: Pick<EventLog, 'writeAs'>,
  stream: string,
  encoder: string | undefined,
  { issue, isCleared }: IssueChange,
): void {
  const { code, severity, observed, expected } = issue;
  if (isCleared) {
    log.writeAs('issue-cleared', 'info', { stream, issue: code, severity }, 'issue cleared');
    return;
  }
  const fields = { stream, issue: code, severity, observed, expected, fix: fixFor(issue, encoder) };
  log.writeAs('issue-raised', severity === 'info' ? 'info' : 'warn', fields, issue.title);
}

/** The words for this encoder, else those for every one. */
export function fixFor({ fix }: Issue, encoder: string | undefined): string {
  if (obsVersion(encoder) !== undefined) return fix.obs ?? fix.generic;
  return (/^Lavf/.test(encoder ?? '') ? fix.ffmpeg : undefined) ?? fix.generic;
}
