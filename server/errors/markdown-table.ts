// docs/errors.md, written from the tables that the program throws from.

import { ERROR_TABLES, type ErrorAudience } from '../errors.ts';
import type { ErrorRow } from './error-row.ts';

/** Settings and delivery directives, which are shown as code. */
const NAME = /\b(?:rtmp|http|tls|hls|media|stream|keys|data)\.[a-z-]+[a-z]|\b_HLS_[a-z]+/g;

const HEADINGS: Readonly<Record<ErrorAudience, string>> = {
  publisher: `## Publishers

The log line of the connection's end has the code, and the encoder is told the sentence (onStatus). A publication that the
gateway ended shows both as \`reason\` on the WebSocket and in the API. An \`authorizer\` of the library may refuse with codes of its own.`,
  viewer: `## Viewers

Players, pages and programs that ask over HTTP or the WebSocket. The answer says what is wrong (RFC 9457, or \`{"op":"error"}\`);
the log line \`http peer refused\` has the code.`,
  operator: `## Operators

Whoever runs the gateway. Errors of settings and ports are told at start, on standard error; the others are in the log.`,
  library: `## Programs

Whoever calls the library. The codes are those of the \`GatewayError\` that is thrown, or that a promise rejects with.`,
};

/** docs/errors.md as a whole. */
export function renderErrorsPage(): string {
  const audiences = Object.keys(ERROR_TABLES) as ErrorAudience[];
  const sections = audiences.map(
    (audience) => `${HEADINGS[audience]}\n\n${renderTable(ERROR_TABLES[audience])}`,
  );
  return `# Errors

This page is written by \`npm run docs\` from the tables that the program throws from.

Every error has a code that does not change, and a sentence. The sentence in the log names the value that was wrong; here it is
said in general. Codes are under whom they concern: who can do something about them.

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
