// The reference of the API as a page, made from the OpenAPI document. It has no script, and its style is allowed by its hash.

import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { OpenApiDocument } from '../api/openapi.ts';
import {
  type Reference,
  type ReferenceField,
  type ReferenceOperation,
  referenceOf,
} from '../api/reference.ts';
import { type RepeatedAnswer, sendRepeated } from './repeated-answer.ts';

/** The colours and sizes of web/page/style.css, and light ones for people who prefer them. */
const STYLE = `
:root{color-scheme:dark light;--ground:#0b0f14;--panel:#131a22;--raised:#1b2530;--line:#2a3744;--text:#eaf0f5;--soft:#a3b3c2;--accent:#4fd1c5;--warn:#f5b94a;
--mono:ui-monospace,"SF Mono","Cascadia Mono","Roboto Mono",Menlo,Consolas,monospace;font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;line-height:1.45}
@media (prefers-color-scheme:light){:root{--ground:#f6f8fa;--panel:#fff;--raised:#e8edf2;--line:#c9d3dc;--text:#14202b;--soft:#4a5b6b;--accent:#0b6e66;--warn:#7a5200}}
*{box-sizing:border-box}body{margin:0;background:var(--ground);color:var(--text)}a{color:var(--accent)}h1,h2,h3,p{margin:0}
header,main{max-width:1180px;margin:0 auto;padding:16px clamp(16px,3vw,32px)}header{display:grid;gap:8px}main{display:grid;gap:24px;padding-bottom:40px}
nav ul{display:flex;flex-wrap:wrap;gap:4px 16px;margin:0;padding:0;list-style:none}section{display:grid;gap:12px;min-width:0}
article{display:grid;gap:10px;min-width:0;padding:18px;background:var(--panel);border:1px solid var(--line);border-radius:12px}
h2{font-size:1.25rem}h3{font-size:1rem;font-family:var(--mono);overflow-wrap:anywhere}code,td:first-child{font-family:var(--mono);font-size:.875rem}
.soft{color:var(--soft);font-size:.875rem}.pill{display:inline-block;margin-inline-end:8px;padding:2px 10px;border-radius:99px;background:var(--raised);font-size:.8125rem}
.scope{color:var(--warn)}.wide{overflow-x:auto}table{width:100%;border-collapse:collapse;font-size:.875rem}th,td{padding:6px 12px 6px 0;border-bottom:1px solid var(--line);text-align:start;vertical-align:top}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
`;
const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');
const POLICY = `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'`;
const HEADERS: readonly string[] = [
  ...['content-type', 'text/html; charset=utf-8'],
  ...['cache-control', 'no-cache'],
  ...['content-security-policy', POLICY],
  ...['referrer-policy', 'strict-origin-when-cross-origin'],
  ...['x-content-type-options', 'nosniff'],
];
const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

export class ReferencePage {
  readonly #answer: RepeatedAnswer;

  constructor(document: OpenApiDocument) {
    this.#answer = { status: 200, headers: HEADERS, body: Buffer.from(pageOf(referenceOf(document))) };
  }

  send(response: ServerResponse): void {
    sendRepeated(response, this.#answer);
  }
}

function pageOf({ version, description, sections, schemas }: Reference): string {
  const links = [...sections.map(({ tag }) => tag), 'Schemas'];
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width,initial-scale=1">',
    // Without an icon of its own, browsers ask for /favicon.ico.
    '<link rel="icon" href="data:,">',
    `<title>Sluice API</title><style>${STYLE}</style></head><body>`,
    `<header><h1>Sluice API</h1><p class="soft">Version ${escaped(version)} · <a href="openapi.json">OpenAPI 3.1 document</a> · <a href="../../">All live streams</a></p>`,
    `<p>${escaped(description)}</p>`,
    `<nav aria-label="Sections"><ul>${links.map((tag) => `<li><a href="#${idOf(tag)}">${escaped(tag)}</a></li>`).join('')}</ul></nav></header><main>`,
    ...sections.map(
      ({ tag, operations }) =>
        `<section id="${idOf(tag)}"><h2>${escaped(tag)}</h2>${operations.map(operationOf).join('')}</section>`,
    ),
    `<section id="schemas"><h2>Schemas</h2>${schemas.map(schemaOf).join('')}</section>`,
    '</main></body></html>\n',
  ].join('');
}

function operationOf(operation: ReferenceOperation): string {
  const { id, method, path, summary, description, scope, parameters, body, successStatus, answer } =
    operation;
  const access =
    scope === undefined
      ? '<span class="pill">public</span>'
      : `<span class="pill scope">scope ${escaped(scope)}</span>`;
  const problems = operation.problems.map(
    ({ status, codes }) => `<li>${escaped(status)} <code>${escaped(codes)}</code></li>`,
  );
  return [
    `<article id="${escaped(id)}"><h3><span class="pill">${escaped(method)}</span>${escaped(path)}</h3>`,
    `<p>${access}${escaped(summary)}.${description === undefined ? '' : ` ${escaped(description)}`}</p>`,
    tableOf('Parameter', parameters),
    tableOf('Field of the body', body),
    `<p>Answer: ${escaped(successStatus)}${answer === undefined ? ' without a body' : ` with ${formOf(answer)}`}</p>`,
    problems.length === 0
      ? ''
      : `<details><summary>Problems</summary><ul>${problems.join('')}</ul></details>`,
    '</article>',
  ].join('');
}

function schemaOf({ name, meaning, form, fields }: Reference['schemas'][number]): string {
  const content = form === undefined ? tableOf('Field', fields) : `<p>It is ${escaped(form)}.</p>`;
  const text = meaning === '' ? '' : `<p>${escaped(meaning)}</p>`;
  return `<article id="schema-${escaped(name)}"><h3>${escaped(name)}</h3>${text}${content}</article>`;
}

function tableOf(heading: string, fields: readonly ReferenceField[]): string {
  if (fields.length === 0) return '';
  const rows = fields.map(
    ({ name, form, isRequired, meaning }) =>
      `<tr><td>${escaped(name)}${isRequired ? '' : ' <span class="soft">optional</span>'}</td><td>${formOf(form)}</td><td>${escaped(meaning)}</td></tr>`,
  );
  const head = `<tr><th scope="col">${heading}</th><th scope="col">Type</th><th scope="col">Meaning</th></tr>`;
  return `<div class="wide"><table><thead>${head}</thead><tbody>${rows.join('')}</tbody></table></div>`;
}

/** Names of schemas are links. */
function formOf(form: string): string {
  return escaped(form).replace(/\b[A-Z][A-Za-z]+\b(?=$|,)/g, (name) =>
    name === 'UTC' ? name : `<a href="#schema-${name}">${name}</a>`,
  );
}

function idOf(tag: string): string {
  return tag.toLowerCase().replaceAll(/[^a-z]+/g, '-');
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => ESCAPES[character] ?? character);
}
