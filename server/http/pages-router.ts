// The pages (set-up, watch, embed, dashboard) and their files, built from web/ and read once.

import type { ServerResponse } from 'node:http';
import express, { type Router } from 'express';
import { isStreamName } from '../live/stream-name.ts';
import type { Logger } from '../log.ts';
import { readAssets, sendAsset } from './assets.ts';
import { type Problem, redirectTo } from './http-replies.ts';
import { PAGE_FILES, readPage } from './page-files.ts';
import type { PageLook } from './page-look.ts';
import { sendProblemFor } from './problem-page.ts';

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "worker-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  // hls.js starts text tracks of captions with an empty file in a data: URL.
  "media-src 'self' blob: data:",
  "connect-src 'self'",
  "font-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** Content Security Policy cannot name local files and apps, so a page that they may frame has no frame-ancestors. */
const framedBy = (ancestors: string): string => `${POLICY}; frame-ancestors ${ancestors}`;
const OWN_FRAMES_POLICY = framedBy("'self'");
/** A page that changes things must not be framed: its buttons could be pressed through another page. */
const NO_FRAMES_POLICY = framedBy("'none'");
/** The watch page shows a preview of the embed. */
const WATCH_POLICY = `${OWN_FRAMES_POLICY}; frame-src 'self'`;

const BAD_NAME: Problem = {
  status: 404,
  title: 'No such page',
  detail: 'A stream name is 1 to 64 letters, digits, "-" or "_".',
};

type Page = { readonly html: Buffer; readonly policy: string };

export type PagesOptions = {
  /** The folder that `npm run build` fills. */
  readonly webRoot: URL;
  /** Sites that may frame the embed page, separated by blanks or commas; empty for any site, app and local file. */
  readonly embedOrigins: string;
  readonly look: PageLook;
  readonly log: Logger;
};

/** Reads the built pages. Throws GatewayError if they are not built. */
export function createPagesRouter({ webRoot, embedOrigins, look, log }: PagesOptions): Router {
  const built = (file: string, root: string): Buffer => look.applyTo(readPage(file, webRoot), root);
  const setup: Page = { html: built(PAGE_FILES.setup, './'), policy: OWN_FRAMES_POLICY };
  const watch: Page = { html: built(PAGE_FILES.watch, '../'), policy: WATCH_POLICY };
  const embedPolicy =
    embedOrigins === '' ? POLICY : framedBy(`'self' ${embedOrigins.split(/[\s,]+/).join(' ')}`);
  const embed: Page = { html: built(PAGE_FILES.embed, '../'), policy: embedPolicy };
  const stream: Page = { html: built(PAGE_FILES.dashboard, '../'), policy: NO_FRAMES_POLICY };
  const dashboard: Page = { html: oneFolderUp(stream.html), policy: NO_FRAMES_POLICY };
  const router = express.Router({ strict: true });
  router.get('/', (_request, response) => sendPage(response, setup));
  router.get('/dashboard', (_request, response) => sendPage(response, dashboard));
  router.get('/dashboard/', (request, response) => redirectTo(response, '../dashboard', request.url));
  const named = { '/watch/:name': watch, '/embed/:name': embed, '/dashboard/:name': stream };
  for (const [path, page] of Object.entries(named)) {
    router.get(path, (request, response) => {
      if (isStreamName(String(request.params['name']))) sendPage(response, page);
      else sendProblemFor(request, response, BAD_NAME);
    });
    // Redirect: the page's relative addresses need the path without the slash.
    const withSlash: string = `${path}/`;
    router.get(withSlash, (request, response) => {
      const name = String(request.params['name']);
      if (isStreamName(name)) redirectTo(response, `../${name}`, request.url);
      else sendProblemFor(request, response, BAD_NAME);
    });
  }
  const assets = new Map([...readAssets(new URL('assets/', webRoot)), ...look.assets]);
  router.get('/assets/:name', (request, response, next) => {
    const asset = assets.get(String(request.params['name']));
    if (asset === undefined) next();
    else sendAsset(request, response, asset, { log });
  });
  return router;
}

/** The built page addresses its files as `../assets/`; at `/dashboard` they are one folder nearer. */
function oneFolderUp(html: Buffer): Buffer {
  return Buffer.from(html.toString('utf8').replaceAll('"../assets/', '"./assets/'));
}

function sendPage(response: ServerResponse, page: Page): void {
  // The router of signed streams has set another status if the viewer has no access; the page says so.
  response.writeHead(response.statusCode, {
    'content-type': 'text/html; charset=utf-8',
    'content-length': page.html.length,
    'cache-control': 'no-cache',
    'content-security-policy': page.policy,
    'referrer-policy': 'strict-origin-when-cross-origin',
    'x-content-type-options': 'nosniff',
  });
  response.end(response.req.method === 'HEAD' ? undefined : page.html);
}
