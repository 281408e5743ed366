// The events that webhooks send, as schemas: docs/webhooks.md is generated from them. The outer form is that of Standard Webhooks:
// type, timestamp and data.

import { z } from 'zod';
import type { WebhookEventType } from '../settings/hook-settings.ts';

const stream = z.string().describe('Public name of the stream.');
const publisher = z
  .object({ address: z.string(), encoder: z.string().optional() })
  .describe('Address of the encoder, and its name if it says one.');
const milliseconds = z.number().int().nonnegative();

/** Why a publisher left. `restarted`: the gateway was killed while the stream was open, and has started again. */
const reason = z
  .object({
    kind: z.enum(['stopped', 'lost', 'replaced', 'draining', 'refused', 'restarted']),
    code: z.string().optional(),
    detail: z.string().optional(),
    values: z.record(z.string(), z.string()).optional(),
  })
  .describe(
    'Why the publisher left: it stopped, its connection was lost, another one replaced it, the gateway stops (draining), the gateway ' +
      'refused its media (code and detail say why, with the values in detail), or the gateway was killed and has started again (restarted).',
  );

const issue = z
  .object({
    code: z.string(),
    severity: z.enum(['info', 'warning', 'error']),
    title: z.string(),
    observed: z.string(),
    expected: z.string(),
    fix: z.object({ obs: z.string().optional(), ffmpeg: z.string().optional(), generic: z.string() }),
    values: z.record(z.string(), z.union([z.number(), z.string()])),
    fixValues: z.object({
      obsVersion: z.number(),
      fps: z.number(),
      bps: z.number().optional(),
      lowerBps: z.number().optional(),
    }),
    since: z.number(),
  })
  .describe('A code of doctor.md, what was measured, what is expected, and what to do.');

const DATA = {
  'stream.connecting': z
    .object({ stream, publisher })
    .describe('A publisher was accepted. A later stream.ended always follows.'),
  'stream.live': z
    .object({ stream, publisher, codecs: z.string().describe('RFC 6381 list of the tracks that play.') })
    .describe('The stream can be played, for the first time or again.'),
  'stream.stalled': z
    .object({ stream, publisher, silentMs: milliseconds.describe('For how long nothing has arrived.') })
    .describe('The publisher is connected and sends nothing.'),
  'stream.reconnecting': z
    .object({
      stream,
      publisher,
      reason,
      publishedMs: milliseconds.describe('How long it published.'),
      graceEndsAt: z.iso.datetime().describe('Until when its name is reserved.'),
    })
    .describe('The publisher has left, and may come back.'),
  'stream.ended': z
    .object({
      stream,
      publisher: publisher.optional(),
      reason,
      mediaMs: milliseconds.optional().describe('How long media arrived, without gaps between publishers.'),
    })
    .describe('The stream is over. After a kill of the gateway, publisher and mediaMs are absent.'),
  'stream.health_changed': z
    .object({
      stream,
      publisher,
      issue,
      isCleared: z.boolean().describe('The issue is over.'),
      verdict: z
        .enum(['good', 'ok', 'bad', 'noData'])
        .describe('Of the whole stream: ok has warnings, bad has errors.'),
    })
    .describe('The doctor found an issue, changed its severity, or cleared it ([doctor.md](doctor.md)).'),
  'stream.rejected': z
    .object({
      stream: stream
        .optional()
        .describe('Public name, if it is known. The requested name can be a secret key.'),
      code: z.string().describe('A code of errors.md, or one of the authorizer.'),
      reason: z.string().describe('The sentence for the publisher.'),
      address: z.string().describe('Address of the encoder.'),
      more: z
        .number()
        .int()
        .nonnegative()
        .describe('Refusals before this one that had no event, because there were too many.'),
    })
    .describe('A publisher was refused. At most one a second, and ten at once.'),
  'viewers.count': z
    .object({ stream, viewers: z.number().int().nonnegative() })
    .describe(
      'The number of viewers has changed. Sent only where `events` lists it, once in webhooks.viewers-interval.',
    ),
} as const satisfies Readonly<Record<WebhookEventType, z.ZodObject>>;

const testData = z.object({}).describe('Sent on demand, to try a receiver.');

export const EVENT_DATA = { ...DATA, 'webhook.test': testData } as const;
export type EventType = keyof typeof EVENT_DATA;

/** One event of a type. `timestamp` is when it happened. */
export type WebhookEvent = {
  [Type in EventType]: {
    readonly type: Type;
    readonly timestamp: string;
    readonly data: z.infer<(typeof EVENT_DATA)[Type]>;
  };
}[EventType];

/** The whole body of a type of event. */
export function bodySchema(type: EventType): z.ZodObject {
  return z.object({ type: z.literal(type), timestamp: z.iso.datetime(), data: EVENT_DATA[type] });
}
