// Stream names: what may be one, and how it is found however an encoder splits server and key.

import { GatewayError } from '../errors.ts';

/** Letters, digits, `_` and `-`: safe in a URL, a file name, a metric label and a shell. */
const NAME_PATTERN = /^[A-Za-z0-9_-]{1,64}$/;
/** The application of the documented address `rtmp://HOST/live/NAME`. */
export const DEFAULT_APP = 'live';

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
    throw new GatewayError(
      'invalid-data',
      'no_stream_name',
      'the stream key is empty; in OBS, Settings, Stream, write a name such as "first" as the stream key',
    );
  }
  if (!isStreamName(name)) throw badName(name);
  return { name, query: [appQuery, nameQuery].filter((query) => query !== '').join('&') };
}

function badName(text: string): GatewayError {
  return new GatewayError(
    'invalid-data',
    'bad_stream_name',
    `"${printable(text)}" is not a stream name; use 1 to 64 letters, digits, "-" or "_"`,
  );
}

/** No encoder means to climb: a path that does is an attempt, even where its last segment would be a name. */
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

/** For messages only: short, without control characters. */
function printable(text: string): string {
  const shown = text.length > 64 ? `${text.slice(0, 64)}…` : text;
  return shown.replace(/[^ -~…]/g, '?');
}
