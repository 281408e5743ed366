// Streams that need a token: where requests carry it, and how a refusal is sent.

import type { IncomingMessage } from 'node:http';
import type { PlaybackAccess } from '../access/playback-access.ts';
import { type PlaybackRefusal, type PlaybackRefusalCode, REFUSED } from '../access/playback-verdict.ts';
import type { Problem } from './http-replies.ts';

/** Decides about each request for a signed stream. */
export type PlaybackDoor = Pick<PlaybackAccess, 'isSigned' | 'needsToken' | 'check'>;

/** `/live/NAME/t/TOKEN/FILE`. Playlists have relative URIs, so every request after the first has the token too. */
export const TOKEN_FOLDER = 't';
/** The parameter of the first request, where a path is inconvenient. */
const TOKEN_PARAMETER = 'token';
/** Base64url, and the dots of a JWT. */
const TOKEN_SHAPE = /^[A-Za-z0-9._-]{1,2048}$/;
const TOKEN_IN_PATH = /\/t\/[^/?#]+/g;

/** The token in a query; undefined if there is none, or if it has characters that no token has. */
export function tokenOfQuery(query: string): string | undefined {
  if (!query.includes(TOKEN_PARAMETER)) return undefined;
  const token = new URLSearchParams(query).get(TOKEN_PARAMETER);
  return token !== null && TOKEN_SHAPE.test(token) ? token : undefined;
}

/** The token in the query of a request's target. */
export function tokenOf(request: Pick<IncomingMessage, 'url'>): string | undefined {
  const { url = '' } = request;
  const queryAt = url.indexOf('?');
  return queryAt < 0 ? undefined : tokenOfQuery(url.slice(queryAt + 1));
}

/** The other parameters of a query. */
export function queryWithoutToken(query: string): string {
  const parameters = new URLSearchParams(query);
  parameters.delete(TOKEN_PARAMETER);
  return parameters.toString();
}

/** A path for the log: a token is a secret until it expires. */
export function withoutToken(path: string): string {
  return path.replaceAll(TOKEN_IN_PATH, '/t/***');
}

const PROBLEMS: ReadonlyMap<PlaybackRefusalCode, Problem> = new Map(
  Object.values(REFUSED).map((refusal) => [refusal.code, problemFor(refusal)]),
);

/** The same object each time, because thousands of players may be refused at once. */
export function playbackProblem(refusal: PlaybackRefusal): Problem {
  return PROBLEMS.get(refusal.code) ?? problemFor(refusal);
}

function problemFor({ code, message }: PlaybackRefusal): Problem {
  const detail = `${message.charAt(0).toUpperCase()}${message.slice(1)}.`;
  if (code === 'playback_token_unchecked') return { status: 503, title: 'Not checked', detail, code };
  return { status: 403, title: 'No access', detail, code };
}
