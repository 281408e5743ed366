// A media playlist as text (RFC 8216bis clause 4.4), whole or as a delta update (6.2.5.1). It is
// rendered up to five times a second for each stream, so unchanged lines are cached.

import { secondsOf, TICKS_PER_SECOND } from '../media/ticks.ts';
import type { PartTiming } from './part-timing.ts';
import type { ListedSegment, Part } from './segment.ts';

/** 4.4.5.4, EXT-X-RENDITION-REPORT: the position of another rendition. */
export type RenditionReport = {
  /** URI of its media playlist, relative to the playlist with the report. */
  readonly uri: string;
  /** Media sequence number of its last part, or of its last segment when it has no parts. */
  readonly lastMsn: number;
  /** Index of that part in its segment; undefined for a rendition without parts. */
  readonly lastPart: number | undefined;
};

export type MediaPlaylistView = {
  readonly timing: PartTiming;
  /** PART-HOLD-BACK, ticks of the common scale; at least three times PART-TARGET. */
  readonly partHoldBack: number;
  readonly discontinuitySequence: number;
  /** Oldest first; only the last may be open. */
  readonly segments: readonly ListedSegment[];
  /** Higher than the numbers of all segments. */
  readonly nextMsn: number;
  /** URI of the next part; absent if the playlist has ended. */
  readonly preloadHintUri: string | undefined;
  /** Reports of the other renditions that have media. */
  readonly reports: readonly RenditionReport[];
};

/**
 * RFC 8216bis 6.2.2: parts that are more than three target durations from the end are not listed. Players join PART-HOLD-BACK from
 * the end, so the parts of the open segment and of the two before it are enough. A segment with only a hint counts.
 */
export const SEGMENTS_WITH_PARTS = 3;
/** 4.4.3.8: HOLD-BACK is at least three target durations. */
const HOLD_BACK_TARGET_DURATIONS = 3;
/** 4.4.3.8: the Skip Boundary is at least six target durations. The minimum keeps reloads short. */
const SKIP_TARGET_DURATIONS = 6;
/**
 * Clause 8 requires 6 (EXT-X-MAP), and 9 with EXT-X-SKIP; many readers require 8 with EXT-X-GAP. Full playlists always have the
 * same version, because a gap may come at any time.
 */
const VERSION = 8;
const DELTA_VERSION = 9;
/**
 * A part with a key frame is listed a microsecond longer than it is. Otherwise Shaka Player 5.2 empties its decoder before parts
 * without a key frame, and loses pictures (docs/interop.md). The next key frame is at its exact place again.
 */
const KEY_PART_ROOM = Math.round(TICKS_PER_SECOND / 1_000_000);
const KEY_PART_DECIMALS = 6;
/** Closed segments per cached text, so that a playlist of hours has hundreds of texts, not thousands. */
const BLOCK_SEGMENTS = 32;

export function renderMediaPlaylist(view: MediaPlaylistView): string {
  return renderHead(view, VERSION) + renderSegments(view, 0) + renderEdge(view);
}

/** Whether segments can be skipped; if not, or after the end (6.2.5.1), the full playlist is the answer. */
export function hasDeltaUpdate(view: MediaPlaylistView): boolean {
  return view.preloadHintUri !== undefined && skippable(view) > 0;
}

/** 6.2.5.1: the playlist without the segments beyond the Skip Boundary, for players that already have them. */
export function renderDeltaUpdate(view: MediaPlaylistView): string {
  const skipped = skippable(view);
  const skip = `#EXT-X-SKIP:SKIPPED-SEGMENTS=${skipped}\n`;
  return renderHead(view, DELTA_VERSION) + skip + renderSegments(view, skipped) + renderEdge(view);
}

/** How many segments end further from the playlist's end than the Skip Boundary. */
function skippable(view: MediaPlaylistView): number {
  let distance = 0;
  for (let at = view.segments.length - 1; at >= 0; at -= 1) {
    if (distance > SKIP_TARGET_DURATIONS * view.timing.targetDuration * TICKS_PER_SECOND) return at + 1;
    distance += view.segments[at]?.duration ?? 0;
  }
  return 0;
}

function renderHead(view: MediaPlaylistView, version: number): string {
  const { targetDuration, partTarget } = view.timing;
  return (
    `#EXTM3U\n#EXT-X-VERSION:${version}\n#EXT-X-TARGETDURATION:${targetDuration}\n` +
    `#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,CAN-SKIP-UNTIL=${SKIP_TARGET_DURATIONS * targetDuration},` +
    `PART-HOLD-BACK=${seconds(view.partHoldBack)},` +
    `HOLD-BACK=${HOLD_BACK_TARGET_DURATIONS * targetDuration}\n` +
    `#EXT-X-PART-INF:PART-TARGET=${seconds(partTarget)}\n` +
    `#EXT-X-MEDIA-SEQUENCE:${view.segments[0]?.msn ?? view.nextMsn}\n` +
    `#EXT-X-DISCONTINUITY-SEQUENCE:${view.discontinuitySequence}\n`
  );
}

/** Segments from index `first` on. A delta update does not repeat a skipped map. */
function renderSegments(view: MediaPlaylistView, first: number): string {
  const { segments } = view;
  // Also after the end: removed parts must not return.
  const hasOpenSegment = segments.at(-1)?.isOpen === true;
  const firstWithParts = segments.length - SEGMENTS_WITH_PARTS + (hasOpenSegment ? 0 : 1);
  let text = '';
  for (let at = first; at < segments.length; ) {
    const segment = segments[at];
    if (segment === undefined) break;
    const block = at > 0 && at + BLOCK_SEGMENTS <= firstWithParts ? renderBlock(segments, at) : undefined;
    const parts = at >= firstWithParts ? renderParts(segment, view.timing.partTarget) : '';
    text += block ?? renderSegment(segment, segments[at - 1], parts);
    at += block === undefined ? 1 : BLOCK_SEGMENTS;
  }
  return text;
}

/** Texts of blocks by their first segments. A block never changes. */
const blockOf = new WeakMap<ListedSegment, string>();

/** The closed segments of a block; undefined if none begins here. Sequence numbers determine the blocks. */
function renderBlock(segments: readonly ListedSegment[], first: number): string | undefined {
  const begin = segments[first];
  if (begin === undefined || begin.msn % BLOCK_SEGMENTS !== 0) return undefined;
  let text = blockOf.get(begin);
  if (text === undefined) {
    const members = segments.slice(first, first + BLOCK_SEGMENTS);
    // Use join: V8 keeps concatenated strings as a tree, which every playlist would walk.
    text = members.map((segment, at) => renderSegment(segment, segments[first + at - 1], '')).join('');
    blockOf.set(begin, text);
  }
  return text;
}

/** After the last segment: ENDLIST, or the preload hint and the rendition reports. */
function renderEdge(view: MediaPlaylistView): string {
  if (view.preloadHintUri === undefined) return '#EXT-X-ENDLIST\n';
  let text = `#EXT-X-PRELOAD-HINT:TYPE=PART,URI="${view.preloadHintUri}"\n`;
  for (const report of view.reports) {
    const part = report.lastPart === undefined ? '' : `,LAST-PART=${report.lastPart}`;
    text += `#EXT-X-RENDITION-REPORT:URI="${report.uri}",LAST-MSN=${report.lastMsn}${part}\n`;
  }
  return text;
}

/** Cached lines: parts are only added to a segment, and a closed one does not change. */
type SegmentLines = { readonly date: string; parts: string; partCount: number; end: string | undefined };

const linesOf = new WeakMap<ListedSegment, SegmentLines>();

function renderSegment(segment: ListedSegment, previous: ListedSegment | undefined, parts: string): string {
  const lines = segmentLines(segment);
  const discontinuity = segment.hasDiscontinuity ? '#EXT-X-DISCONTINUITY\n' : '';
  const { init } = segment;
  const map = init === undefined || init === previous?.init ? '' : `#EXT-X-MAP:URI="${init.uri}"\n`;
  return `${discontinuity}${map}${lines.date}${parts}${lines.end ?? ''}`;
}

function segmentLines(segment: ListedSegment): SegmentLines {
  let lines = linesOf.get(segment);
  if (lines === undefined) {
    const date = new Date(Math.round(segment.programDateTimeMs)).toISOString();
    lines = { date: `#EXT-X-PROGRAM-DATE-TIME:${date}\n`, parts: '', partCount: 0, end: undefined };
    linesOf.set(segment, lines);
  }
  if (!segment.isOpen) lines.end ??= renderEnd(segment);
  return lines;
}

function renderParts(segment: ListedSegment, partTarget: number): string {
  const lines = segmentLines(segment);
  for (; lines.partCount < segment.parts.length; lines.partCount += 1) {
    const part = segment.parts[lines.partCount];
    if (part === undefined) continue;
    // Where every part is independent, as sound is, no picture can be lost.
    const needsRoom = part.isIndependent && segment.parts[lines.partCount - 1]?.isIndependent !== true;
    const duration = needsRoom ? longerDuration(part, partTarget) : seconds(part.duration);
    // Text is read without other text.
    lines.parts += renderPart(part, duration, part.isIndependent || segment.init === undefined);
  }
  return lines.parts;
}

/** 4.4.4.9: no part is longer than PART-TARGET. */
function longerDuration({ duration }: Part, partTarget: number): string {
  return seconds(Math.max(duration, Math.min(duration + KEY_PART_ROOM, partTarget)), KEY_PART_DECIMALS);
}

function renderEnd(segment: ListedSegment): string {
  // A segment without media cannot be loaded; players skip it (4.4.4.7).
  const gap = segment.byteLength === 0 ? '#EXT-X-GAP\n' : '';
  return `${gap}#EXTINF:${seconds(segment.duration)},\n${segment.uri}\n`;
}

function renderPart(part: Part, duration: string, isIndependent: boolean): string {
  const independent = isIndependent ? ',INDEPENDENT=YES' : '';
  const gap = part.byteLength === 0 ? ',GAP=YES' : '';
  return `#EXT-X-PART:DURATION=${duration},URI="${part.uri}"${independent}${gap}\n`;
}

/** Ticks of the common scale as text. Five decimals: finer than any clock here, and no exponent. */
function seconds(ticks: number, decimals = 5): string {
  return String(Number(secondsOf(ticks).toFixed(decimals)));
}
