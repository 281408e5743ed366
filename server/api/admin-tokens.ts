// Admin tokens, which open this API: list them without their secrets, make one in the data folder, and remove one.

import { z } from 'zod';
import { NAME_PATTERN } from '../settings/name-text.ts';
import { entryId, matching } from './fields.ts';
import { type Immutable, operationsOn } from './operation.ts';

const scope = () => z.enum(['read', 'write'], 'one of read, write');

const tokenFields = {
  name: matching(NAME_PATTERN, '1 to 64 letters, digits, "-" or "_"').describe(
    'What it is for, such as "dashboard".',
  ),
  scope: scope().describe('"read" may only read; "write" may read and change.'),
};

const newToken = z.strictObject(tokenFields).meta({ id: 'NewAdminToken' });

const tokenList = z
  .strictObject({
    tokens: z.array(
      z.strictObject({
        id: z.string().optional().describe('Of tokens in the data folder, which the API can remove.'),
        ...tokenFields,
        source: z.enum(['admin.tokens', 'data.dir']).describe('Where the token is kept.'),
      }),
    ),
  })
  .meta({ id: 'AdminTokenList' });

const addedToken = z
  .strictObject({
    id: z.string(),
    ...tokenFields,
    token: z.string().describe('The secret. It is shown once; the gateway keeps only its digest.'),
  })
  .meta({ id: 'AddedAdminToken' });

export type AdminTokensPort = {
  readonly list: () => Promise<Immutable<z.output<typeof tokenList>>>;
  /** Rejects with GatewayError `no_data_dir`, or why the folder cannot be written. */
  readonly add: (token: z.output<typeof newToken>) => Promise<Immutable<z.output<typeof addedToken>>>;
  /** Rejects with GatewayError `no_data_dir` or `no_such_admin_token`. */
  readonly remove: (id: string) => Promise<void>;
};

const operation = operationsOn<{ readonly adminTokens: AdminTokensPort }>();
const TAG = 'Admin tokens';

const listAdminTokens = operation({
  id: 'listAdminTokens',
  method: 'get',
  path: '/admin-tokens',
  tag: TAG,
  summary: 'Admin tokens of all sources, without the secrets',
  access: 'read',
  status: 200,
  answer: tokenList,
  errors: [],
  run: ({ adminTokens }) => adminTokens.list(),
});

const addAdminToken = operation({
  id: 'addAdminToken',
  method: 'post',
  path: '/admin-tokens',
  tag: TAG,
  summary: 'Make an admin token',
  description:
    'The token is kept in the data folder and works at once. After the first token nobody can use the API without one, so let the first one have the scope "write".',
  access: 'write',
  body: newToken,
  status: 201,
  answer: addedToken,
  errors: ['no_data_dir', 'data_dir_busy'],
  run: ({ adminTokens }, { body }) => adminTokens.add(body),
  subject: (_input, { id, name, scope: allowed }) => `${id} (${name}, ${allowed})`,
});

const removeAdminToken = operation({
  id: 'removeAdminToken',
  method: 'delete',
  path: '/admin-tokens/{id}',
  tag: TAG,
  summary: 'Remove an admin token',
  description:
    'After the last token nobody can use the API until one is added with "sluice admin-token add" or the gateway restarts.',
  access: 'write',
  params: z.strictObject({ id: entryId() }),
  status: 204,
  errors: ['no_data_dir', 'no_such_admin_token', 'data_dir_busy'],
  run: ({ adminTokens }, { params }) => adminTokens.remove(params.id),
});

export const ADMIN_TOKEN_OPERATIONS = [listAdminTokens, addAdminToken, removeAdminToken];
