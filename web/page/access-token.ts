// The token of this page for a signed stream. The first one is in the page's address (`?token=`); a later one replaces it, and
// playback goes on without a break.

/** `…/live/NAME/FILE` or `…/live/NAME/t/TOKEN/FILE`. A stream and a path prefix may have the name `live` too: FILE is the end. */
const STREAM_FILE = /^([^?#]*\/live\/[A-Za-z0-9_-]{1,64}\/)(?:t\/[^/?#]+\/)?([^/?#]+)(?=[?#]|$)/;
/** Base64url, and the dots of a JWT. */
const TOKEN_SHAPE = /^[A-Za-z0-9._-]{1,2048}$/;

let token: string | undefined;

export function currentToken(): string | undefined {
  return token;
}

/** Whether `given` could be a token. */
export function isToken(given: unknown): given is string {
  return typeof given === 'string' && TOKEN_SHAPE.test(given);
}

/** Returns whether `given` is a new token. */
export function setToken(given: unknown): boolean {
  if (!isToken(given) || given === token) return false;
  token = given;
  return true;
}

/** Takes the token of the page's address. */
export function takeTokenFrom(search: string): void {
  setToken(new URLSearchParams(search).get('token'));
}

/** The address of a file of a stream, with the current token in its path; any other address, and without a token, unchanged. */
export function withToken(url: string): string {
  const current = token;
  if (current === undefined) return url;
  return url.replace(STREAM_FILE, (_all, folder: string, file: string) => `${folder}t/${current}/${file}`);
}

/** An address of the API, with the current token in its query. */
export function withTokenQuery(url: string): string {
  return token === undefined ? url : `${url}?token=${token}`;
}
