// Renders docs/errors.md from the tables of errors.

import { ERROR_TABLES, type ErrorAudience } from '../errors.ts';
import type { ErrorRow } from './error-row.ts';

/** Settings and delivery directives, which are shown as code. */
const NAME = /\b(?:rtmp|http|tls|hls|media|stream|keys|data|admin)\.[a-z-]+[a-z]|\b_HLS_[a-z]+/g;

const HEADINGS: Readonly<Record<ErrorAudience, string>> = {
  publisher: `## Publishers

The log line at the end of a connection has the code. The encoder gets the sentence (onStatus). If the gateway ended the publication,
\`reason\` on the WebSocket and in the API has both. An \`authorizer\` of the library may use its own codes.`,
  viewer: `## Viewers

For clients over HTTP and the WebSocket. The answer says what is wrong (RFC 9457, or \`{"op":"error"}\`). The log line
\`http peer refused\` has the code.`,
  operator: `## Operators

For people who run the gateway. Errors of settings and ports are printed at start on standard error; the others are in the log.`,
  library: `## Programs

For users of the library. A \`GatewayError\` with the code is thrown, or a promise rejects with it.`,
};

/** docs/errors.md as a whole. */
export function renderErrorsPage(): string {
  const audiences = Object.keys(ERROR_TABLES) as ErrorAudience[];
  const sections = audiences.map(
    (audience) => `${HEADINGS[audience]}\n\n${renderTable(ERROR_TABLES[audience])}`,
  );
  return `# Errors

\`npm run docs\` writes this page from the tables in \`server/errors/\`.

Every error has a code, which never changes, and a sentence. The sentence in the log names the wrong value. Each code is listed
under the person who can fix it.

${sections.join('\n')}`;
}

function renderTable(table: Readonly<Record<string, ErrorRow>>): string {
  const rows = Object.entries(table).map(
    ([code, { what, remedy }]) => `| \`${code}\` | ${sentence(what)} | ${sentence(remedy)} |`,
  );
  return ['| Code | What was wrong | What to do |', '| --- | --- | --- |', ...rows, ''].join('\n');
}

function sentence(text: string): string {
  const marked = text.replaceAll('|', '\\|').replace(NAME, '`$&`');
  return `${marked.charAt(0).toUpperCase()}${marked.slice(1)}.`;
}
