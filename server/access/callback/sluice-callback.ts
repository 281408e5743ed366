// Callbacks in the gateway's own format: JSON, signed as in Standard Webhooks if there is a secret. The answer is JSON with `allow`.

import { z } from 'zod';
import { memoized } from '../../memoized.ts';
import { signedHeaders } from '../../outbound/webhook-signature.ts';
import {
  type CallbackAnswer,
  type CallbackFormat,
  JSON_HEADERS,
  jsonOf,
  refusalByStatus,
} from './callback-format.ts';

const answerSchema = memoized(() =>
  z.object({
    allow: z.boolean(),
    /** The public name; what the encoder sent where absent. */
    name: z.string().optional(),
    /** For the encoder or the page. */
    reason: z.string().optional(),
    lifetimeMs: z.number().positive().optional(),
    takeover: z.enum(['silent', 'newest']).optional(),
    maxBitsPerSecond: z.number().int().nonnegative().optional(),
    maxViewers: z.number().int().nonnegative().optional(),
  }),
);

export const sluiceCallback: CallbackFormat = {
  message: ({ action, id, app, name, query, address, userAgent, tcUrl, pageUrl }, { secret, epochMs }) => {
    const common = { action, id, app, query, address, userAgent };
    const body = JSON.stringify(
      action === 'play' ? { ...common, name, pageUrl } : { ...common, key: name, tcUrl },
    );
    const secrets = secret === '' ? [] : secret.split(' ');
    // The id of a publication is used twice, for its start and its end, and each message has its own.
    const headers = signedHeaders(secrets, `${action}_${id}`, epochMs, body);
    return { headers: { ...JSON_HEADERS, ...headers }, body };
  },
  answer: (answer): CallbackAnswer => {
    if (answer.status < 200 || answer.status >= 300) return refusalByStatus(answer);
    const { success, data } = answerSchema().safeParse(jsonOf(answer));
    if (!success)
      return { kind: 'garbage', fault: 'its answer is not JSON with allow, in the documented form' };
    if (!data.allow) return { kind: 'refused', reason: data.reason };
    const { name, lifetimeMs, takeover, maxBitsPerSecond, maxViewers } = data;
    return {
      kind: 'allowed',
      name,
      lifetimeMs,
      ...(takeover === undefined ? {} : { takeover }),
      ...(maxBitsPerSecond === undefined ? {} : { maxBitsPerSecond }),
      ...(maxViewers === undefined ? {} : { maxViewers }),
    };
  },
};
