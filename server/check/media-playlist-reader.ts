// Strict reader of media playlists that reports every syntax error (RFC 8216bis 4.1, 4.4.1 to 4.4.5).

import { AttributeList, type Decimal, type Line, type LineTell, parseDecimal } from './attribute-list.ts';
import type {
  ByteRange,
  ListedPart,
  ListedSegment,
  MediaPlaylist,
  PreloadHint,
  RenditionReport,
  Resource,
  ServerControl,
} from './media-playlist.ts';
import { isMultivariantTag, readLines } from './playlist-lines.ts';
import { checkVersion } from './playlist-version.ts';

const NO_DURATION: Decimal = { value: 0, resolution: 0 };
const DECIMAL_INTEGER = /^\d{1,16}$/;
const BYTE_RANGE = /^(\d+)(?:@(\d+))?$/;
const EXTINF = /^([^,]*)(,?)(.*)$/s;
/** ISO 8601 as 4.4.4.6 shows it: to the second or finer, with a time zone. */
const DATE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)$/;

/** Reads `text`. Relative URIs are resolved against `url`, the one that answered. */
export function readMediaPlaylist(text: string, url: string, tell: LineTell): MediaPlaylist {
  return new Reading(url, text, tell).read();
}

/** The current segment. */
type Pending = {
  duration: Decimal | undefined;
  dateMs: number | undefined;
  hasDiscontinuity: boolean;
  isGap: boolean;
  range: { length: number; offset: number | undefined } | undefined;
  parts: ListedPart[];
  lines: Line[];
};

class Reading {
  readonly #url: string;
  readonly #text: string;
  readonly #tell: LineTell;
  readonly #seen = new Set<string>();
  readonly #segments: ListedSegment[] = [];
  readonly #hints: PreloadHint[] = [];
  readonly #reports: RenditionReport[] = [];
  #pending: Pending = nothingPending();
  #version = 1;
  #targetDuration: number | undefined;
  #partTarget: Decimal | undefined;
  #serverControl: ServerControl | undefined;
  #mediaSequence = 0;
  #discontinuitySequence = 0;
  #discontinuities = 0;
  #skipped = 0;
  #playlistType: string | undefined;
  #map: Resource | undefined;
  #isEncrypted = false;
  /** End of the last byte range of each resource: a range without offset follows it (4.4.4.2). */
  readonly #rangeEnds = new Map<string, number>();

  constructor(url: string, text: string, tell: LineTell) {
    this.#url = url;
    this.#text = text;
    this.#tell = tell;
  }

  read(): MediaPlaylist {
    const lines = readLines(this.#text, this.#tell);
    for (const line of lines) {
      if (!line.text.startsWith('#')) this.#segmentUri(line);
      else if (line.text.startsWith('#EXT')) this.#tag(line);
    }
    if (this.#pending.parts.length > 0) this.#addSegment('', { number: 0, text: '' });
    if (this.#targetDuration === undefined)
      this.#tell('tag_missing', 'the playlist has no EXT-X-TARGETDURATION (4.4.3.1)');
    if (this.#seen.has('#EXT-X-PART') && this.#partTarget === undefined)
      this.#tell('tag_missing', 'the playlist lists parts and has no EXT-X-PART-INF (4.4.3.7)');
    checkVersion(lines, this.#version, this.#seen.has('#EXT-X-I-FRAMES-ONLY'), this.#tell);
    return {
      url: this.#url,
      text: this.#text,
      version: this.#version,
      targetDuration: this.#targetDuration,
      partTarget: this.#partTarget,
      serverControl: this.#serverControl,
      mediaSequence: this.#mediaSequence,
      discontinuitySequence: this.#discontinuitySequence,
      playlistType: this.#playlistType,
      hasIndependentSegments: this.#seen.has('#EXT-X-INDEPENDENT-SEGMENTS'),
      isIFramesOnly: this.#seen.has('#EXT-X-I-FRAMES-ONLY'),
      hasEnded: this.#seen.has('#EXT-X-ENDLIST'),
      skippedSegments: this.#skipped,
      segments: this.#segments,
      hints: this.#hints,
      reports: this.#reports,
    };
  }

  #tag(line: Line): void {
    const colon = line.text.indexOf(':');
    const name = colon < 0 ? line.text : line.text.slice(0, colon);
    const value = colon < 0 ? '' : line.text.slice(colon + 1);
    if (isMultivariantTag(name)) this.#tell('mixed_playlist', `${name} in a media playlist`, line);
    if (ONCE.has(name) && this.#seen.has(name)) this.#tell('tag_repeated', `${name} is repeated`, line);
    this.#seen.add(name);
    if (NO_VALUE.has(name) && colon >= 0) this.#tell('tag_syntax', `${name} takes no value`, line);
    if (BEFORE_PARTS.has(name) && this.#pending.parts.length > 0)
      this.#tell('tag_after_part', `${name} after the first part of segment ${this.#nextMsn()}`, line);
    if (SEGMENT_TAGS.has(name)) this.#pending.lines.push(line);
    if (this.#headerTag(name, value, line) || this.#segmentTag(name, value, line)) return;
    if (name === '#EXT-X-PRELOAD-HINT') this.#preloadHint(value, line);
    else if (name === '#EXT-X-RENDITION-REPORT') this.#renditionReport(value, line);
  }

  #headerTag(name: string, value: string, line: Line): boolean {
    if (name === '#EXT-X-VERSION') this.#version = this.#integer(name, value, line) ?? 1;
    else if (name === '#EXT-X-TARGETDURATION') this.#targetDuration = this.#integer(name, value, line);
    else if (name === '#EXT-X-MEDIA-SEQUENCE') {
      this.#mediaSequence = this.#integer(name, value, line) ?? 0;
      this.#mustComeFirst(name, line);
    } else if (name === '#EXT-X-DISCONTINUITY-SEQUENCE') {
      this.#discontinuitySequence = this.#integer(name, value, line) ?? 0;
      this.#mustComeFirst(name, line);
    } else if (name === '#EXT-X-PART-INF') {
      const list = new AttributeList('EXT-X-PART-INF', value, line, this.#tell);
      if (list.require('PART-TARGET')) this.#partTarget = list.decimal('PART-TARGET');
    } else if (name === '#EXT-X-SERVER-CONTROL') this.#readServerControl(value, line);
    else if (name === '#EXT-X-PLAYLIST-TYPE') {
      if (value !== 'VOD' && value !== 'EVENT')
        this.#tell('tag_syntax', `EXT-X-PLAYLIST-TYPE is ${JSON.stringify(value)}, not VOD or EVENT`, line);
      this.#playlistType = value;
    } else if (name === '#EXT-X-SKIP') {
      const list = new AttributeList('EXT-X-SKIP', value, line, this.#tell);
      if (list.require('SKIPPED-SEGMENTS')) this.#skipped = list.integer('SKIPPED-SEGMENTS') ?? 0;
    } else return false;
    return true;
  }

  #segmentTag(name: string, value: string, line: Line): boolean {
    const pending = this.#pending;
    if (name === '#EXTINF') pending.duration = this.#extinf(value, line);
    else if (name === '#EXT-X-DISCONTINUITY') {
      pending.hasDiscontinuity = true;
      this.#discontinuities += 1;
    } else if (name === '#EXT-X-GAP') pending.isGap = true;
    else if (name === '#EXT-X-PROGRAM-DATE-TIME') pending.dateMs = this.#date(value, line);
    else if (name === '#EXT-X-MAP') this.#map = this.#readMap(value, line);
    else if (name === '#EXT-X-KEY') {
      const list = new AttributeList('EXT-X-KEY', value, line, this.#tell);
      if (list.require('METHOD')) this.#isEncrypted = list.enumerated('METHOD') !== 'NONE';
    } else if (name === '#EXT-X-BYTERANGE') {
      const match = BYTE_RANGE.exec(value);
      if (match === null) this.#tell('tag_syntax', `EXT-X-BYTERANGE is ${JSON.stringify(value)}`, line);
      else pending.range = { length: Number(match[1]), offset: optionalNumber(match[2]) };
    } else if (name === '#EXT-X-PART') this.#part(value, line);
    else return false;
    return true;
  }

  #segmentUri(line: Line): void {
    this.#pending.lines.push(line);
    if (this.#pending.duration === undefined)
      this.#tell('tag_missing', `segment ${this.#nextMsn()} has no EXTINF (4.4.4.1)`, line);
    this.#addSegment(line.text, line);
  }

  #addSegment(uri: string, line: Line): void {
    const { duration = NO_DURATION, range, ...pending } = this.#pending;
    const url = uri === '' ? '' : this.#resolve(uri, line);
    this.#segments.push({
      ...pending,
      msn: this.#nextMsn(),
      uri,
      url,
      isOpen: uri === '',
      duration,
      range: range === undefined ? undefined : this.#follow(url, range.length, range.offset),
      map: this.#map,
      isEncrypted: this.#isEncrypted,
      discontinuitySequence: this.#discontinuitySequence + this.#discontinuities,
    });
    this.#pending = nothingPending();
  }

  #part(value: string, line: Line): void {
    const list = new AttributeList('EXT-X-PART', value, line, this.#tell);
    list.require('URI', 'DURATION');
    const uri = list.quoted('URI') ?? '';
    const url = this.#resolve(uri, line);
    const range = list.quoted('BYTERANGE');
    this.#pending.parts.push({
      uri,
      url,
      index: this.#pending.parts.length,
      duration: list.decimal('DURATION') ?? NO_DURATION,
      isIndependent: list.yes('INDEPENDENT'),
      isGap: list.yes('GAP'),
      range: range === undefined ? undefined : this.#attributeRange(url, range, line),
      line,
    });
  }

  #readMap(value: string, line: Line): Resource | undefined {
    const list = new AttributeList('EXT-X-MAP', value, line, this.#tell);
    if (!list.require('URI')) return undefined;
    const url = this.#resolve(list.quoted('URI') ?? '', line);
    const range = list.quoted('BYTERANGE');
    return { url, range: range === undefined ? undefined : this.#attributeRange(url, range, line) };
  }

  #readServerControl(value: string, line: Line): void {
    const list = new AttributeList('EXT-X-SERVER-CONTROL', value, line, this.#tell);
    this.#serverControl = {
      canBlockReload: list.yes('CAN-BLOCK-RELOAD'),
      canSkipUntil: list.decimal('CAN-SKIP-UNTIL'),
      holdBack: list.decimal('HOLD-BACK'),
      partHoldBack: list.decimal('PART-HOLD-BACK'),
      line,
    };
    if (list.yes('CAN-SKIP-DATERANGES')) list.require('CAN-SKIP-UNTIL');
  }

  #preloadHint(value: string, line: Line): void {
    const list = new AttributeList('EXT-X-PRELOAD-HINT', value, line, this.#tell);
    if (!list.require('TYPE', 'URI')) return;
    const uri = list.quoted('URI') ?? '';
    this.#hints.push({
      type: list.enumerated('TYPE') ?? '',
      uri,
      url: this.#resolve(uri, line),
      start: list.integer('BYTERANGE-START') ?? 0,
      hasRange: list.has('BYTERANGE-START') || list.has('BYTERANGE-LENGTH'),
      line,
    });
  }

  #renditionReport(value: string, line: Line): void {
    const list = new AttributeList('EXT-X-RENDITION-REPORT', value, line, this.#tell);
    if (!list.require('URI')) return;
    const uri = list.quoted('URI') ?? '';
    if (/^[a-z][a-z0-9+.-]*:/i.test(uri))
      this.#tell('tag_syntax', `EXT-X-RENDITION-REPORT has the absolute URI ${uri} (4.4.5.4)`, line);
    const [lastMsn, lastPart] = [list.integer('LAST-MSN'), list.integer('LAST-PART')];
    this.#reports.push({ url: this.#resolve(uri, line), lastMsn, lastPart, line });
  }

  #extinf(value: string, line: Line): Decimal | undefined {
    const [, number = '', comma = ''] = EXTINF.exec(value) ?? [];
    const duration = parseDecimal(number);
    if (duration === undefined || comma === '')
      this.#tell('tag_syntax', `EXTINF is ${JSON.stringify(value)}, not a decimal number and a comma`, line);
    return duration ?? NO_DURATION;
  }

  #date(value: string, line: Line): number | undefined {
    const dateMs = Date.parse(value);
    if (DATE.test(value) && !Number.isNaN(dateMs)) return dateMs;
    this.#tell('tag_syntax', `EXT-X-PROGRAM-DATE-TIME is ${JSON.stringify(value)}`, line);
    return undefined;
  }

  #integer(name: string, value: string, line: Line): number | undefined {
    if (DECIMAL_INTEGER.test(value)) return Number(value);
    this.#tell('tag_syntax', `${name} is ${JSON.stringify(value)}, not a decimal integer`, line);
    return undefined;
  }

  #attributeRange(url: string, text: string, line: Line): ByteRange | undefined {
    const match = BYTE_RANGE.exec(text);
    if (match !== null) return this.#follow(url, Number(match[1]), optionalNumber(match[2]));
    this.#tell('attribute_syntax', `BYTERANGE is ${JSON.stringify(text)}, not LENGTH@OFFSET`, line);
    return undefined;
  }

  /** A range without an offset follows the previous one. */
  #follow(url: string, length: number, offset = this.#rangeEnds.get(url) ?? 0): ByteRange {
    this.#rangeEnds.set(url, offset + length);
    return { offset, length };
  }

  #resolve(uri: string, line: Line): string {
    try {
      return new URL(uri, this.#url).href;
    } catch {
      this.#tell('tag_syntax', `${JSON.stringify(uri)} is not a URI`, line);
      return this.#url;
    }
  }

  #mustComeFirst(name: string, line: Line): void {
    const { parts, hasDiscontinuity } = this.#pending;
    if (this.#segments.length > 0 || parts.length > 0 || hasDiscontinuity)
      this.#tell('tag_too_late', `${name} stands behind the first segment's tags`, line);
  }

  #nextMsn(): number {
    return this.#mediaSequence + this.#skipped + this.#segments.length;
  }
}

const ONCE: ReadonlySet<string> = new Set(
  ['VERSION', 'TARGETDURATION', 'MEDIA-SEQUENCE', 'DISCONTINUITY-SEQUENCE', 'PLAYLIST-TYPE', 'PART-INF']
    .concat('SERVER-CONTROL', 'SKIP', 'ENDLIST', 'I-FRAMES-ONLY', 'INDEPENDENT-SEGMENTS')
    .map((name) => `#EXT-X-${name}`),
);
const NO_VALUE: ReadonlySet<string> = new Set(
  ['ENDLIST', 'DISCONTINUITY', 'GAP', 'I-FRAMES-ONLY', 'INDEPENDENT-SEGMENTS'].map(
    (name) => `#EXT-X-${name}`,
  ),
);
const BEFORE_PARTS: ReadonlySet<string> = new Set(
  ['DISCONTINUITY', 'KEY', 'MAP', 'PROGRAM-DATE-TIME'].map((name) => `#EXT-X-${name}`),
);
const SEGMENT_TAGS: ReadonlySet<string> = new Set([
  '#EXTINF',
  ...['BYTERANGE', 'DISCONTINUITY', 'KEY', 'MAP', 'PROGRAM-DATE-TIME', 'GAP', 'BITRATE', 'PART'].map(
    (name) => `#EXT-X-${name}`,
  ),
]);

function nothingPending(): Pending {
  return {
    duration: undefined,
    dateMs: undefined,
    hasDiscontinuity: false,
    isGap: false,
    range: undefined,
    parts: [],
    lines: [],
  };
}

function optionalNumber(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text);
}
