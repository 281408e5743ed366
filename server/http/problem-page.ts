// Problems for people: a browser that opens a wrong address gets a page, a program gets problem details (RFC 9110 clause 12.5.1).

import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { escapeMarkup } from './escape-markup.ts';
import { type Problem, sendProblem } from './http-replies.ts';
import { LANGUAGE_TAGS, type PageLanguage, pageLanguage } from './page-language.ts';
import { PROBLEM_WORDS, type ProblemText } from './problem-words.ts';

const STYLE =
  ':root{color-scheme:dark light}body{margin:0;min-height:100vh;display:grid;place-content:center;gap:.5rem;padding:1.5rem;' +
  'font:1rem/1.5 system-ui,sans-serif}h1{font-size:1.5rem;margin:0}p{margin:0;max-width:34rem}';
const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');
const POLICY = `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'`;
/** Browsers accept HTML explicitly when a person opens an address; scripts and players accept anything. */
const WANTS_HTML = /\btext\/html\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))/i;
const VARY_ACCEPT: readonly string[] = ['vary', 'Accept'];

/** Answers with a problem in the preferred form: a person gets `text`. `request.url` is the path below the gateway's root. */
export function sendProblemFor(
  request: IncomingMessage,
  response: ServerResponse,
  problem: Problem,
  text: ProblemText,
): void {
  const { method, headers } = request;
  const isRead = method === 'GET' || method === 'HEAD';
  if (!isRead || !WANTS_HTML.test(headers.accept ?? '')) return sendProblem(response, problem, VARY_ACCEPT);
  const html = Buffer.from(pageOf(text, pageLanguage(request), rootFrom(request.url ?? '/')));
  response.writeHead(problem.status, {
    'content-type': 'text/html; charset=utf-8',
    'content-length': html.length,
    'cache-control': 'no-store',
    'content-security-policy': POLICY,
    'referrer-policy': 'strict-origin-when-cross-origin',
    'x-content-type-options': 'nosniff',
    vary: 'Accept, Accept-Language',
  });
  response.end(method === 'HEAD' ? undefined : html);
}

function pageOf(text: ProblemText, language: PageLanguage, root: string): string {
  const { [text]: words, streams } = PROBLEM_WORDS[language];
  const { title, detail } = words;
  return [
    `<!doctype html><html lang="${LANGUAGE_TAGS[language]}"><head><meta charset="utf-8">`,
    '<meta name="viewport" content="width=device-width,initial-scale=1">',
    `<title>${escapeMarkup(title)}</title><style>${STYLE}</style></head>`,
    `<body><h1>${escapeMarkup(title)}</h1><p>${escapeMarkup(detail)}</p>`,
    `<p><a href="${root}">${escapeMarkup(streams)}</a></p></body></html>\n`,
  ].join('');
}

/** The gateway's root relative to a path below it, because a path prefix is unknown. */
function rootFrom(target: string): string {
  const path = target.split('?')[0] ?? '/';
  return '../'.repeat(path.split('/').length - 2) || './';
}
