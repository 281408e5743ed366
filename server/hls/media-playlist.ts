// A media playlist as text (RFC 8216bis clause 4.4). Pure: the same view gives the same text. It is rendered at every
// cut, five times a second for each stream, so the lines of what does not change any more are kept.

import type { PartTiming } from './part-timing.ts';
import type { InitSegment, Part, Segment } from './segment.ts';

/** 4.4.5.4, EXT-X-RENDITION-REPORT: how far a rendition is that plays beside this one. */
export type RenditionReport = {
  /** Of its media playlist, relative to the playlist that carries the report. */
  readonly uri: string;
  /** Media sequence number of its last part, or of its last segment when it has no parts. */
  readonly lastMsn: number;
  /** Index of that part in its segment; undefined for a rendition without parts. */
  readonly lastPart: number | undefined;
};

export type MediaPlaylistView = {
  readonly timing: PartTiming;
  /** PART-HOLD-BACK, seconds; at least three times PART-TARGET. */
  readonly partHoldBack: number;
  readonly discontinuitySequence: number;
  /** Oldest first; only the last may be open. */
  readonly segments: readonly Segment[];
  /** URI of the part that comes next; absent once the playlist has ended. */
  readonly preloadHintUri: string | undefined;
  /** Of every other rendition of the stream; one that has nothing yet is left out. */
  readonly reports: readonly RenditionReport[];
};

/**
 * RFC 8216bis 4.4.4.9: parts leave the playlist some target durations from its end. Players join PART-HOLD-BACK from the
 * end, so the open segment's parts and those of the two before it are enough, and every reload is shorter. A segment of
 * which only the hint is there counts.
 */
const SEGMENTS_WITH_PARTS = 3;
/** 4.4.3.8: HOLD-BACK is at least three target durations. */
const HOLD_BACK_TARGET_DURATIONS = 3;
/** EXT-X-GAP came with 8; nothing here needs more. Always the same, for a playlist may get its first gap at any time. */
const VERSION = 8;

export function renderMediaPlaylist(view: MediaPlaylistView): string {
  const { timing, segments } = view;
  const first = segments[0];
  const hasOnlyHint = view.preloadHintUri !== undefined && segments.at(-1)?.isOpen === false;
  const firstWithParts = segments.length - SEGMENTS_WITH_PARTS + (hasOnlyHint ? 1 : 0);
  let text =
    `#EXTM3U\n#EXT-X-VERSION:${VERSION}\n#EXT-X-TARGETDURATION:${timing.targetDuration}\n` +
    `#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=${seconds(view.partHoldBack)},` +
    `HOLD-BACK=${seconds(HOLD_BACK_TARGET_DURATIONS * timing.targetDuration)}\n` +
    `#EXT-X-PART-INF:PART-TARGET=${seconds(timing.partTarget)}\n` +
    `#EXT-X-MEDIA-SEQUENCE:${first?.msn ?? 0}\n#EXT-X-DISCONTINUITY-SEQUENCE:${view.discontinuitySequence}\n`;
  let init: InitSegment | undefined;
  for (const [at, segment] of segments.entries()) {
    text += renderSegment(segment, { showsParts: at >= firstWithParts, showsMap: segment.init !== init });
    init = segment.init;
  }
  return text + renderEdge(view);
}

/** What follows the last segment: its end, or what comes next here and where the other renditions are. */
function renderEdge(view: MediaPlaylistView): string {
  if (view.preloadHintUri === undefined) return '#EXT-X-ENDLIST\n';
  let text = `#EXT-X-PRELOAD-HINT:TYPE=PART,URI="${view.preloadHintUri}"\n`;
  for (const report of view.reports) {
    const part = report.lastPart === undefined ? '' : `,LAST-PART=${report.lastPart}`;
    text += `#EXT-X-RENDITION-REPORT:URI="${report.uri}",LAST-MSN=${report.lastMsn}${part}\n`;
  }
  return text;
}

/** Lines made once: parts are only ever added to a segment, and a closed one stays as it is. */
type SegmentLines = { readonly date: string; parts: string; partCount: number; end: string | undefined };

const linesOf = new WeakMap<Segment, SegmentLines>();

function renderSegment(segment: Segment, shows: { showsParts: boolean; showsMap: boolean }): string {
  const lines = segmentLines(segment);
  const discontinuity = segment.hasDiscontinuity ? '#EXT-X-DISCONTINUITY\n' : '';
  const map = shows.showsMap ? `#EXT-X-MAP:URI="${segment.init.uri}"\n` : '';
  const parts = shows.showsParts ? lines.parts : '';
  return `${discontinuity}${map}${lines.date}${parts}${lines.end ?? ''}`;
}

function segmentLines(segment: Segment): SegmentLines {
  let lines = linesOf.get(segment);
  if (lines === undefined) {
    const date = new Date(Math.round(segment.programDateTimeMs)).toISOString();
    lines = { date: `#EXT-X-PROGRAM-DATE-TIME:${date}\n`, parts: '', partCount: 0, end: undefined };
    linesOf.set(segment, lines);
  }
  for (; lines.partCount < segment.parts.length; lines.partCount += 1) {
    const part = segment.parts[lines.partCount];
    if (part !== undefined) lines.parts += renderPart(part);
  }
  if (!segment.isOpen) lines.end ??= renderEnd(segment);
  return lines;
}

function renderEnd(segment: Segment): string {
  // A segment in which no media came cannot be loaded; players skip it (4.4.4.7).
  const gap = segment.byteLength === 0 ? '#EXT-X-GAP\n' : '';
  return `${gap}#EXTINF:${seconds(segment.duration)},\n${segment.uri}\n`;
}

function renderPart(part: Part): string {
  const independent = part.isIndependent ? ',INDEPENDENT=YES' : '';
  const gap = part.slice === undefined ? ',GAP=YES' : '';
  return `#EXT-X-PART:DURATION=${seconds(part.duration)},URI="${part.uri}"${independent}${gap}\n`;
}

/** Five decimals: finer than any clock here, and no exponent. */
function seconds(value: number): string {
  return String(Number(value.toFixed(5)));
}
