// Renders the messages in docs/websocket.md from their schemas.
import { z } from 'zod';
import { fieldsOf, formOf, type Schema } from '../server/api/reference.ts';
import { renderFields } from '../server/api/reference-markdown.ts';
import { CLIENT_SCHEMAS, SERVER_SCHEMAS } from '../server/stats/message-schemas.ts';
import { OPERATOR_CLIENT_SCHEMAS, OPERATOR_SCHEMAS } from '../server/stats/operator-schemas.ts';
import { typesOfValues } from './issue-values.ts';

const SECTION = /(<!-- messages: [^\n]*-->\n)[\s\S]*?(<!-- \/messages -->)/;

type Definitions = Map<string, Schema>;

/** docs/websocket.md with its messages as they are. */
export function withMessages(page: string): string {
  if (!SECTION.test(page)) throw new Error('docs/websocket.md has no markers for the messages');
  return page.replace(SECTION, (_all, open, close) => `${open}\n${renderMessages()}\n${close}`);
}

function renderMessages(): string {
  const definitions: Definitions = new Map();
  const groups = [
    ['Messages of clients', { ...CLIENT_SCHEMAS }],
    ['Messages of operators’ clients', OPERATOR_CLIENT_SCHEMAS],
    ['Messages for everybody', SERVER_SCHEMAS],
    ['Messages for operators', OPERATOR_SCHEMAS],
  ] as const;
  const sections = groups.map(([title, schemas]) => {
    const messages = Object.entries(schemas).map(([op, schema]) =>
      renderMessage(op, jsonOf(schema, definitions)),
    );
    return `## ${title}\n\n${messages.join('\n')}`;
  });
  const parts = [...definitions].map(([name, schema]) => renderPart(name, schema));
  return `${sections.join('\n')}\n## Parts of messages\n\n${parts.join('\n')}\n${valuesOfEvents()}`;
}

function valuesOfEvents(): string {
  return [
    '## Values of events',
    '',
    '`values` of a StreamHappening, by its `type`; absent if there are none. Those of an Issue are in [doctor.md](doctor.md#values-of-issues).',
    '',
    typesOfValues('HappeningValues', 'NoValues'),
    '',
  ].join('\n');
}

function renderMessage(op: string, schema: Schema): string {
  const forms = schema.anyOf ?? [schema];
  const tables = forms.map((form) => renderFields('Field', fieldsOf(form)));
  return `### ${op}\n\n${schema.description}\n\n${tables.join('\n\n')}\n`;
}

function renderPart(name: string, schema: Schema): string {
  const meaning = schema.description === undefined ? [] : [schema.description];
  const form =
    schema.properties === undefined
      ? [`It is ${formOf(schema)}.`]
      : [renderFields('Field', fieldsOf(schema))];
  return `### ${name}\n\n${[...meaning, ...form].join('\n\n')}\n`;
}

/** The schema; named parts are collected in `definitions`. */
function jsonOf(schema: z.ZodType, definitions: Definitions): Schema {
  const { $defs = {}, ...own } = z.toJSONSchema(schema) as Schema & {
    readonly $defs?: Readonly<Record<string, Schema>>;
  };
  for (const [name, definition] of Object.entries($defs)) definitions.set(name, definition);
  return own;
}
