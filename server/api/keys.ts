// Publish keys: list them without their secrets, make one in the data folder, and remove one.

import { z } from 'zod';
import { entryId, instant, nameField, network, wholeNumber } from './fields.ts';
import { type Immutable, operationsOn } from './operation.ts';

/** More networks than that are one larger network. */
const MAX_NETWORKS = 64;
/** 100 Gbit/s, above every network card. */
const MAX_BITS_PER_SECOND = 100_000_000_000;
const MAX_VIEWERS = 1_000_000_000;

const keyFields = {
  name: nameField(),
  expires: instant().optional().describe('When it stops working; a publication that runs continues.'),
  networks: z
    .array(network())
    .max(MAX_NETWORKS, `${MAX_NETWORKS} networks at most`)
    .optional()
    .describe('Networks that it works from; any if absent.'),
  takeover: z
    .enum(['silent', 'newest'], 'one of silent, newest')
    .optional()
    .describe('In place of stream.takeover: when this publisher may take the name from another one.'),
  maxBitsPerSecond: wholeNumber(0, MAX_BITS_PER_SECOND)
    .optional()
    .describe('In place of rtmp.max-bitrate; 0 for any.'),
  maxViewers: wholeNumber(0, MAX_VIEWERS)
    .optional()
    .describe('Viewers of the stream, in place of stream.max-viewers; 0 for any.'),
};

const newKey = z.strictObject(keyFields).meta({ id: 'NewKey' });

const keyList = z
  .strictObject({
    keys: z.array(
      z.strictObject({
        id: z.string().optional().describe('Of keys in the data folder, which the API can remove.'),
        ...keyFields,
        source: z.enum(['keys.list', 'keys.file', 'data.dir']).describe('Where the key is kept.'),
      }),
    ),
  })
  .meta({ id: 'KeyList' });

const addedKey = z
  .strictObject({
    id: z.string(),
    name: nameField(),
    key: z.string().describe('The secret. It is shown once; the gateway keeps only its digest.'),
  })
  .meta({ id: 'AddedKey' });

export type KeysPort = {
  readonly list: () => Promise<Immutable<z.output<typeof keyList>>>;
  /** Rejects with GatewayError `no_data_dir`, `bad_body`, or why the folder cannot be written. */
  readonly add: (key: z.output<typeof newKey>) => Promise<Immutable<z.output<typeof addedKey>>>;
  /** Rejects with GatewayError `no_data_dir` or `no_such_key`. */
  readonly remove: (id: string) => Promise<void>;
};

const operation = operationsOn<{ readonly keys: KeysPort }>();
const TAG = 'Publish keys';

const listKeys = operation({
  id: 'listKeys',
  method: 'get',
  path: '/keys',
  tag: TAG,
  summary: 'Publish keys of all sources, without the secrets',
  access: 'read',
  status: 200,
  answer: keyList,
  errors: [],
  run: ({ keys }) => keys.list(),
});

const addKey = operation({
  id: 'addKey',
  method: 'post',
  path: '/keys',
  tag: TAG,
  summary: 'Make a publish key',
  description:
    'The key is kept in the data folder and works at once. After the first key nobody can publish without one.',
  access: 'write',
  body: newKey,
  status: 201,
  answer: addedKey,
  errors: ['no_data_dir', 'data_dir_busy'],
  run: ({ keys }, { body }) => keys.add(body),
  subject: (_input, { id, name }) => `${id} (${name})`,
});

const removeKey = operation({
  id: 'removeKey',
  method: 'delete',
  path: '/keys/{id}',
  tag: TAG,
  summary: 'Remove a publish key',
  description: 'A publication that uses it ends within two seconds.',
  access: 'write',
  params: z.strictObject({ id: entryId() }),
  status: 204,
  errors: ['no_data_dir', 'no_such_key', 'data_dir_busy'],
  run: ({ keys }, { params }) => keys.remove(params.id),
});

export const KEY_OPERATIONS = [listKeys, addKey, removeKey];
