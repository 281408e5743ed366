// Why the gateway refused an encoder, in the language of the page. The gateway says it in English, as the encoder was told.
import type { RejectedAttempt } from '../../server/stats/operator-message.ts';
import { withoutFullStop } from '../page/refusal-reason.ts';
import { gatewayWords } from '../words/gateway.ts';

/** A whole sentence. Of codes that are not known here, and in English, what the gateway says. */
export function refusalText({
  code,
  reason,
  values = {},
}: Pick<RejectedAttempt, 'code' | 'reason' | 'values'>): string {
  const { refused } = gatewayWords;
  if (refused !== undefined && Object.hasOwn(refused, code)) {
    const words = refused[code as keyof typeof refused];
    if (typeof words !== 'function') return words;
    const { reason: own } = values;
    return words(own === undefined ? values : { ...values, reason: withoutFullStop(own) });
  }
  const full = `${reason.charAt(0).toUpperCase()}${reason.slice(1)}`;
  return /[.!?]$/.test(full) ? full : `${full}.`;
}
