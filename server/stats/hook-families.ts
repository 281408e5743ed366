// The metric families of callbacks and webhooks.

import type { MetricFamily } from './metric-family.ts';

/** Counters of callbacks and webhooks; the labels are few, and no peer chooses one. */
export type HookSources = {
  readonly callbacks: () => Iterable<{
    readonly action: string;
    readonly result: string;
    readonly count: number;
  }>;
  readonly webhooks: () => Iterable<{
    readonly id: string;
    readonly delivered: number;
    readonly failed: number;
    readonly lost: number;
    readonly waiting: number;
  }>;
};

export const NO_HOOKS: HookSources = { callbacks: () => [], webhooks: () => [] };

export function hookFamilies({ callbacks, webhooks }: HookSources): readonly MetricFamily[] {
  return [
    {
      name: 'sluice_callback_answers_total',
      help: 'Questions to the back-end of auth.publish-url and auth.play-url, by action and result. Answers from the cache are not counted.',
      type: 'counter',
      labels: ['action', 'result'],
      read: () => [...callbacks()].map(({ action, result, count }) => [{ action, result }, count] as const),
    },
    {
      name: 'sluice_webhook_deliveries_total',
      help: 'Tries to send an event to a webhook, by its id and the result.',
      type: 'counter',
      labels: ['webhook', 'result'],
      read: () =>
        [...webhooks()].flatMap(({ id: webhook, delivered, failed }) => [
          [{ webhook, result: 'delivered' }, delivered] as const,
          [{ webhook, result: 'failed' }, failed] as const,
        ]),
    },
    {
      name: 'sluice_webhook_lost_total',
      help: 'Events that a webhook never gets: the queue was full, every try failed, or it answered 410.',
      type: 'counter',
      labels: ['webhook'],
      read: () => [...webhooks()].map(({ id: webhook, lost }) => [{ webhook }, lost] as const),
    },
    {
      name: 'sluice_webhook_waiting',
      help: 'Events that wait for a webhook.',
      type: 'gauge',
      labels: ['webhook'],
      read: () => [...webhooks()].map(({ id: webhook, waiting }) => [{ webhook }, waiting] as const),
    },
  ];
}
