// Names that an operator closed when ending a stream: list them, and open one again before its time.

import { z } from 'zod';
import { GatewayError } from '../errors.ts';
import { instant, nameField, nameParams } from './fields.ts';
import { type Immutable, operationsOn } from './operation.ts';

const closedNames = z
  .strictObject({
    names: z.array(
      z.strictObject({ name: nameField(), until: instant().describe('When it may be published again.') }),
    ),
  })
  .meta({ id: 'ClosedNames' });

export type ClosedNamesPort = {
  readonly list: () => Immutable<z.output<typeof closedNames>>;
  /** @returns false if the name was not closed */
  readonly open: (name: string) => boolean;
};

const operation = operationsOn<{ readonly closedNames: ClosedNamesPort }>();
const TAG = 'Closed names';

const listClosedNames = operation({
  id: 'listClosedNames',
  method: 'get',
  path: '/closed-names',
  tag: TAG,
  summary: 'Names that cannot be published for a time',
  access: 'read',
  status: 200,
  answer: closedNames,
  errors: [],
  run: (gateway) => gateway.closedNames.list(),
});

const openName = operation({
  id: 'openName',
  method: 'delete',
  path: '/closed-names/{name}',
  tag: TAG,
  summary: 'Let a name be published again',
  access: 'write',
  params: nameParams,
  status: 204,
  errors: ['name_not_closed'],
  run: (gateway, { params: { name } }) => {
    if (!gateway.closedNames.open(name))
      throw new GatewayError('invalid-state', 'name_not_closed', `the name "${name}" is not closed`);
  },
});

export const CLOSED_NAME_OPERATIONS = [listClosedNames, openName];
