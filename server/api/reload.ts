// Reads keys, tokens and certificates again, as SIGHUP does.

import { z } from 'zod';
import { amount } from './fields.ts';
import { type Immutable, operationsOn } from './operation.ts';

const reloaded = z
  .strictObject({
    publishKeys: amount().describe('How many there are now.'),
    adminTokens: amount().describe('How many there are now.'),
  })
  .meta({ id: 'Reloaded' });

export type ReloadPort = () => Promise<Immutable<z.output<typeof reloaded>>>;

const operation = operationsOn<{ readonly reload: ReloadPort }>();

const reload = operation({
  id: 'reload',
  method: 'post',
  path: '/reload',
  tag: 'Gateway',
  summary: 'Read publish keys, admin tokens and certificates again',
  description:
    'The same as SIGHUP. If a file cannot be used, the log says so and its old content stays in use.',
  access: 'write',
  body: z.strictObject({}),
  status: 200,
  answer: reloaded,
  errors: [],
  run: (gateway) => gateway.reload(),
});

export const RELOAD_OPERATIONS = [reload];
