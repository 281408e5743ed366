// Reports about publishes with `?test=1`. Everybody who knows the id may read its report.

import { z } from 'zod';
import { GatewayError } from '../errors.ts';
import { instant, nameField } from './fields.ts';
import { type Immutable, operationsOn } from './operation.ts';
import { healthSchema, issueSchema, numbersSchema } from './stream-schemas.ts';

const testReport = z
  .strictObject({
    id: z.string(),
    stream: nameField().describe('The public name of the key that was tested.'),
    startedAt: instant(),
    endedAt: instant().optional().describe('Absent while the test runs.'),
    health: healthSchema,
    past: z.array(issueSchema).describe('Issues that were found and are over.'),
    numbers: numbersSchema.optional().describe('The last measurement.'),
  })
  .meta({ id: 'TestReport', description: 'See docs/doctor.md.' });

export type TestsPort = {
  readonly report: (id: string) => Immutable<z.output<typeof testReport>> | undefined;
};

const operation = operationsOn<{ readonly tests: TestsPort }>();

const getTestReport = operation({
  id: 'getTestReport',
  method: 'get',
  path: '/tests/{id}',
  tag: 'Publishers',
  summary: 'The report about a test publish',
  description:
    'Of a publish with ?test=1 in its stream key. The encoder and the log are told the address of its page, /tests/ID. A report is kept for an hour after the end of the test.',
  access: 'public',
  params: z.strictObject({ id: z.string().describe('The id of the test, as the encoder was told.') }),
  status: 200,
  answer: testReport,
  errors: ['no_such_test'],
  run: ({ tests }, { params }) => tests.report(params.id) ?? unknown(),
});

export const TEST_OPERATIONS = [getTestReport];

function unknown(): never {
  throw new GatewayError('invalid-state', 'no_such_test');
}
