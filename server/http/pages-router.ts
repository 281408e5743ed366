// The pages (set-up, watch, embed with its playground, dashboard, report about a test) and their files, built from web/ and read once.

import type { ServerResponse } from 'node:http';
import express, { type Request, type Router } from 'express';
import { isStreamName } from '../live/stream-name.ts';
import type { Logger } from '../log.ts';
import { assetOf, readAssets, sendAsset } from './assets.ts';
import { getRoute } from './get-route.ts';
import { type Problem, redirectTo } from './http-replies.ts';
import { createOembedRouter } from './oembed-router.ts';
import { PAGE_FILES, readPage } from './page-files.ts';
import { cardImage, NamedPage } from './page-head.ts';
import type { PageLook } from './page-look.ts';
import { sendProblemFor } from './problem-page.ts';
import { type PublicRootOptions, publicRoot } from './public-root.ts';

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "worker-src 'none'",
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
/** The set-up page, the watch page and the playground show the embed in a frame. */
const FRAMING_POLICY = `${OWN_FRAMES_POLICY}; frame-src 'self'`;

/** In pages of other sites, unless pages.title is set. */
const PRODUCT = 'Sluice';
/** A page that changes things must not be framed: its buttons could be pressed through another page. */
const NO_FRAMES_POLICY = framedBy("'none'");

/** Scripts and styles of pages in sandboxed frames and on other sites. */
const ANY_ORIGIN = { anyOrigin: true };

const BAD_NAME: Problem = {
  status: 404,
  title: 'No such page',
  detail: 'A stream name is 1 to 64 letters, digits, "-" or "_".',
};

type Page = { readonly html: Buffer; readonly policy: string };

export type PagesOptions = PublicRootOptions & {
  /** Whether viewers of this stream need a token. */
  readonly isSigned: (name: string) => boolean;
  /** The folder that `npm run build` fills. */
  readonly webRoot: URL;
  /** Sites that may frame the embed page, separated by blanks or commas; empty for any site, app and local file. */
  readonly embedOrigins: string;
  readonly look: PageLook;
  readonly log: Logger;
};

/** Reads the built pages. Throws GatewayError if they are not built. */
export function createPagesRouter(options: PagesOptions): Router {
  const { webRoot, look, log } = options;
  const built = (file: string, root: string): Buffer => look.applyTo(readPage(file, webRoot), root);
  const named = namedPages(options, built);
  const page = (file: string, root: string, policy: string): Page => ({ html: built(file, root), policy });
  const setup = page(PAGE_FILES.setup, './', FRAMING_POLICY);
  const dashboard = { html: oneFolderUp(built(PAGE_FILES.dashboard, '../')), policy: NO_FRAMES_POLICY };
  const router = express.Router({ strict: true });
  getRoute(router, '/', (_request, response) => sendPage(response, setup));
  router.use(named.oembed);
  getRoute(router, '/dashboard', (_request, response) => sendPage(response, dashboard));
  getRoute(router, '/dashboard/', (request, response) => redirectTo(response, '../dashboard', request.url));
  for (const [path, pageOf] of Object.entries(named.pages)) {
    getRoute(router, path, (request, response) => {
      const name = String(request.params['name']);
      if (isStreamName(name)) sendPage(response, pageOf(request, name));
      else sendProblemFor(request, response, BAD_NAME, 'badName');
    });
    // Redirect: the page's relative addresses need the path without the slash.
    const withSlash: string = `${path}/`;
    getRoute(router, withSlash, (request, response) => {
      const name = String(request.params['name']);
      const last = path.endsWith('/:name') ? name : path.slice(path.lastIndexOf('/') + 1);
      if (isStreamName(name)) redirectTo(response, `../${last}`, request.url);
      else sendProblemFor(request, response, BAD_NAME, 'badName');
    });
  }
  const hostScript = assetOf('embed.js', readPage(PAGE_FILES.hostScript, webRoot), false);
  getRoute(
    router,
    '/embed.js',
    (request, response) => sendAsset(request, response, hostScript, { log }),
    ANY_ORIGIN,
  );
  const assets = new Map([...readAssets(new URL('assets/', webRoot)), ...look.assets]);
  getRoute(
    router,
    '/assets/:name',
    (request, response, next) => {
      const asset = assets.get(String(request.params['name']));
      if (asset === undefined) next();
      else sendAsset(request, response, asset, { log });
    },
    ANY_ORIGIN,
  );
  return router;
}

type PageOf = (request: Request, name: string) => Page;

/** Pages of one stream: those for viewers have its name in their heads. */
function namedPages(
  options: PagesOptions,
  built: (file: string, root: string) => Buffer,
): { readonly pages: Readonly<Record<string, PageOf>>; readonly oembed: Router } {
  const { embedOrigins, isSigned, look } = options;
  const site = look.title || PRODUCT;
  const forViewers = (html: string, policy: string): PageOf => {
    const page = new NamedPage(html, site);
    return (request, name) => {
      const root = publicRoot(request, options);
      return { html: page.page({ root, name, isOpen: !isSigned(name) }), policy };
    };
  };
  const embedPolicy =
    embedOrigins === '' ? POLICY : framedBy(`'self' ${embedOrigins.split(/[\s,]+/).join(' ')}`);
  const watch = built(PAGE_FILES.watch, '../').toString();
  const playground: Page = { html: built(PAGE_FILES.playground, '../../'), policy: FRAMING_POLICY };
  const unframed = (file: string): Page => ({ html: built(file, '../'), policy: NO_FRAMES_POLICY });
  const [stream, report] = [unframed(PAGE_FILES.dashboard), unframed(PAGE_FILES.report)];
  return {
    pages: {
      '/watch/:name': forViewers(watch, FRAMING_POLICY),
      '/embed/:name': forViewers(built(PAGE_FILES.embed, '../').toString(), embedPolicy),
      '/dashboard/:name': () => stream,
      '/embed/:name/test': () => playground,
      // The name of a test is its id.
      '/tests/:name': () => report,
    },
    oembed: createOembedRouter({ ...options, site, isSigned, image: cardImage(watch) }),
  };
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
