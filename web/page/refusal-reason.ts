// Why the gateway ended a publication, in the language of the page. The gateway says it in English, and sends the code and its values.
import type { EndReason } from '../../server/stats/stats-message.ts';
import type { RefusalReason } from '../words/refusal-words.ts';
import { refusalWords } from '../words/refusals.ts';
import { codecName } from './codec-name.ts';

export type Refusal = Omit<Extract<EndReason, { kind: 'refused' }>, 'kind'>;

/** Nothing is wrong with what the encoder sends. */
const BY_OTHERS: Readonly<Record<string, 'byOperator' | 'byServer'>> = {
  kicked: 'byOperator',
  stream_ended: 'byOperator',
  publish_revoked: 'byOperator',
  server_busy: 'byServer',
  internal_error: 'byServer',
};

/** Codes of docs/errors.md without a sentence of their own. */
const ALIKE: Readonly<Record<string, RefusalReason>> = {
  truncated: 'damaged',
  bad_exp_golomb: 'damaged',
  bad_video_tag: 'damaged',
  bad_audio_tag: 'damaged',
  bad_ex_header: 'damaged',
  bad_avc_config: 'damaged',
  bad_sps: 'damaged',
  bad_annex_b: 'damaged',
  bad_aac_config: 'damaged',
  unread_replies: 'protocol',
  bad_chunk_size: 'protocol',
  header_mid_message: 'protocol',
  message_too_large: 'protocol',
  chunk_stream_limit: 'protocol',
  assembling_limit: 'protocol',
  aggregate_limit: 'protocol',
  short_control: 'protocol',
  bad_command: 'protocol',
  media_not_publishing: 'protocol',
  play_unsupported: 'protocol',
  amf_marker: 'protocol',
  amf_reference: 'protocol',
  amf_limit: 'protocol',
  amf3_value: 'protocol',
};

/** Who ended it; undefined where the encoder is to be changed. */
export function endedBy({ code }: Pick<Refusal, 'code'>): 'byOperator' | 'byServer' | undefined {
  return Object.hasOwn(BY_OTHERS, code) ? BY_OTHERS[code] : undefined;
}

/** Without a full stop. Of codes that are not known here, and in English, what the gateway says. */
export function refusalReason({ code, detail, values }: Refusal): string {
  const key = Object.hasOwn(ALIKE, code) ? (ALIKE[code] ?? code) : code;
  const words = Object.hasOwn(refusalWords, key) ? refusalWords[key as RefusalReason] : undefined;
  if (typeof words !== 'function') return words ?? withoutFullStop(detail);
  const { codec, reason } = values ?? {};
  return words({
    ...(codec === undefined ? {} : { codec: codecName(codec) }),
    ...(reason === undefined ? {} : { reason: withoutFullStop(reason) }),
  });
}

/** What an operator writes may be a whole sentence, and stands at the end of another one. */
export function withoutFullStop(text: string): string {
  return text.trimEnd().replace(/[.。]$/, '');
}
