// The pages that people open: set-up, watch, embed, and what they are made of. Built by web/, served from disk once read.

import { readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { fileURLToPath } from 'node:url';
import express, { type Router } from 'express';
import { GatewayError } from '../errors.ts';
import { isStreamName } from '../live/stream-name.ts';
import { sendProblem } from './http-replies.ts';

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "worker-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  // hls.js begins the text tracks of captions with an empty file in a data: URL.
  "media-src 'self' blob: data:",
  "connect-src 'self'",
  "font-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

type Page = { readonly html: Buffer; readonly isFrameable: boolean };

/** Reads the built pages; `webRoot` is the folder that `npm run build` fills. Throws GatewayError when it has not. */
export function createPagesRouter(webRoot: URL): Router {
  const setup: Page = { html: readPage(new URL('index.html', webRoot)), isFrameable: false };
  const watch: Page = { html: readPage(new URL('watch/index.html', webRoot)), isFrameable: false };
  const embed: Page = { html: readPage(new URL('embed/index.html', webRoot)), isFrameable: true };
  const router = express.Router({ strict: true });
  router.get('/', (_request, response) => sendPage(response, setup));
  for (const [path, page] of Object.entries({ '/watch/:name': watch, '/embed/:name': embed })) {
    router.get(path, (request, response) => {
      if (isStreamName(String(request.params['name']))) return sendPage(response, page);
      sendProblem(response, {
        status: 404,
        title: 'No such page',
        detail: 'A stream name is 1 to 64 letters, digits, "-" or "_".',
      });
    });
  }
  router.use(
    '/assets',
    express.static(fileURLToPath(new URL('assets', webRoot)), {
      immutable: true,
      maxAge: '365d',
      index: false,
      redirect: false,
      setHeaders: (response) => {
        response.setHeader('x-content-type-options', 'nosniff');
        // A sandboxed frame has the origin "null": its scripts and styles come from a foreign site.
        response.setHeader('access-control-allow-origin', '*');
      },
    }),
  );
  return router;
}

function readPage(file: URL): Buffer {
  try {
    return readFileSync(file);
  } catch {
    throw new GatewayError(
      'config',
      'pages_missing',
      `the page ${fileURLToPath(file)} cannot be read; npm run build makes it`,
    );
  }
}

function sendPage(response: ServerResponse, page: Page): void {
  response.writeHead(200, {
    'content-type': 'text/html; charset=utf-8',
    'content-length': page.html.length,
    'cache-control': 'no-cache',
    'content-security-policy': `${POLICY}; frame-ancestors ${page.isFrameable ? '*' : "'self'"}`,
    'referrer-policy': 'strict-origin-when-cross-origin',
    'x-content-type-options': 'nosniff',
  });
  response.end(response.req.method === 'HEAD' ? undefined : page.html);
}
