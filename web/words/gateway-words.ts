// The types of the sentences that the gateway writes in English: findings of the doctor, its verdict, events of the
// timeline, and refusals. There is no
// English set: pages in English show what the gateway says, so that each sentence exists once.
import type { FixValues, HappeningValues, IssueCode, IssueValues } from '../../server/stats/issue-values.ts';
import type { RefusalValues } from './refusal-words.ts';

type FixText = string | ((values: FixValues) => string);

/** What to do. Where the gateway names no menu of OBS or no flag of ffmpeg, there is none here either. */
export type FixWords = {
  /** Menu paths with the names of OBS in this language. */
  readonly obs?: FixText;
  /** Absent where the flags have no words around them. */
  readonly ffmpeg?: FixText;
  readonly generic: FixText;
};

export type RuleWords<Code extends IssueCode> = {
  readonly title: string;
  readonly expected: string;
  readonly observed: (values: IssueValues[Code]) => string;
  readonly fix: FixWords;
};

/** Codes of docs/errors.md for which an encoder is refused. */
export type RefusalCode =
  | 'no_stream_name'
  | 'bad_stream_name'
  | 'bad_publish_name'
  | 'name_taken'
  | 'name_closed'
  | 'public_address'
  | 'unknown_key'
  | 'key_expired'
  | 'key_network'
  | 'key_attempts'
  | 'stream_ended'
  | 'publish_rate'
  | 'publish_deadline'
  | 'server_busy'
  | 'authorizer_failed'
  | 'callback_refused'
  | 'callback_timeout'
  | 'callback_failed'
  | 'shutting_down';

export type GatewayWords = {
  readonly rules: { readonly [Code in IssueCode]: RuleWords<Code> };
  /** The verdict in one sentence. `worst` is the worst finding with what was measured; `more` others were found. */
  readonly summary: {
    readonly noData: string;
    readonly fine: string;
    readonly good: (worst: string, more: number) => string;
    readonly ok: (worst: string, more: number) => string;
    readonly bad: (worst: string, more: number) => string;
  };
  readonly events: {
    readonly [Type in Exclude<keyof HappeningValues, 'tracks' | 'issue' | 'issueCleared'>]: (
      values: HappeningValues[Type],
    ) => string;
  } & {
    readonly issueCleared: (title: string) => string;
  };
  /** Why an encoder was refused, and what to do. */
  readonly refused: Readonly<Record<RefusalCode, string | ((values: RefusalValues) => string)>>;
};
