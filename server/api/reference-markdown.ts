// Renders docs/api.md.

import type { Reference, ReferenceField, ReferenceOperation } from './reference.ts';

/** docs/api.md as a whole. */
export function renderApiPage({ sections, schemas }: Reference): string {
  const operations = sections.map(
    ({ tag, operations: own }) => `## ${tag}\n\n${own.map(renderOperation).join('\n')}`,
  );
  return `# API

\`npm run docs\` writes this page from the schemas in \`server/api/\`, which also check requests and answers. A running gateway has the
OpenAPI 3.1 document at \`/api/v1/openapi.json\` and this reference at \`/api/v1/\`.

- **Who may use it.** Operations marked *public* are for everybody. The others need an admin token in the header
  \`Authorization: Bearer TOKEN\`; its scope is \`read\` or \`write\`, and \`write\` includes \`read\`. While there is no token, clients in
  private networks and \`admin.networks\` may use all operations, if they connect directly (no proxy) and to an IP address, a local
  name or \`http.public-url\`. Some networks give all clients a private address: rootless Docker and Podman, Kubernetes without
  \`externalTrafficPolicy: Local\`, and proxies that add no header. Make a token there before the gateway can be reached from outside.
- **Tokens** come from \`sluice admin-token add NAME --scope write\`, from \`admin.tokens\` in the settings, or from the API. After the
  first one the API stays closed without a token until the gateway restarts, also when the last one is removed.
- **Bodies** are JSON with \`Content-Type: application/json\`, at most 64 KiB. Where no field is needed, send \`{}\`.
- **Errors** are problem details (RFC 9457) with a \`code\` of [errors.md](errors.md). Unknown fields are refused, and so are unknown query
  parameters of operations that are not public.
- **Every operation for operators** may answer 401 (\`admin_token_needed\`, \`unknown_admin_token\`), 403 (\`admin_scope\`, \`admin_network\`,
  \`admin_proxied\`, \`admin_host\`, \`foreign_origin\`), 429 (\`token_attempts\`) and 500; one with a body also 413 (\`body_too_large\`) and 415
  (\`bad_content_type\`). The operations below list the others.
- **Pages** of other sites cannot use the API: there are no CORS headers, and changes with a foreign \`Origin\` are refused.
- **Changes** are logged: a line with the code \`api_write\` says who, what, and the result.
- Answers may get more fields in later versions.

\`\`\`sh
curl -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' -d '{"reason":"wrong scene"}' \\
  http://localhost:8080/api/v1/streams/mystream/kick
\`\`\`

${operations.join('\n')}
## Schemas

${schemas.map(renderSchema).join('\n')}`;
}

function renderOperation(operation: ReferenceOperation): string {
  const { method, path, summary, description, scope, parameters, body, successStatus, answer } = operation;
  const lines = [
    `### ${method} ${path}`,
    `${summary}. ${scope === undefined ? '*Public.*' : `*Scope \`${scope}\`.*`}${description === undefined ? '' : ` ${description}`}`,
    ...(parameters.length === 0 ? [] : [renderFields('Parameter', parameters)]),
    ...(body.length === 0 ? [] : [renderFields('Field of the body', body)]),
    `Answer: ${successStatus}${answer === undefined ? ' without a body' : ` with ${linked(answer)}`}. Problems: ${problemsOf(operation)}.`,
  ];
  return `${lines.join('\n\n')}\n`;
}

/** Statuses that the head of the page explains for all operations. */
const COMMON_STATUSES: readonly string[] = ['401', '403', '413', '415', '429', '500'];

function problemsOf(operation: ReferenceOperation): string {
  const problems = operation.problems.filter(({ status }) => !COMMON_STATUSES.includes(status));
  if (problems.length === 0) return 'none of its own';
  return problems
    .map(
      ({ status, codes }) =>
        `${status} ${codes
          .split(', ')
          .map((code) => `\`${code}\``)
          .join(' ')}`,
    )
    .join(', ');
}

function renderSchema({ name, meaning, form, fields }: Reference['schemas'][number]): string {
  const parts = [
    `### ${name}`,
    ...(meaning === '' ? [] : [meaning]),
    ...(form === undefined ? [renderFields('Field', fields)] : [`It is ${form}.`]),
  ];
  return `${parts.join('\n\n')}\n`;
}

export function renderFields(heading: string, fields: readonly ReferenceField[]): string {
  const rows = fields.map(
    ({ name, form, isRequired, meaning }) =>
      `| \`${name}\`${isRequired ? '' : ' (optional)'} | ${cell(form)} | ${cell(meaning)} |`,
  );
  return [`| ${heading} | Type | Meaning |`, '| --- | --- | --- |', ...rows].join('\n');
}

function linked(form: string): string {
  return /^\w+$/.test(form) ? `[${form}](#${form.toLowerCase()})` : form;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
