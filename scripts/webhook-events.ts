// Renders the table of events in docs/webhooks.md from their schemas.
import { z } from 'zod';
import { EVENT_DATA, type EventType } from '../server/webhooks/webhook-event.ts';

const SECTION = /(<!-- events: [^\n]*-->\n)[\s\S]*?(<!-- \/events -->)/;

type JsonSchema = {
  readonly description?: string;
  readonly type?: string;
  readonly format?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
};

/** docs/webhooks.md with its table of events as it is. */
export function withEvents(page: string): string {
  if (!SECTION.test(page)) throw new Error('docs/webhooks.md has no markers for the table of events');
  return page.replace(SECTION, (_all, open, close) => `${open}\n${renderEvents()}\n${close}`);
}

function renderEvents(): string {
  const types = Object.keys(EVENT_DATA) as EventType[];
  const rows = types.map((type) => {
    const {
      description = '',
      properties = {},
      required = [],
    } = z.toJSONSchema(EVENT_DATA[type]) as JsonSchema;
    const fields = Object.entries(properties).map(
      ([name, schema]) => `\`${name}\`${required.includes(name) ? '' : ' (optional)'}${meaningOf(schema)}`,
    );
    return `| \`${type}\` | ${description} | ${fields.join('<br>')}${fields.length === 0 ? '' : ' '}|`;
  });
  return ['| type | when | data |', '|---|---|---|', ...rows, ''].join('\n');
}

/** An object without words of its own is described by its fields. */
function meaningOf({ description, properties = {}, type }: JsonSchema): string {
  const fields = Object.keys(properties).map((name) => `\`${name}\``);
  const inside = fields.length === 0 ? '' : ` { ${fields.join(', ')} }`;
  return `${inside}: ${description ?? `${type}.`}`;
}
