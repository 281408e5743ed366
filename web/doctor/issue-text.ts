// A finding, a verdict and an event in the language of the page. The gateway says all of them in English, and sends their values: a page in
// English shows what it says, and so does every page for a code that it does not know.
import type {
  HappeningType,
  HappeningValues,
  IssueCode,
  IssueValues,
  PlainValues,
} from '../../server/stats/issue-values.ts';
import type {
  Health,
  Issue,
  StreamCard,
  StreamHappening,
  Verdict,
} from '../../server/stats/operator-message.ts';
import { refusalReason } from '../page/refusal-reason.ts';
import { gatewayWords } from '../words/gateway.ts';
import type { FixWords, RuleWords } from '../words/gateway-words.ts';

export type IssueText = Pick<Issue, 'title' | 'observed' | 'expected' | 'fix'>;

export function issueText(issue: Issue): IssueText {
  const rule = ruleWords(issue.code);
  if (rule === undefined) return issue;
  return {
    title: rule.title,
    observed: rule.observed(issue.values as IssueValues[IssueCode]),
    expected: rule.expected,
    fix: fixText(issue, rule.fix),
  };
}

export function issueTitle({ code, title }: Pick<Issue, 'code' | 'title'>): string {
  return ruleWords(code)?.title ?? title;
}

/** The title of the worst finding on a card. */
export function topIssueTitle({
  topIssue,
  topIssueCode = '',
}: Pick<StreamCard, 'topIssue' | 'topIssueCode'>): string | undefined {
  return topIssue === undefined ? undefined : issueTitle({ code: topIssueCode, title: topIssue });
}

/** The verdict in one sentence. */
export function summaryText({ verdict, summary, issues }: Health): string {
  const [worst] = issues;
  const text = worst && issueText(worst);
  const finding = text && `${text.title} (${text.observed})`;
  return briefSummary(verdict, finding, issues.length - 1) ?? summary;
}

/** The same about a finding and the number of others; undefined in English, which the gateway speaks itself. */
export function briefSummary(verdict: Verdict, worst: string | undefined, more: number): string | undefined {
  const words = gatewayWords.summary;
  if (words === undefined) return undefined;
  if (verdict === 'noData') return words.noData;
  return worst === undefined ? words.fine : words[verdict](worst, more);
}

/** What happened. An event about a finding has its title. */
export function eventText({ type, text, values = {} }: StreamHappening): string {
  const words = gatewayWords.events;
  if (words === undefined || type === 'tracks') return text;
  const code = String(values['issue'] ?? '');
  if (type === 'issue') return ruleWords(code)?.title ?? text;
  if (type === 'issueCleared') {
    const title = ruleWords(code)?.title;
    return title === undefined ? text : words.issueCleared(title);
  }
  if (!Object.hasOwn(words, type)) return text;
  const write = words[type as keyof typeof words] as (values: HappeningValues[HappeningType]) => string;
  return write((type === 'reconnecting' ? inOwnWords(values) : values) as HappeningValues[HappeningType]);
}

/** With the reason of a refusal in the language of the page. */
function inOwnWords(values: PlainValues): PlainValues {
  const { error, detail = '' } = values;
  if (error === undefined) return values;
  const texts = Object.fromEntries(Object.entries(values).map(([key, value]) => [key, String(value)]));
  return { ...values, detail: refusalReason({ code: String(error), detail: String(detail), values: texts }) };
}

function ruleWords(code: string): RuleWords<IssueCode> | undefined {
  const { rules } = gatewayWords;
  if (rules === undefined || !Object.hasOwn(rules, code)) return undefined;
  return rules[code as IssueCode] as RuleWords<IssueCode>;
}

/** For the encoders that the gateway names a fix for. */
function fixText({ fix, fixValues }: Issue, words: FixWords): Issue['fix'] {
  const write = (kind: keyof Issue['fix']): string | undefined => {
    const text = words[kind];
    return typeof text === 'function' ? text(fixValues) : (text ?? fix[kind]);
  };
  const { obs, ffmpeg } = fix;
  return {
    ...(obs === undefined ? {} : { obs: write('obs') ?? obs }),
    ...(ffmpeg === undefined ? {} : { ffmpeg: write('ffmpeg') ?? ffmpeg }),
    generic: write('generic') ?? fix.generic,
  };
}
