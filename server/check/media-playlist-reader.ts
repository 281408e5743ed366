// Strict reader of media playlists that reports every syntax error (RFC 8216bis 4.1, 4.4.1 to 4.4.5).

import { AttributeList, type Decimal, type Line, type LineTell } from './attribute-list.ts';
import type {
  ListedPart,
  ListedSegment,
  MediaPlaylist,
  PreloadHint,
  RenditionReport,
  Resource,
  ServerControl,
} from './media-playlist.ts';
import {
  BEFORE_PARTS,
  NO_DURATION,
  NO_VALUE,
  ONCE,
  readDate,
  readExtinf,
  readInteger,
  SEGMENT_TAGS,
} from './media-playlist-tags.ts';
import { isMultivariantTag, readLines } from './playlist-lines.ts';
import { PlaylistResources, type WrittenRange } from './playlist-resources.ts';
import { checkVersion } from './playlist-version.ts';

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
  range: WrittenRange | undefined;
  parts: ListedPart[];
  lines: Line[];
};

class Reading {
  readonly #url: string;
  readonly #text: string;
  readonly #tell: LineTell;
  readonly #resources: PlaylistResources;
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

  constructor(url: string, text: string, tell: LineTell) {
    this.#url = url;
    this.#text = text;
    this.#tell = tell;
    this.#resources = new PlaylistResources(url, tell);
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
    if (name === '#EXT-X-VERSION') this.#version = readInteger(name, value, line, this.#tell) ?? 1;
    else if (name === '#EXT-X-TARGETDURATION')
      this.#targetDuration = readInteger(name, value, line, this.#tell);
    else if (name === '#EXT-X-MEDIA-SEQUENCE') {
      this.#mediaSequence = readInteger(name, value, line, this.#tell) ?? 0;
      this.#mustComeFirst(name, line);
    } else if (name === '#EXT-X-DISCONTINUITY-SEQUENCE') {
      this.#discontinuitySequence = readInteger(name, value, line, this.#tell) ?? 0;
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
    if (name === '#EXTINF') pending.duration = readExtinf(value, line, this.#tell);
    else if (name === '#EXT-X-DISCONTINUITY') {
      pending.hasDiscontinuity = true;
      this.#discontinuities += 1;
    } else if (name === '#EXT-X-GAP') pending.isGap = true;
    else if (name === '#EXT-X-PROGRAM-DATE-TIME') pending.dateMs = readDate(value, line, this.#tell);
    else if (name === '#EXT-X-MAP') this.#map = this.#readMap(value, line);
    else if (name === '#EXT-X-KEY') {
      const list = new AttributeList('EXT-X-KEY', value, line, this.#tell);
      if (list.require('METHOD')) this.#isEncrypted = list.enumerated('METHOD') !== 'NONE';
    } else if (name === '#EXT-X-BYTERANGE') {
      pending.range = this.#resources.tagRange(value, line) ?? pending.range;
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
    const url = uri === '' ? '' : this.#resources.resolve(uri, line);
    this.#segments.push({
      ...pending,
      msn: this.#nextMsn(),
      uri,
      url,
      isOpen: uri === '',
      duration,
      range: this.#resources.follow(url, range),
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
    const url = this.#resources.resolve(uri, line);
    this.#pending.parts.push({
      uri,
      url,
      index: this.#pending.parts.length,
      duration: list.decimal('DURATION') ?? NO_DURATION,
      isIndependent: list.yes('INDEPENDENT'),
      isGap: list.yes('GAP'),
      range: this.#resources.attributeRange(url, list.quoted('BYTERANGE'), line),
      line,
    });
  }

  #readMap(value: string, line: Line): Resource | undefined {
    const list = new AttributeList('EXT-X-MAP', value, line, this.#tell);
    if (!list.require('URI')) return undefined;
    const url = this.#resources.resolve(list.quoted('URI') ?? '', line);
    return { url, range: this.#resources.attributeRange(url, list.quoted('BYTERANGE'), line) };
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
      url: this.#resources.resolve(uri, line),
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
    this.#reports.push({ url: this.#resources.resolve(uri, line), lastMsn, lastPart, line });
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
