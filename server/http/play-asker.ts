// Asks the operator's server about viewers (auth.play-url). A viewer who may watch is sent to the same address with a token.

import type { PlayAttempt, PlayVerdict } from '../access/play-callback.ts';
import type { PlaybackAccess } from '../access/playback-access.ts';
import { guarded } from '../guard.ts';
import type { Logger } from '../log.ts';
import type { Admission } from './admission.ts';
import type { HttpReply, HttpRequest } from './http-exchange.ts';
import { type Problem, sendProblem } from './http-replies.ts';
import { isOver } from './is-over.ts';

export type PlayAskerOptions = {
  readonly check: (attempt: PlayAttempt) => PlayVerdict | Promise<PlayVerdict>;
  readonly playback: Pick<PlaybackAccess, 'issueForViewer'>;
  readonly admission: Pick<Admission, 'clientOf' | 'denied'>;
  readonly log: Logger;
};

type Denial = Extract<PlayVerdict, { readonly kind: 'denied' }>;

const ANY_ORIGIN: readonly string[] = ['access-control-allow-origin', '*'];
/** RFC 9110 clause 11.6.1: a browser asks for a name and a password. */
const CHALLENGE: readonly string[] = [...ANY_ORIGIN, 'www-authenticate', 'Basic realm="stream"'];
const BASIC = /^Basic +([A-Za-z0-9+/]{1,1024}={0,2}) *$/i;

export class PlayAsker {
  readonly #options: PlayAskerOptions;

  constructor(options: PlayAskerOptions) {
    this.#options = options;
  }

  /** Calls `onAllowed` with a token, or refuses the request. */
  ask(response: HttpReply, name: string, query: string, onAllowed: (token: string) => void): void {
    const { check, playback, admission, log } = this.#options;
    const { req } = response;
    const address = admission.clientOf(req);
    const settle = (verdict: PlayVerdict): void => {
      if (isOver(response)) return;
      if (verdict.kind === 'allowed') return onAllowed(playback.issueForViewer(name, verdict.until));
      admission.denied(verdict.code, address);
      sendProblem(response, problemFor(verdict), verdict.asksCredentials ? CHALLENGE : ANY_ORIGIN);
    };
    const given = withCredentials(query, req.headers.authorization);
    const verdict = check({ name, query: given, address: address ?? '', ...clientFacts(req) });
    if (!(verdict instanceof Promise)) return settle(verdict);
    const guard = { log, close: () => void response.destroy() };
    void verdict.then(guarded(guard, settle));
  }
}

/** What a browser sends after the challenge (RFC 7617), as the arguments that back-ends know. Those of the address come first. */
function withCredentials(query: string, authorization: string | undefined): string {
  const [, encoded] = BASIC.exec(authorization ?? '') ?? [];
  const parameters = new URLSearchParams(query);
  if (encoded === undefined || parameters.has('user') || parameters.has('pass')) return query;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colonAt = text.indexOf(':');
  if (colonAt === -1) return query;
  const given = new URLSearchParams({ user: text.slice(0, colonAt), pass: text.slice(colonAt + 1) });
  return query === '' ? String(given) : `${given}&${query}`;
}

function clientFacts({ headers, socket }: HttpRequest): Pick<PlayAttempt, 'userAgent' | 'pageUrl' | 'base'> {
  const scheme = 'encrypted' in socket && socket.encrypted === true ? 'https' : 'http';
  const host = headers.host ?? String(headers[':authority'] ?? '');
  return {
    userAgent: headers['user-agent'] ?? '',
    pageUrl: headers.referer ?? '',
    base: host === '' ? '' : `${scheme}://${host}`,
  };
}

function problemFor({ code, reason, asksCredentials }: Denial): Problem {
  const status = code !== 'callback_refused' ? 503 : asksCredentials ? 401 : 403;
  const detail = `${reason.charAt(0).toUpperCase()}${reason.slice(1)}.`;
  return { status, title: status === 503 ? 'Not checked' : 'No access', detail, code };
}
