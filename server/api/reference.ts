// The OpenAPI document as lists and tables, for docs/api.md and the reference page.

import type { OpenApiDocument } from './openapi.ts';

export type ReferenceField = {
  readonly name: string;
  /** Its type in words. */
  readonly form: string;
  readonly isRequired: boolean;
  readonly meaning: string;
};

export type ReferenceOperation = {
  readonly id: string;
  readonly method: string;
  /** With `/api/v1`. */
  readonly path: string;
  readonly summary: string;
  readonly description: string | undefined;
  /** Undefined for public operations. */
  readonly scope: string | undefined;
  readonly parameters: readonly ReferenceField[];
  readonly body: readonly ReferenceField[];
  readonly successStatus: string;
  /** The name of the answer's schema; undefined if there is no body. */
  readonly answer: string | undefined;
  readonly problems: readonly { readonly status: string; readonly codes: string }[];
};

export type Reference = {
  readonly version: string;
  readonly description: string;
  readonly sections: readonly { readonly tag: string; readonly operations: readonly ReferenceOperation[] }[];
  readonly schemas: readonly {
    readonly name: string;
    readonly meaning: string;
    /** The type in words, if it is not an object with fields. */
    readonly form: string | undefined;
    readonly fields: readonly ReferenceField[];
  }[];
};

/** Parts of JSON Schema that the document has. */
export type Schema = {
  readonly $ref?: string;
  readonly type?: string;
  readonly format?: string;
  readonly description?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly items?: Schema;
  readonly prefixItems?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema | false;
};

type Content = Readonly<Record<string, { readonly schema: Schema }>>;
type DocumentedOperation = {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly description?: string;
  readonly security: readonly { readonly adminToken: readonly string[] }[];
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly required: boolean;
    readonly description?: string;
    readonly schema: Schema;
  }[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly description: string; readonly content?: Content }>>;
};

export function referenceOf(document: OpenApiDocument): Reference {
  const schemas = document.components['schemas'] as Readonly<Record<string, Schema>>;
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, documented]) => {
      const operation = documented as unknown as DocumentedOperation;
      return { tag: operation.tags[0], operation: operationOf(path, method, operation, schemas) };
    }),
  );
  return {
    version: document.info.version,
    description: document.info.description,
    sections: document.tags.map(({ name: tag }) => ({
      tag,
      operations: operations.filter((each) => each.tag === tag).map(({ operation }) => operation),
    })),
    schemas: Object.entries(schemas).map(([name, schema]) => ({
      name,
      meaning: schema.description ?? '',
      form: schema.properties === undefined ? formOf(schema) : undefined,
      fields: fieldsOf(schema),
    })),
  };
}

function operationOf(
  path: string,
  method: string,
  operation: DocumentedOperation,
  schemas: Readonly<Record<string, Schema>>,
): ReferenceOperation {
  const { responses, parameters = [], requestBody, security } = operation;
  const body = requestBody?.content['application/json']?.schema;
  const [successStatus = '', success] =
    Object.entries(responses).find(([status]) => status.startsWith('2')) ?? [];
  const answer = success?.content?.['application/json']?.schema;
  const isEventStream = success?.content?.['text/event-stream'] !== undefined;
  return {
    id: operation.operationId,
    method: method.toUpperCase(),
    path: `/api/v1${path}`,
    summary: operation.summary,
    description: operation.description,
    scope: security[0]?.adminToken[0],
    parameters: parameters.map(({ name, in: where, required, description = '', schema }) => ({
      name,
      form: `${where}, ${formOf(schema)}`,
      isRequired: required,
      meaning: description,
    })),
    body: body === undefined ? [] : fieldsOf(resolved(body, schemas)),
    successStatus,
    answer: isEventStream ? 'server-sent events' : answer && formOf(answer),
    problems: Object.entries(responses)
      .filter(([status]) => !status.startsWith('2'))
      .map(([status, { description }]) => ({ status, codes: description.replaceAll('`', '') })),
  };
}

function resolved(schema: Schema, schemas: Readonly<Record<string, Schema>>): Schema {
  return schema.$ref === undefined ? schema : (schemas[nameOf(schema.$ref)] ?? schema);
}

function nameOf(reference: string): string {
  return reference.slice(reference.lastIndexOf('/') + 1);
}

/** The fields of an object; those of objects inside it follow with dotted names. */
export function fieldsOf({ properties = {}, required = [] }: Schema, prefix = ''): ReferenceField[] {
  return Object.entries(properties).flatMap(([key, schema]) => {
    const name = `${prefix}${key}`;
    const own = {
      name,
      form: formOf(schema),
      isRequired: required.includes(key) && schema.default === undefined,
      meaning: meaningOf(schema),
    };
    const inner = schema.properties === undefined ? schema.items : schema;
    const innerPrefix = inner === schema ? `${name}.` : `${name}[].`;
    return [own, ...(inner?.properties === undefined ? [] : fieldsOf(inner, innerPrefix))];
  });
}

function meaningOf({ description = '', default: value }: Schema): string {
  return value === undefined ? description : `${description} By default ${JSON.stringify(value)}.`.trim();
}

export function formOf(schema: Schema): string {
  const { $ref, enum: values, items, type, additionalProperties } = schema;
  if ($ref !== undefined) return nameOf($ref);
  if ('const' in schema) return JSON.stringify(schema.const);
  if (values !== undefined) return values.map((value) => JSON.stringify(value)).join(' or ');
  if (schema.prefixItems !== undefined) return `[${schema.prefixItems.map(formOf).join(', ')}]`;
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined) return choices.map(choiceOf).join(', or ');
  if (items !== undefined) return `array of ${items.properties === undefined ? formOf(items) : 'objects'}`;
  if (schema.format === 'date-time') return 'time, ISO 8601 in UTC';
  if (type === 'integer' || type === 'number') return rangeOf(schema);
  if (type === 'object' && typeof additionalProperties === 'object')
    return `object of ${formOf(additionalProperties)}`;
  return type ?? 'any value';
}

/** `{ kind: "refused", code: string }`. */
function choiceOf(schema: Schema): string {
  if (schema.properties === undefined) return formOf(schema);
  const fields = Object.entries(schema.properties).map(([name, field]) => `${name}: ${formOf(field)}`);
  return `{ ${fields.join(', ')} }`;
}

function rangeOf({ type = 'number', minimum, maximum }: Schema): string {
  const hasLimit = maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER;
  return hasLimit ? `${type} from ${minimum ?? 0} to ${maximum}` : type;
}
