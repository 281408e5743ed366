// The OpenAPI 3.1 document of the API, made from the operations (https://spec.openapis.org/oas/v3.1.1).

import { z } from 'zod';
import type { ErrorCode } from '../errors.ts';
import type { Operation } from './operation.ts';
import { OPERATIONS } from './operations.ts';
import { commonErrors, statusOf } from './problem-statuses.ts';

type Json = Readonly<Record<string, unknown>>;

export type OpenApiDocument = {
  readonly openapi: string;
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly servers: readonly Json[];
  readonly tags: readonly { readonly name: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Json>>>>;
  readonly components: Json;
};

const DESCRIPTION = `The API of a Sluice gateway. Operations with a scope need an admin token; while the gateway has none, private networks may use
them. Errors are problem details (RFC 9457) with a code of docs/errors.md. Unknown query parameters and fields are refused. Answers
may get more fields in later versions.`;

const PROBLEM = z
  .strictObject({
    type: z.literal('about:blank'),
    status: z.number().int().min(400).max(599),
    title: z.string(),
    detail: z.string().describe('What was wrong, and what to do.'),
    code: z.string().optional().describe('A code of docs/errors.md, which never changes.'),
  })
  .meta({ id: 'Problem' });

/** `version` is that of the gateway. The server's address is relative, because path prefixes are unknown. */
export function openApiDocument(
  version: string,
  operations: readonly Operation<never>[] = OPERATIONS,
): OpenApiDocument {
  const schemas = new Map<string, unknown>();
  const paths: Record<string, Record<string, Json>> = {};
  schemaOf(PROBLEM, 'output', schemas);
  for (const operation of operations) {
    paths[operation.path] = {
      ...paths[operation.path],
      [operation.method]: describe(operation, schemas),
    };
  }
  return {
    openapi: '3.1.1',
    info: { title: 'Sluice', version, description: DESCRIPTION.replaceAll('\n', ' ') },
    servers: [{ url: '../v1' }],
    tags: [...new Set(operations.map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    components: {
      schemas: Object.fromEntries([...schemas].sort(([one], [other]) => (one < other ? -1 : 1))),
      securitySchemes: {
        adminToken: { type: 'http', scheme: 'bearer', description: 'An admin token.' },
      },
    },
  };
}

function describe(operation: Operation<never>, schemas: Map<string, unknown>): Json {
  const { id, tag, summary, description, access, body } = operation;
  const parameters = [...parametersOf(operation, 'path'), ...parametersOf(operation, 'query')];
  return {
    operationId: id,
    tags: [tag],
    summary,
    ...(description === undefined ? {} : { description }),
    // Scopes of a bearer token are documentation only (OpenAPI 3.1 clause 4.8.30).
    security: access === 'public' ? [] : [{ adminToken: [access] }],
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined
      ? {}
      : { requestBody: { required: true, content: json(schemaOf(body, 'input', schemas)) } }),
    responses: responsesOf(operation, schemas),
  };
}

function parametersOf({ params, query }: Operation<never>, where: 'path' | 'query'): readonly Json[] {
  const shape: Readonly<Record<string, z.ZodType>> = (where === 'path' ? params : query)?.shape ?? {};
  return Object.entries(shape).map(([name, schema]) => {
    const { description, ...own } = withoutDialect(z.toJSONSchema(schema));
    return {
      name,
      in: where,
      required: !schema.safeParse(undefined).success,
      ...(description === undefined ? {} : { description }),
      schema: own,
    };
  });
}

function responsesOf(operation: Operation<never>, schemas: Map<string, unknown>): Json {
  const { status, answer, isEventStream } = operation;
  const success = {
    description: SUCCESSES[status],
    ...(answer === undefined ? {} : { content: json(schemaOf(answer, 'output', schemas)) }),
    ...(isEventStream === true ? { content: { 'text/event-stream': { schema: { type: 'string' } } } } : {}),
  };
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of [...commonErrors(operation), ...operation.errors]) {
    const problem = statusOf(code);
    byStatus.set(problem, [...(byStatus.get(problem) ?? []), code]);
  }
  const problems = [...byStatus].map(([problem, codes]) => [
    String(problem),
    {
      description: codes.map((code) => `\`${code}\``).join(', '),
      content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
    },
  ]);
  return { [String(status)]: success, ...Object.fromEntries(problems) };
}

const SUCCESSES = { 200: 'Done.', 201: 'Made.', 204: 'Done; there is no body.' } as const;

function json(schema: Json): Json {
  return { 'application/json': { schema } };
}

/** The schema, or a reference to it; named schemas are collected in `schemas`. */
function schemaOf(schema: z.ZodType, io: 'input' | 'output', schemas: Map<string, unknown>): Json {
  const { $defs = {}, ...own } = withoutDialect(z.toJSONSchema(schema, { io })) as Json & { $defs?: Json };
  for (const [name, definition] of Object.entries($defs)) schemas.set(name, definition);
  return own;
}

/** Without the name of the dialect, which is that of OpenAPI 3.1, and with references to components. */
function withoutDialect(schema: object): Json {
  const text = JSON.stringify({ ...schema, $schema: undefined });
  return JSON.parse(text.replaceAll('"#/$defs/', '"#/components/schemas/')) as Json;
}
