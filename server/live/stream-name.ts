// Stream names: which are valid, and how to find one in any split of server and key.

import { createHmac, randomBytes } from 'node:crypto';
import { GatewayError } from '../errors.ts';
import { NAME_PATTERN } from '../settings/name-text.ts';

const NAME_CHARACTER = /^[A-Za-z0-9_-]$/;
const FINGERPRINT_KEY = randomBytes(32);
/** Length of a fingerprint: enough to recognise an encoder that retries. */
const FINGERPRINT_DIGITS = 8;
/** The application of the documented address `rtmp://HOST/live/NAME`. */
const DEFAULT_APP = 'live';

export function isStreamName(text: string): boolean {
  return NAME_PATTERN.test(text);
}

/** A stream name and the query that came with it, in whichever field. */
export type PublishAddress = { readonly name: string; readonly query: string };

/**
 * Finds the name in RTMP's `app` and stream name, in any split: `live`+`k`, `live/k`+nothing, nothing+`k`, `k`+nothing,
 * `live/instance`+`k`, doubled or trailing slashes, a query in either field.
 * Throws GatewayError `no_stream_name` or `bad_stream_name`.
 */
export function parsePublishAddress(app: string, streamName: string): PublishAddress {
  const [appPath, appQuery] = splitQuery(app);
  const [namePath, nameQuery] = splitQuery(streamName);
  const appSegments = segmentsOf(appPath);
  const nameSegments = segmentsOf(namePath);
  const name =
    nameSegments.at(-1) ??
    (appSegments.length === 1 && appSegments[0] === DEFAULT_APP ? undefined : appSegments.at(-1));
  if ([...appSegments, ...nameSegments].some(isDotSegment)) throw badName(`${appPath}/${namePath}`);
  if (name === undefined) {
    throw new GatewayError('invalid-data', 'no_stream_name');
  }
  if (!isStreamName(name)) throw badName(name);
  return { name, query: [appQuery, nameQuery].filter((query) => query !== '').join('&') };
}

/** The path before the name, without queries: `live` for `live`+`k` and for `live/k`+nothing. */
export function publishApp(app: string, streamName: string): string {
  const nameSegments = segmentsOf(splitQuery(streamName)[0]);
  const appSegments = segmentsOf(splitQuery(app)[0]);
  return [...appSegments, ...nameSegments].slice(0, -1).join('/');
}

/** A refused name may be a mistyped secret key, so the message says what is wrong without the name. */
function badName(text: string): GatewayError {
  return new GatewayError(
    'invalid-data',
    'bad_stream_name',
    `the stream name (${text.length} characters, fingerprint ${fingerprint(text)}) ${whatIsWrong(text)}; use 1 to 64 letters, digits, "-" or "_"`,
  );
}

function whatIsWrong(text: string): string {
  if (text.split('/').some(isDotSegment)) return 'has "." or ".." between slashes';
  const characters = [...text];
  const at = characters.findIndex((character) => !NAME_CHARACTER.test(character));
  const bad = characters[at];
  if (bad === undefined) return 'is too long';
  const shown = /^[!-~]$/.test(bad) ? `'${bad}' ` : '';
  const codePoint = (bad.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return `has ${shown}U+${codePoint} as character ${at + 1}`;
}

/** A keyed fingerprint, so that equal names can be recognised in one process's log and names cannot be guessed. */
function fingerprint(text: string): string {
  return createHmac('sha256', FINGERPRINT_KEY).update(text).digest('hex').slice(0, FINGERPRINT_DIGITS);
}

/** A path with dot segments is an attack, even if its last segment is a valid name. */
function isDotSegment(segment: string): boolean {
  return segment === '.' || segment === '..';
}

function splitQuery(field: string): [path: string, query: string] {
  const at = field.indexOf('?');
  return at < 0 ? [field, ''] : [field.slice(0, at), field.slice(at + 1)];
}

function segmentsOf(path: string): string[] {
  return path.split('/').filter((segment) => segment !== '');
}
