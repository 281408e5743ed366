// Every limit of the gateway: its figure, how much of it is in use, and how often it was met.

import { z } from 'zod';
import { instant } from './fields.ts';
import { type Immutable, operationsOn } from './operation.ts';

const limitList = z
  .strictObject({
    limits: z
      .array(
        z.strictObject({
          name: z.string().describe('Also the label of the metric sluice_limit_met_total.'),
          setting: z.string().optional().describe('The setting that changes it; absent if there is none.'),
          meaning: z.string(),
          unit: z.enum(['count', 'bytes', 'bits per second', 'per second', 'milliseconds']),
          limit: z.number().optional().describe('Absent if there is none.'),
          inUse: z
            .number()
            .optional()
            .describe(
              'How much is in use now: of a limit for each stream or receiver, that of the fullest. Absent where it is not counted, as for limits of each address.',
            ),
          timesMet: z.number().int().nonnegative().describe('Since the gateway has started.'),
          lastMet: instant().optional().describe('Absent if it was not met.'),
        }),
      )
      .describe('Settings first, then limits that no setting changes.'),
  })
  .meta({ id: 'LimitList' });

export type LimitsPort = () => Immutable<z.output<typeof limitList>>;

const listLimits = operationsOn<{ readonly limits: LimitsPort }>()({
  id: 'listLimits',
  method: 'get',
  path: '/limits',
  tag: 'Gateway',
  summary: 'Limits, how much of each is in use, and how often it was met',
  access: 'read',
  status: 200,
  answer: limitList,
  errors: [],
  run: (gateway) => gateway.limits(),
});

export const LIMIT_OPERATIONS = [listLimits];
