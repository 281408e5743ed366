// Callbacks in the format of OvenMediaEngine's AdmissionWebhooks: JSON signed with HMAC-SHA1 in X-OME-Signature. The answer has
// `allowed`, `new_url`, `lifetime` and `reason` (OvenMediaEngine documentation, "AdmissionWebhooks").

import { createHmac } from 'node:crypto';
import { z } from 'zod';
import { memoized } from '../../memoized.ts';
import {
  type CallbackAnswer,
  type CallbackFormat,
  type CallbackQuestion,
  JSON_HEADERS,
  jsonOf,
  refusalByStatus,
  withMark,
} from './callback-format.ts';

const answerSchema = memoized(() =>
  z.object({
    allowed: z.boolean(),
    new_url: z.string().optional(),
    /** Milliseconds; 0 means without an end. */
    lifetime: z.number().nonnegative().optional(),
    reason: z.string().optional(),
  }),
);
/** The file of the last part of a player's address. */
const PLAYLIST = 'index.m3u8';

export const omeCallback: CallbackFormat = {
  message: (question, { secret, epochMs }) => {
    const isPlay = question.action === 'play';
    const body = JSON.stringify({
      client: {
        address: question.address,
        port: 0,
        real_ip: question.address,
        user_agent: question.userAgent,
      },
      request: {
        direction: isPlay ? 'outgoing' : 'incoming',
        protocol: isPlay ? 'llhls' : 'rtmp',
        status: question.action === 'publish-done' ? 'closing' : 'opening',
        url: urlOf(question),
        time: new Date(epochMs).toISOString(),
      },
    });
    const signature = createHmac('sha1', secret).update(body).digest('base64url');
    return { headers: { ...JSON_HEADERS, 'x-ome-signature': signature }, body };
  },
  answer: (answer, { action }): CallbackAnswer => {
    if (answer.status !== 200) return refusalByStatus(answer);
    const { success, data } = answerSchema().safeParse(jsonOf(answer));
    if (!success) return { kind: 'garbage', fault: 'its answer is not JSON with allowed' };
    if (!data.allowed) return { kind: 'refused', reason: data.reason };
    const lifetimeMs = data.lifetime === 0 ? undefined : data.lifetime;
    if (data.new_url === undefined) return { kind: 'allowed', lifetimeMs };
    // An address without a name has an empty name, which is refused as no stream name.
    return { kind: 'allowed', lifetimeMs, name: nameIn(data.new_url, action === 'play') ?? '' };
  },
};

/** The encoder chooses `app`: a "#" in it would make the back-end read another name than the one that is published. */
function urlOf({ action, base, app, name, query }: CallbackQuestion): string {
  const file = action === 'play' ? `/${PLAYLIST}` : '';
  const path = [...app.split('/').filter((segment) => segment !== ''), name]
    .map(encodeURIComponent)
    .join('/');
  return `${base}/${path}${file}${withMark(query)}`;
}

/** The name in `scheme://host/app/stream`, with a file at the end if `hasFile`. */
function nameIn(url: string, hasFile: boolean): string | undefined {
  if (!URL.canParse(url)) return undefined;
  const segments = new URL(url).pathname.split('/').filter((segment) => segment !== '');
  return segments.at(hasFile ? -2 : -1);
}
