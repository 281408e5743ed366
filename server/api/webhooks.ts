// Webhooks: the receivers, the last deliveries, and a test of one receiver.

import { z } from 'zod';
import { GatewayError } from '../errors.ts';
import { amount, instant, matching, nameField } from './fields.ts';
import { type Immutable, operationsOn } from './operation.ts';

const receiver = z
  .strictObject({
    id: z.string(),
    origin: z.string().describe('Scheme, host and port of the receiver; its path may be secret.'),
    events: z.array(z.string()).describe('The types that it gets.'),
    streams: z.array(nameField()).optional().describe('The streams that it gets; all if absent.'),
    delivered: amount(),
    failed: amount().describe('Tries that failed.'),
    lost: amount().describe('Events that were given up or dropped.'),
    waiting: amount().describe('Events that are still to be sent.'),
    isGone: z.boolean().describe('It answered 410 and gets nothing more until the gateway restarts.'),
  })
  .meta({ id: 'WebhookReceiver' });

const delivery = z
  .strictObject({
    receiver: z.string(),
    event: z.string().describe('The webhook-id of the event.'),
    type: z.string(),
    stream: nameField().optional(),
    at: instant(),
    attempt: z.number().int().positive(),
    durationMs: z.number().nonnegative(),
    result: z.enum(['delivered', 'failed', 'gone']),
    status: z.number().int().optional().describe('Of the answer; absent if there was none.'),
    fault: z.string().optional(),
    nextTry: instant().optional().describe('Absent after the last try.'),
  })
  .meta({ id: 'WebhookDelivery' });

export type WebhookReceiver = Immutable<z.output<typeof receiver>>;
export type WebhookDelivery = Immutable<z.output<typeof delivery>>;

export type WebhooksPort = {
  readonly receivers: () => readonly WebhookReceiver[];
  /** Newest first. */
  readonly deliveries: () => readonly WebhookDelivery[];
  /** Undefined if there is no such receiver. */
  readonly sendTest: (id: string) => Promise<WebhookDelivery> | undefined;
};

const operation = operationsOn<{ readonly webhooks: WebhooksPort }>();
const TAG = 'Webhooks';

const listWebhooks = operation({
  id: 'listWebhooks',
  method: 'get',
  path: '/webhooks',
  tag: TAG,
  summary: 'The receivers of webhooks, with their counts since the start',
  access: 'read',
  status: 200,
  answer: z.strictObject({ receivers: z.array(receiver) }).meta({ id: 'WebhookReceivers' }),
  errors: [],
  run: ({ webhooks }) => ({ receivers: webhooks.receivers() }),
});

const listDeliveries = operation({
  id: 'listWebhookDeliveries',
  method: 'get',
  path: '/webhooks/deliveries',
  tag: TAG,
  summary: 'The last 200 deliveries, newest first',
  access: 'read',
  status: 200,
  answer: z.strictObject({ deliveries: z.array(delivery) }).meta({ id: 'WebhookDeliveries' }),
  errors: [],
  run: ({ webhooks }) => ({ deliveries: webhooks.deliveries() }),
});

const sendTest = operation({
  id: 'sendWebhookTest',
  method: 'post',
  path: '/webhooks/{id}/test',
  tag: TAG,
  summary: 'Send the event webhook.test to one receiver',
  description: 'It is sent once, at once, and the answer says how it went.',
  access: 'write',
  params: z.strictObject({
    id: matching(/^[A-Za-z0-9_-]{1,64}$/, 'an id of a receiver').describe('The id, as the list shows it.'),
  }),
  status: 200,
  answer: delivery,
  errors: ['no_such_webhook'],
  run: ({ webhooks }, { params }) => webhooks.sendTest(params.id) ?? unknown(params.id),
});

export const WEBHOOK_OPERATIONS = [listWebhooks, listDeliveries, sendTest];

function unknown(id: string): never {
  throw new GatewayError('invalid-state', 'no_such_webhook', `there is no receiver with the id ${id}`);
}
