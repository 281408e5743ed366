// Settings of callbacks (who may publish and watch) and webhooks (events for other systems).

import { list } from './collections.ts';
import { choice, count } from './kinds.ts';
import { duration } from './measures.ts';
import { nameText } from './name-text.ts';
import { optional, type RecordOf, records, required } from './records.ts';
import { MASK, partlyHidden, secretText } from './secret-text.ts';
import type { Setting } from './setting.ts';

/** Standard Webhooks 1.0.0: base64 of 24 to 64 bytes. */
const SIGNING_SECRET = /^whsec_[A-Za-z0-9+/]{32,88}={0,2}$/;
const LEAST_SECRET_BYTES = 24;
const MOST_SECRET_BYTES = 64;

const CALLBACK_FORMATS = ['sluice', 'nginx-rtmp', 'srs', 'mediamtx', 'ome'] as const;
export type CallbackFormatName = (typeof CALLBACK_FORMATS)[number];

/** Types of events that webhooks send. */
export const WEBHOOK_EVENT_TYPES = [
  'stream.connecting',
  'stream.live',
  'stream.stalled',
  'stream.reconnecting',
  'stream.ended',
  'stream.health_changed',
  'stream.rejected',
  'viewers.count',
] as const;
export type WebhookEventType = (typeof WEBHOOK_EVENT_TYPES)[number];
/** What a receiver gets that lists no events. */
export const DEFAULT_EVENT_TYPES: readonly WebhookEventType[] = WEBHOOK_EVENT_TYPES.filter(
  (type) => type !== 'viewers.count',
);

/** An address to post to. Path and query may hold a secret, so they are not shown. */
function hookUrl(meaning: string, isEmptyAllowed: boolean): Setting<string> {
  const form = `an http or https address such as https://example.org/hook${isEmptyAllowed ? ', or empty' : ''}`;
  return partlyHidden(meaning, form, {
    faultOf: (given) => (given === '' && isEmptyAllowed ? undefined : urlFault(given, form)),
    shown: shownUrl,
  });
}

function urlFault(given: string, form: string): string | undefined {
  if (given.endsWith(`/${MASK}`))
    return `${MASK} stands where the rest of the address was left out; write the whole address`;
  if (!URL.canParse(given)) return `it must be ${form}`;
  const { protocol, host, username, password, hash } = new URL(given);
  if (!['http:', 'https:'].includes(protocol) || host === '' || hash !== '') return `it must be ${form}`;
  if (username !== '' || password !== '')
    return 'it must have no user and password; put a secret into the query';
  return undefined;
}

function shownUrl(value: string): string {
  if (value === '') return '';
  const { origin, pathname, search } = new URL(value);
  return pathname === '/' && search === '' ? value : `${origin}/${MASK}`;
}

/** One secret, or several with blanks between. */
export function isSigningSecret(text: string): boolean {
  return text.split(' ').every((each) => {
    if (!SIGNING_SECRET.test(each)) return false;
    const { length } = Buffer.from(each.slice('whsec_'.length), 'base64');
    return length >= LEAST_SECRET_BYTES && length <= MOST_SECRET_BYTES;
  });
}

const WEBHOOK_FIELDS = {
  url: required(hookUrl('Where events are posted.', false)),
  secret: required(
    secretText(
      'Signs each event, as in Standard Webhooks. To replace it without a break, write the new and the old one, with a blank between.',
      {
        form: 'whsec_ and the base64 of 24 to 64 bytes (whsec_$(openssl rand -base64 32))',
        valid: isSigningSecret,
      },
    ),
  ),
  events: optional(
    list(
      choice<WebhookEventType>('stream.live', WEBHOOK_EVENT_TYPES, 'An event.'),
      'Which events; all but viewers.count when absent.',
    ),
  ),
  streams: optional(list(nameText('A public name.'), 'Of which streams; all when absent.')),
};

/** One receiver of events. */
export type WebhookRecord = RecordOf<typeof WEBHOOK_FIELDS>;

export const HOOK_SETTINGS = {
  'auth.publish-url': hookUrl(
    'Asked whether an encoder may publish if its key is not among the publish keys (docs/callbacks.md).',
    true,
  ),
  'auth.publish-done-url': hookUrl(
    'Told when a publication that auth.publish-url allowed has ended; not for mediamtx. With ome, auth.publish-url is told.',
    true,
  ),
  'auth.play-url': hookUrl(
    'Asked whether a viewer may watch (docs/callbacks.md). All streams then need the token that a viewer gets for a yes.',
    true,
  ),
  'auth.format': choice<CallbackFormatName>(
    'sluice',
    CALLBACK_FORMATS,
    'How callbacks ask: in the format of this gateway, or of nginx-rtmp, SRS, MediaMTX or OvenMediaEngine.',
  ),
  'auth.timeout': duration(3_000, 'How long a callback may take. Without an answer it is a refusal.', {
    minMs: 100,
    maxMs: 30_000,
    why: 'the encoder and the player wait meanwhile',
  }),
  'auth.cache': duration(
    5_000,
    'For how long an answer for a viewer, and a refusal of an encoder, is used again. 0s asks each time.',
    { minMs: 0, maxMs: 3_600_000 },
  ),
  'auth.secret': secretText('Signs callbacks: in the formats sluice (whsec_…) and ome.', {
    form: 'a text without line breaks',
    valid: (given) => !/[\r\n]/.test(given),
  }),
  'webhooks.list': records(
    WEBHOOK_FIELDS,
    'Receivers of signed events about streams (docs/webhooks.md): each with an address and a secret.',
  ),
  'webhooks.viewers-interval': duration(
    10_000,
    'How often viewers.count is sent for a stream, if the number has changed.',
    { minMs: 1_000, maxMs: 3_600_000 },
  ),
  'webhooks.max-queue': count(
    1_000,
    'Events that wait for one receiver. Above it the oldest are lost: viewers.count and stream.rejected first.',
    { least: 10, most: 10_000, why: 'with a data folder all of them are written at each change' },
  ),
} as const;
