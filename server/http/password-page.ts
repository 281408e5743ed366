// The page that asks for the password of a stream. It works without script, and gives no cookie: the answer is a link.

import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { LANGUAGE_TAGS, type PageLanguage, pageLanguage } from './page-language.ts';
import { PASSWORD_WORDS, type PasswordPageState } from './password-words.ts';

/** The colours of web/page/style.css. */
const STYLE =
  ':root{color-scheme:dark light;--g:#0b0f14;--p:#131a22;--l:#2a3744;--t:#eaf0f5;--s:#a3b3c2;--a:#4fd1c5;--i:#04211e}' +
  '@media(prefers-color-scheme:light){:root{--g:#f4f6f8;--p:#fff;--l:#8b99a6;--t:#131c25;--s:#4d5c6b;--a:#0b7a70;--i:#fff}}' +
  'body{margin:0;min-height:100vh;min-height:100svh;display:grid;place-content:center;padding:1rem;box-sizing:border-box;' +
  'font:1rem/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;background:var(--g);color:var(--t)}' +
  'main{display:grid;gap:.75rem;width:min(26rem,calc(100vw - 2rem));box-sizing:border-box;padding:2rem;background:var(--p);' +
  'border:1px solid var(--l);border-radius:16px}h1{font-size:1.5rem;line-height:1.2;margin:0;overflow-wrap:anywhere}p{margin:0;color:var(--s)}' +
  'form{display:grid;gap:1rem;margin-top:.5rem}label{display:grid;gap:.375rem;font-weight:600}' +
  'input,button{font:inherit;min-height:48px;border-radius:10px;box-sizing:border-box}' +
  'input{padding:0 .875rem;border:1px solid var(--l);background:var(--g);color:var(--t)}' +
  'button{border:0;background:var(--a);color:var(--i);font-weight:650;cursor:pointer}' +
  // A wall is read from far away: as in web/stage/stage.css.
  '@media(min-width:1800px){:root{font-size:118.75%}}@media(min-width:2500px){:root{font-size:150%}}' +
  '@media(min-width:3600px){:root{font-size:225%}}' +
  ':focus-visible{outline:2px solid var(--a);outline-offset:2px}' +
  '@media(forced-colors:active){button{border:2px solid ButtonText}}';
const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');
const POLICY = `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; base-uri 'none'; form-action 'self'`;

const STATUSES: Readonly<Record<PasswordPageState, number>> = {
  asked: 403,
  wrong: 403,
  'too-many': 429,
  busy: 503,
};
/** One more attempt is allowed after this time. */
const RETRY_S: Partial<Record<PasswordPageState, string>> = { 'too-many': '12', busy: '2' };

/** `name` is the stream's. `frameAncestors`: sites that may frame the page, as in Content Security Policy; undefined for any. */
export function sendPasswordPage(
  response: ServerResponse,
  name: string,
  state: PasswordPageState,
  frameAncestors: string | undefined,
): void {
  const html = Buffer.from(pageOf(name, state, pageLanguage(response.req)));
  const retry = RETRY_S[state];
  response.writeHead(STATUSES[state], {
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

/** A name has no character that is markup. Without `action`, the form is sent to the address of the page, with its query. */
function pageOf(name: string, state: PasswordPageState, language: PageLanguage): string {
  const words = PASSWORD_WORDS[language];
  return [
    `<!doctype html><html lang="${LANGUAGE_TAGS[language]}"><head><meta charset="utf-8">`,
    '<meta name="viewport" content="width=device-width,initial-scale=1"><meta name="robots" content="noindex">',
    `<title>${words.title}: ${name}</title><style>${STYLE}</style></head>`,
    `<body><main><h1>${name}</h1><p role="status">${words[state]}</p>`,
    `<form method="post"><label>${words.label}`,
    '<input type="password" name="password" autocomplete="current-password" maxlength="128" required autofocus></label>',
    `<button>${words.watch}</button></form></main></body></html>\n`,
  ].join('');
}
