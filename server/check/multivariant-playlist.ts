// Strict reader of multivariant playlists: the media playlists and their declared properties (RFC 8216bis 4.4.6).

import { AttributeList, type Line, type LineTell } from './attribute-list.ts';
import { isMultivariantTag, readLines } from './playlist-lines.ts';
import { checkVersion } from './playlist-version.ts';

export type Variant = {
  readonly url: string;
  readonly bandwidth: number;
  readonly codecs: readonly string[] | undefined;
  readonly resolution: { readonly width: number; readonly height: number } | undefined;
  readonly frameRate: number | undefined;
  /** GROUP-IDs of the renditions that play with it. */
  readonly groups: readonly string[];
  readonly line: Line;
};

/** An EXT-X-MEDIA with a playlist of its own. */
export type Rendition = { readonly url: string; readonly type: string; readonly group: string };

export type MultivariantPlaylist = {
  readonly url: string;
  readonly variants: readonly Variant[];
  readonly renditions: readonly Rendition[];
};

const MEDIA_PLAYLIST_TAG = /^#EXT(?:INF:|-X-(?:TARGETDURATION|MEDIA-SEQUENCE|PART|MAP|SERVER-CONTROL)[:-])/;
const RENDITION_TYPES = ['AUDIO', 'VIDEO', 'SUBTITLES', 'CLOSED-CAPTIONS'];
const GROUP_ATTRIBUTES = ['AUDIO', 'VIDEO', 'SUBTITLES'];

export function readMultivariantPlaylist(text: string, url: string, tell: LineTell): MultivariantPlaylist {
  const lines = readLines(text, tell);
  const variants: Variant[] = [];
  const renditions: Rendition[] = [];
  let version = 1;
  let streamInf: Line | undefined;
  for (const line of lines) {
    if (streamInf !== undefined && line.text.startsWith('#EXT'))
      tell('tag_syntax', 'EXT-X-STREAM-INF is not followed by a URI', streamInf);
    const value = line.text.slice(line.text.indexOf(':') + 1);
    if (streamInf !== undefined && !line.text.startsWith('#'))
      variants.push(...readVariant(streamInf, resolve(line.text, url, line, tell), tell));
    else if (!line.text.startsWith('#')) tell('tag_missing', 'a URI without EXT-X-STREAM-INF', line);
    if (!line.text.startsWith('#') || line.text.startsWith('#EXT')) streamInf = undefined;
    if (line.text.startsWith('#EXT-X-STREAM-INF:')) streamInf = line;
    else if (line.text.startsWith('#EXT-X-VERSION:')) version = Number(value);
    else if (line.text.startsWith('#EXT-X-MEDIA:')) readRendition(line, url, renditions, tell);
    else if (MEDIA_PLAYLIST_TAG.test(line.text) && !isMultivariantTag(line.text.split(':')[0] ?? ''))
      tell('mixed_playlist', `${line.text.split(':')[0]} in a multivariant playlist`, line);
  }
  if (streamInf !== undefined) tell('tag_syntax', 'EXT-X-STREAM-INF is not followed by a URI', streamInf);
  checkVersion(lines, version, false, tell);
  return { url, variants, renditions };
}

function readVariant(line: Line, url: string | undefined, tell: LineTell): readonly Variant[] {
  const list = new AttributeList(
    'EXT-X-STREAM-INF',
    line.text.slice('#EXT-X-STREAM-INF:'.length),
    line,
    tell,
  );
  list.require('BANDWIDTH');
  list.integer('AVERAGE-BANDWIDTH');
  const codecs = list.quoted('CODECS');
  if (codecs === undefined) tell('codecs_missing', `${url} has no CODECS`, line);
  if (url === undefined) return [];
  const variant = {
    url,
    bandwidth: list.integer('BANDWIDTH') ?? 0,
    codecs: codecs?.split(',').map((codec) => codec.trim()),
    resolution: list.resolution('RESOLUTION'),
    frameRate: list.decimal('FRAME-RATE')?.value,
    groups: GROUP_ATTRIBUTES.flatMap((name) => list.quoted(name) ?? []),
    line,
  };
  return [variant];
}

/** Reports an invalid URI. */
function resolve(uri: string, base: string, line: Line, tell: LineTell): string | undefined {
  if (URL.canParse(uri, base)) return new URL(uri, base).href;
  tell('tag_syntax', `${JSON.stringify(uri)} is not a URI`, line);
  return undefined;
}

function readRendition(line: Line, url: string, renditions: Rendition[], tell: LineTell): void {
  const list = new AttributeList('EXT-X-MEDIA', line.text.slice('#EXT-X-MEDIA:'.length), line, tell);
  list.require('TYPE', 'GROUP-ID', 'NAME');
  const type = list.enumerated('TYPE', RENDITION_TYPES) ?? '';
  const uri = list.quoted('URI');
  list.yes('DEFAULT');
  list.yes('AUTOSELECT');
  const resolved = uri === undefined ? undefined : resolve(uri, url, line, tell);
  if (resolved !== undefined) renditions.push({ url: resolved, type, group: list.quoted('GROUP-ID') ?? '' });
}
