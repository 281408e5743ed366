// Signed streams in the API and on the pages: checks the token, and asks for the password of a stream.

import type { ServerResponse } from 'node:http';
import express, { type NextFunction, type Request, type Response, type Router } from 'express';
import type { PlaybackAccess } from '../access/playback-access.ts';
import type { PlaybackRefusal, PlaybackVerdict } from '../access/playback-verdict.ts';
import type { Admission } from './admission.ts';
import { type Problem, sendProblem } from './http-replies.ts';
import { isOver } from './is-over.ts';
import { sendPasswordPage } from './password-page.ts';
import { playbackProblem, queryWithoutToken, tokenOf } from './playback-door.ts';

/** A form with one password of 128 characters, each percent-encoded. */
const MAX_FORM_BYTES = 4 * 1024;
const MAX_FORM_FIELDS = 4;

/** Problems for the statuses of Express's reader of forms. */
const FORM_PROBLEMS: Readonly<Record<number, Problem>> = {
  413: {
    status: 413,
    title: 'Form too large',
    detail: `The form with the password has ${MAX_FORM_BYTES} bytes and ${MAX_FORM_FIELDS} fields at most.`,
  },
  415: {
    status: 415,
    title: 'Unknown form',
    detail:
      'The form has an unknown encoding; send application/x-www-form-urlencoded in UTF-8, not compressed.',
  },
};
const BAD_FORM: Problem = {
  status: 400,
  title: 'Bad form',
  detail: 'The form with the password cannot be read; send it again.',
};

export type PlaybackRouterOptions = {
  readonly playback: Pick<PlaybackAccess, 'isSigned' | 'check' | 'passwords' | 'issueForPassword'>;
  readonly admission: Pick<Admission, 'clientOf' | 'denied'>;
  /** As PagesOptions has it. */
  readonly embedOrigins: string;
};

const PAGES = ['/watch/:name', '/embed/:name'];
const PAGE_PATH = /^\/(?:watch|embed)\/([^/?]+)(?:\?|$)/;

export function createPlaybackRouter(options: PlaybackRouterOptions): Router {
  const { playback, admission } = options;
  // The pages have addresses without a final slash; the API has both, as its own router.
  const pages = express.Router({ strict: true });
  const api = express.Router();
  /** Calls `next` for a stream that needs no token and for a valid token, else `refuse`. */
  const checked =
    (refuse: (request: Request, response: Response, refusal: PlaybackRefusal, next: NextFunction) => void) =>
    (request: Request, response: Response, next: NextFunction): void => {
      const name = String(request.params['name']);
      if (!playback.isSigned(name)) return next();
      const client = admission.clientOf(request);
      const settle = (verdict: PlaybackVerdict): void => {
        if (isOver(response)) return;
        if (verdict.kind === 'allowed') return next();
        admission.denied(verdict.code, client);
        refuse(request, response, verdict, next);
      };
      const verdict = playback.check(name, tokenOf(request), client);
      if (verdict instanceof Promise) verdict.then(settle).catch(next);
      else settle(verdict);
    };

  api.get(
    '/api/v1/streams/:name',
    checked((_request, response, refusal) => {
      response.setHeader('access-control-allow-origin', '*');
      sendProblem(response, playbackProblem(refusal));
    }),
  );
  pages.get(
    PAGES,
    checked((request, response, refusal, next) => {
      const name = String(request.params['name']);
      if (playback.passwords.has(name))
        return sendPasswordPage(response, name, 'asked', ancestorsOf(request, options));
      // The page itself says so, and may be given a token by the site that embeds it.
      response.statusCode = playbackProblem(refusal).status;
      next();
    }),
  );
  const form = express.urlencoded({
    extended: false,
    limit: MAX_FORM_BYTES,
    parameterLimit: MAX_FORM_FIELDS,
  });
  pages.post(PAGES, (request, response, next) => {
    const name = String(request.params['name']);
    if (!playback.isSigned(name) || !playback.passwords.has(name)) return next();
    form(request, response, (error?: unknown) => {
      if (error !== undefined && error !== null) return refuseForm(response, error, next);
      enter(request, response, name, options).catch(next);
    });
  });
  return besideOptions(express.Router().use(api, pages), playback);
}

/** What is checked here is answered elsewhere, but Express would answer OPTIONS with the methods of the checks. */
function besideOptions(checks: Router, playback: PlaybackRouterOptions['playback']): Router {
  return express.Router().use((request, response, next) => {
    if (request.method !== 'OPTIONS') return void checks(request, response, next);
    const name = PAGE_PATH.exec(request.url)?.[1];
    const hasForm = name !== undefined && playback.isSigned(name) && playback.passwords.has(name);
    if (hasForm) response.writeHead(204, { allow: 'GET, HEAD, POST, OPTIONS' }).end();
    else next();
  });
}

/** A form that cannot be read is a fault of the client; any other error is not. */
function refuseForm(response: Response, error: unknown, next: NextFunction): void {
  const status =
    typeof error === 'object' && error !== null && 'status' in error ? Number(error.status) : 500;
  if (!(status >= 400 && status < 500)) return next(error);
  if (!isOver(response)) sendProblem(response, FORM_PROBLEMS[status] ?? BAD_FORM);
}

/** A right password gets a link with a token; the page at that link plays. */
async function enter(
  request: Request,
  response: ServerResponse,
  name: string,
  options: PlaybackRouterOptions,
): Promise<void> {
  const { playback, admission } = options;
  const client = admission.clientOf(request);
  const body: unknown = request.body;
  const password =
    typeof body === 'object' && body !== null && 'password' in body && typeof body.password === 'string'
      ? body.password
      : '';
  const outcome = await playback.passwords.check(name, password, client);
  if (isOver(response)) return;
  if (outcome === 'right') return redirectWithToken(request, response, name, playback.issueForPassword(name));
  if (outcome === 'wrong') admission.denied('wrong_password', client);
  if (outcome === 'too-many') admission.denied('too_many_passwords', client);
  sendPasswordPage(response, name, outcome, ancestorsOf(request, options));
}

function redirectWithToken(request: Request, response: ServerResponse, name: string, token: string): void {
  const { url } = request;
  const queryAt = url.indexOf('?');
  const others = queryAt < 0 ? '' : queryWithoutToken(url.slice(queryAt + 1));
  response.writeHead(303, {
    // Relative, because a path prefix is unknown.
    location: `${name}?token=${token}${others === '' ? '' : `&${others}`}`,
    'cache-control': 'no-store',
  });
  response.end();
}

/** As for the pages themselves: any site may frame the embed page, unless the setting names some. */
function ancestorsOf(request: Request, { embedOrigins }: PlaybackRouterOptions): string | undefined {
  if (!request.url.startsWith('/embed/')) return "'self'";
  return embedOrigins === '' ? undefined : `'self' ${embedOrigins.split(/[\s,]+/).join(' ')}`;
}
