// The page that asks for the password of a stream. It works without script, and gives no cookie: the answer is a link.

import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';

const STYLE =
  ':root{color-scheme:dark light}body{margin:0;min-height:100vh;display:grid;place-content:center;gap:.75rem;padding:1.5rem;' +
  'font:1rem/1.5 system-ui,sans-serif;box-sizing:border-box}h1{font-size:1.5rem;margin:0}p{margin:0}' +
  'form{display:flex;flex-wrap:wrap;gap:.5rem;align-items:end}label{display:grid;gap:.25rem}' +
  'input,button{font:inherit;padding:.5rem .75rem}';
const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');
const POLICY = `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; base-uri 'none'; form-action 'self'`;

/** Why the page is shown: nothing was entered yet, or what was entered cannot be used. */
export type PasswordPageState = 'asked' | 'wrong' | 'too-many' | 'busy';

const STATES: Readonly<Record<PasswordPageState, { readonly status: number; readonly text: string }>> = {
  asked: { status: 403, text: 'This stream has a password.' },
  wrong: { status: 403, text: 'The password is wrong.' },
  'too-many': {
    status: 429,
    text: 'Too many wrong passwords came from your address. Try again in a few minutes.',
  },
  busy: { status: 503, text: 'The gateway is busy. Try again in a few seconds.' },
};
/** One more attempt is allowed after this time. */
const RETRY_S: Partial<Record<PasswordPageState, string>> = { 'too-many': '12', busy: '2' };

/** `frameAncestors`: sites that may frame the page, as in Content Security Policy; undefined for any. */
export function sendPasswordPage(
  response: ServerResponse,
  state: PasswordPageState,
  frameAncestors: string | undefined,
): void {
  const { status, text } = STATES[state];
  const html = Buffer.from(pageOf(text));
  const retry = RETRY_S[state];
  response.writeHead(status, {
    'content-type': 'text/html; charset=utf-8',
    'content-length': html.length,
    'cache-control': 'no-store',
    'content-security-policy':
      frameAncestors === undefined ? POLICY : `${POLICY}; frame-ancestors ${frameAncestors}`,
    'referrer-policy': 'strict-origin-when-cross-origin',
    'x-content-type-options': 'nosniff',
    ...(retry === undefined ? {} : { 'retry-after': retry }),
  });
  response.end(response.req.method === 'HEAD' ? undefined : html);
}

/** Without `action`, the form is sent to the address of the page, with its query. */
function pageOf(text: string): string {
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width,initial-scale=1"><meta name="robots" content="noindex">',
    `<title>Password</title><style>${STYLE}</style></head>`,
    `<body><h1>Password</h1><p role="status">${text}</p>`,
    '<form method="post"><label>Password of the stream',
    '<input type="password" name="password" autocomplete="current-password" maxlength="128" required autofocus></label>',
    '<button>Watch</button></form></body></html>\n',
  ].join('');
}
