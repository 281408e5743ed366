// Publishers that were refused within the last hour, with the reason.

import { z } from 'zod';
import { instant } from './fields.ts';
import { type Immutable, operationsOn } from './operation.ts';

const rejectionList = z
  .strictObject({
    rejections: z
      .array(
        z.strictObject({
          at: instant(),
          code: z.string().describe('A code of docs/errors.md, or one of an authorizer of its own.'),
          reason: z.string().describe('The sentence that the encoder was told.'),
          values: z
            .record(z.string(), z.string())
            .optional()
            .describe('The values in the reason; absent if there are none.'),
          remoteAddress: z.string(),
          name: z
            .string()
            .optional()
            .describe(
              'The public name, if the key belongs to one. What the encoder sent may be a secret and is not kept.',
            ),
        }),
      )
      .describe('The newest first.'),
    isComplete: z.boolean().describe('False if there were more than the gateway keeps.'),
  })
  .meta({ id: 'RejectionList' });

export type RejectionsPort = () => Immutable<z.output<typeof rejectionList>>;

const operation = operationsOn<{ readonly rejections: RejectionsPort }>();

const listRejections = operation({
  id: 'listRejections',
  method: 'get',
  path: '/rejections',
  tag: 'Publishers',
  summary: 'Publishers that were refused within the last hour',
  access: 'read',
  status: 200,
  answer: rejectionList,
  errors: [],
  run: (gateway) => gateway.rejections(),
});

export const REJECTION_OPERATIONS = [listRejections];
