// The tags of media playlists: allowed number and position, and values other than attribute lists (RFC 8216bis clauses 4.4.1
// to 4.4.4).

import { type Decimal, type Line, type LineTell, parseDecimal } from './attribute-list.ts';

/** At most once in a playlist. */
export const ONCE: ReadonlySet<string> = new Set(
  ['VERSION', 'TARGETDURATION', 'MEDIA-SEQUENCE', 'DISCONTINUITY-SEQUENCE', 'PLAYLIST-TYPE', 'PART-INF']
    .concat('SERVER-CONTROL', 'SKIP', 'ENDLIST', 'I-FRAMES-ONLY', 'INDEPENDENT-SEGMENTS')
    .map((name) => `#EXT-X-${name}`),
);
export const NO_VALUE: ReadonlySet<string> = new Set(
  ['ENDLIST', 'DISCONTINUITY', 'GAP', 'I-FRAMES-ONLY', 'INDEPENDENT-SEGMENTS'].map(
    (name) => `#EXT-X-${name}`,
  ),
);
/** Before the first part of the segment that they apply to. */
export const BEFORE_PARTS: ReadonlySet<string> = new Set(
  ['DISCONTINUITY', 'KEY', 'MAP', 'PROGRAM-DATE-TIME'].map((name) => `#EXT-X-${name}`),
);
/** Tags of a segment. */
export const SEGMENT_TAGS: ReadonlySet<string> = new Set([
  '#EXTINF',
  ...['BYTERANGE', 'DISCONTINUITY', 'KEY', 'MAP', 'PROGRAM-DATE-TIME', 'GAP', 'BITRATE', 'PART'].map(
    (name) => `#EXT-X-${name}`,
  ),
]);

export const NO_DURATION: Decimal = { value: 0, resolution: 0 };
const DECIMAL_INTEGER = /^\d{1,16}$/;
const EXTINF = /^([^,]*)(,?)(.*)$/s;
/** ISO 8601 as 4.4.4.6 shows it: to the second or finer, with a time zone. */
const DATE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)$/;

/** The duration of EXTINF. */
export function readExtinf(value: string, line: Line, tell: LineTell): Decimal {
  const [, number = '', comma = ''] = EXTINF.exec(value) ?? [];
  const duration = parseDecimal(number);
  if (duration === undefined || comma === '')
    tell('tag_syntax', `EXTINF is ${JSON.stringify(value)}, not a decimal number and a comma`, line);
  return duration ?? NO_DURATION;
}

/** EXT-X-PROGRAM-DATE-TIME in milliseconds of the Unix epoch. */
export function readDate(value: string, line: Line, tell: LineTell): number | undefined {
  const dateMs = Date.parse(value);
  if (DATE.test(value) && !Number.isNaN(dateMs)) return dateMs;
  tell('tag_syntax', `EXT-X-PROGRAM-DATE-TIME is ${JSON.stringify(value)}`, line);
  return undefined;
}

/** The value of a tag with one number. */
export function readInteger(name: string, value: string, line: Line, tell: LineTell): number | undefined {
  if (DECIMAL_INTEGER.test(value)) return Number(value);
  tell('tag_syntax', `${name} is ${JSON.stringify(value)}, not a decimal integer`, line);
  return undefined;
}
