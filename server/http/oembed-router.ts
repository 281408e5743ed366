// `GET /oembed`: the embed code of a stream for the sites of others (oembed.com, clauses 2.2 and 2.3).

import type { ServerResponse } from 'node:http';
import express, { type Request, type Response, type Router } from 'express';
import { isStreamName } from '../live/stream-name.ts';
import { embedFrame, frameSize } from './embed-frame.ts';
import { escapeMarkup } from './escape-markup.ts';
import { getRoute } from './get-route.ts';
import { type Problem, sendProblem } from './http-replies.ts';
import { CARD_SIZE } from './page-head.ts';
import { type PublicRootOptions, publicRoot } from './public-root.ts';

/** An answer stays right until the setting http.public-url changes. */
const CACHE_AGE_S = 3_600;
/** No screen is larger. A consumer that has no limit sends a larger number. */
const MAX_SIDE = 16_384;
const CHALLENGE: readonly string[] = ['www-authenticate', 'Bearer realm="playback"'];

export type OembedOptions = PublicRootOptions & {
  /** The name of the gateway for its viewers. */
  readonly site: string;
  /** Whether viewers of this stream need a token. */
  readonly isSigned: (name: string) => boolean;
  /** File name of the image for cards, in assets/. */
  readonly image: string | undefined;
};

type Answer = Readonly<Record<string, string | number>>;

export function createOembedRouter(options: OembedOptions): Router {
  const router = express.Router();
  const answer = (request: Request, response: Response): void => {
    // Scripts of other sites may read it: it says nothing that the page does not say.
    response.setHeader('access-control-allow-origin', '*');
    const parameters = new URL(request.url, 'http://gateway').searchParams;
    const root = publicRoot(request, options);
    const outcome = answerFor(parameters, root, options);
    if ('status' in outcome) sendProblem(response, outcome, outcome.status === 401 ? CHALLENGE : undefined);
    else sendAnswer(response, outcome, parameters.get('format') ?? 'json');
  };
  getRoute(router, '/oembed', answer, { anyOrigin: true });
  return router;
}

function answerFor(
  parameters: URLSearchParams,
  root: string | undefined,
  { isSigned, image, site }: Pick<OembedOptions, 'isSigned' | 'image' | 'site'>,
): { readonly answer: Answer } | Problem {
  const format = parameters.get('format') ?? 'json';
  if (format !== 'json' && format !== 'xml')
    return problem(501, 'Unknown format', `The format ${quoted(format)} is not json or xml.`);
  const url = parameters.get('url');
  if (url === null)
    return problem(400, 'No url', 'Add url= with the address of a watch page, percent-encoded.');
  const [maxWidth, maxHeight] = [sideOf(parameters, 'maxwidth'), sideOf(parameters, 'maxheight')];
  if (maxWidth === 'invalid' || maxHeight === 'invalid')
    return problem(400, 'Bad size', 'maxwidth and maxheight are whole numbers from 1.');
  const name = root === undefined ? undefined : nameIn(url, root);
  if (root === undefined || name === undefined)
    return problem(404, 'Not found', `${quoted(url)} is not the address of a watch page of this gateway.`);
  if (isSigned(name))
    return problem(401, 'Needs a token', 'Viewers of this stream need a token, so no embed code is given.');
  const size = frameSize(maxHeight === undefined ? maxWidth : (maxWidth ?? MAX_SIDE), maxHeight);
  const hasRoom = (maxWidth ?? MAX_SIDE) >= CARD_SIZE.width && (maxHeight ?? MAX_SIDE) >= CARD_SIZE.height;
  return {
    answer: {
      version: '1.0',
      type: 'video',
      title: name,
      provider_name: site,
      provider_url: root,
      cache_age: CACHE_AGE_S,
      ...(image === undefined || !hasRoom
        ? {}
        : {
            thumbnail_url: `${root}assets/${image}`,
            thumbnail_width: CARD_SIZE.width,
            thumbnail_height: CARD_SIZE.height,
          }),
      ...size,
      html: embedFrame(root, name, size),
    },
  };
}

/** The stream of a watch page or an embed of this gateway. http and https are the same page. */
function nameIn(url: string, root: string): string | undefined {
  if (!URL.canParse(url)) return undefined;
  const [asked, own] = [new URL(url), new URL(root)];
  if (asked.protocol !== 'http:' && asked.protocol !== 'https:') return undefined;
  const isOwnHost = asked.host === own.host || (asked.hostname === own.hostname && isDefaultPort(asked, own));
  if (!isOwnHost || !asked.pathname.startsWith(own.pathname)) return undefined;
  const name = /^(?:watch|embed)\/([^/]+)\/?$/.exec(asked.pathname.slice(own.pathname.length))?.[1];
  return name !== undefined && isStreamName(name) ? name : undefined;
}

/** Both use the port of their scheme: a site may link to http while the gateway is reached by https. */
function isDefaultPort(asked: URL, own: URL): boolean {
  return asked.port === '' && own.port === '';
}

function sideOf(parameters: URLSearchParams, side: string): number | undefined | 'invalid' {
  const text = parameters.get(side);
  if (text === null || text === '') return undefined;
  return /^0*[1-9]\d*$/.test(text) ? Math.min(Number(text), MAX_SIDE) : 'invalid';
}

function sendAnswer(response: ServerResponse, { answer }: { readonly answer: Answer }, format: string): void {
  const body = Buffer.from(format === 'xml' ? xmlOf(answer) : `${JSON.stringify(answer)}\n`);
  response.writeHead(200, {
    'content-type': `${format === 'xml' ? 'text/xml' : 'application/json'}; charset=utf-8`,
    'content-length': body.length,
    'cache-control': `public, max-age=${CACHE_AGE_S}`,
    // Its addresses are those of the request, if http.public-url is not set.
    vary: 'Host',
    'x-content-type-options': 'nosniff',
  });
  response.end(response.req.method === 'HEAD' ? undefined : body);
}

function xmlOf(answer: Answer): string {
  const fields = Object.entries(answer).map(
    ([key, value]) => `  <${key}>${escapeMarkup(String(value))}</${key}>`,
  );
  return `<?xml version="1.0" encoding="utf-8" standalone="yes"?>\n<oembed>\n${fields.join('\n')}\n</oembed>\n`;
}

function problem(status: Problem['status'], title: string, detail: string): Problem {
  return { status, title, detail };
}

const QUOTED_CHARACTERS = 120;

/** A value from the request, short enough for a message. */
function quoted(value: string): string {
  return JSON.stringify(value.length > QUOTED_CHARACTERS ? `${value.slice(0, QUOTED_CHARACTERS)}…` : value);
}
