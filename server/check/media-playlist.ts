// A parsed media playlist: URIs are resolved, and tags belong to their segments (RFC 8216bis 4.4).

import type { Decimal, Line } from './attribute-list.ts';

export type ByteRange = { readonly offset: number; readonly length: number };

/** A byte range of a resource, or all of it. */
export type Resource = { readonly url: string; readonly range: ByteRange | undefined };

export type ListedPart = Resource & {
  readonly uri: string;
  readonly index: number;
  readonly duration: Decimal;
  readonly isIndependent: boolean;
  readonly isGap: boolean;
  readonly line: Line;
};

export type ListedSegment = Resource & {
  readonly msn: number;
  /** As written; empty while the segment is open (only its parts are listed). */
  readonly uri: string;
  readonly isOpen: boolean;
  /** EXTINF; of an open segment 0. */
  readonly duration: Decimal;
  readonly map: Resource | undefined;
  /** Its own EXT-X-PROGRAM-DATE-TIME, milliseconds since the Unix epoch. */
  readonly dateMs: number | undefined;
  readonly hasDiscontinuity: boolean;
  readonly discontinuitySequence: number;
  readonly isGap: boolean;
  readonly isEncrypted: boolean;
  readonly parts: readonly ListedPart[];
  /** Its own lines, tags and URI. */
  readonly lines: readonly Line[];
};

export type PreloadHint = {
  readonly type: string;
  readonly uri: string;
  readonly url: string;
  readonly start: number;
  readonly hasRange: boolean;
  readonly line: Line;
};

export type RenditionReport = {
  readonly url: string;
  readonly lastMsn: number | undefined;
  readonly lastPart: number | undefined;
  readonly line: Line;
};

export type ServerControl = {
  readonly canBlockReload: boolean;
  readonly canSkipUntil: Decimal | undefined;
  readonly holdBack: Decimal | undefined;
  readonly partHoldBack: Decimal | undefined;
  readonly line: Line;
};

export type MediaPlaylist = {
  readonly url: string;
  readonly text: string;
  readonly version: number;
  readonly targetDuration: number | undefined;
  readonly partTarget: Decimal | undefined;
  readonly serverControl: ServerControl | undefined;
  readonly mediaSequence: number;
  readonly discontinuitySequence: number;
  readonly playlistType: string | undefined;
  readonly hasIndependentSegments: boolean;
  readonly isIFramesOnly: boolean;
  readonly hasEnded: boolean;
  /** EXT-X-SKIP: segments that a delta update leaves out. */
  readonly skippedSegments: number;
  /** Oldest first; only the last may be open. */
  readonly segments: readonly ListedSegment[];
  readonly hints: readonly PreloadHint[];
  readonly reports: readonly RenditionReport[];
};

/** Position of the next part or segment. */
export type Position = { readonly msn: number; readonly part: number };

export function nextPosition(playlist: MediaPlaylist): Position {
  const last = playlist.segments.at(-1);
  if (last === undefined) return { msn: playlist.mediaSequence + playlist.skippedSegments, part: 0 };
  return last.isOpen ? { msn: last.msn, part: last.parts.length } : { msn: last.msn + 1, part: 0 };
}

/** Whether the playlist includes the part at `position`. */
export function contains(playlist: MediaPlaylist, position: Position, countsParts: boolean): boolean {
  const edge = nextPosition(playlist);
  if (edge.msn !== position.msn) return edge.msn > position.msn;
  return countsParts && edge.part > position.part;
}

export function closedSegments(playlist: MediaPlaylist): readonly ListedSegment[] {
  return playlist.segments.filter((segment) => !segment.isOpen);
}

export function partHint(playlist: MediaPlaylist): PreloadHint | undefined {
  return playlist.hints.find((hint) => hint.type === 'PART');
}

/** Duration of the listed parts of a segment, seconds. */
export function partsDuration(segment: ListedSegment): number {
  return segment.parts.reduce((sum, part) => sum + part.duration.value, 0);
}

/** Date of the end of the last listed media, milliseconds since the epoch; undefined without dates. */
export function edgeDateMs(playlist: MediaPlaylist): number | undefined {
  let at: number | undefined;
  for (const segment of playlist.segments) {
    at = segment.dateMs ?? (segment.hasDiscontinuity ? undefined : at);
    const seconds = segment.isOpen ? partsDuration(segment) : segment.duration.value;
    if (at !== undefined) at += seconds * 1000;
  }
  return at;
}

/** A fingerprint of everything that must not change (6.2.1); not of parts, which may be removed. */
export function segmentPrint(segment: ListedSegment): string {
  const { uri, range, duration, map, dateMs, isGap, isEncrypted, lines } = segment;
  const others = lines.filter(
    ({ text }) => !/^#EXT(?:INF|-X-(?:PART|MAP|KEY|BITRATE|GAP|PROGRAM-DATE-TIME)):?/.test(text),
  );
  const fields = [uri, range, duration.value, map?.url, map?.range, dateMs, isGap, isEncrypted];
  return JSON.stringify([
    ...fields,
    ...others.map(({ text }) => text).filter((text) => text.startsWith('#')),
  ]);
}

export function partPrint(part: ListedPart): string {
  const { uri, range, duration, isIndependent, isGap } = part;
  return JSON.stringify([uri, range, duration.value, isIndependent, isGap]);
}
