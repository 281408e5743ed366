// A media playlist as text (RFC 8216bis clause 4.4). Pure: the same view gives the same text.

import type { PartTiming } from './part-timing.ts';
import type { InitSegment, Part, Segment } from './segment.ts';

export type MediaPlaylistView = {
  readonly timing: PartTiming;
  /** PART-HOLD-BACK, seconds; at least three times PART-TARGET. */
  readonly partHoldBack: number;
  readonly discontinuitySequence: number;
  /** Oldest first; only the last may be open. */
  readonly segments: readonly Segment[];
  /** URI of the part that comes next; absent once the playlist has ended. */
  readonly preloadHintUri: string | undefined;
};

/**
 * RFC 8216bis 4.4.4.9: parts leave the playlist some target durations from its end. Players join PART-HOLD-BACK from the
 * end, so the open segment's parts and those of the two before it are enough, and every reload is shorter.
 */
const SEGMENTS_WITH_PARTS = 3;
/** 4.4.3.8: HOLD-BACK is at least three target durations. */
const HOLD_BACK_TARGET_DURATIONS = 3;
/** EXT-X-MAP without I-frames needs 6 (clause 8); nothing here needs more. */
const VERSION = 6;

export function renderMediaPlaylist(view: MediaPlaylistView): string {
  const { timing, segments } = view;
  const first = segments[0];
  let text =
    `#EXTM3U\n#EXT-X-VERSION:${VERSION}\n#EXT-X-TARGETDURATION:${timing.targetDuration}\n` +
    `#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=${seconds(view.partHoldBack)},` +
    `HOLD-BACK=${seconds(HOLD_BACK_TARGET_DURATIONS * timing.targetDuration)}\n` +
    `#EXT-X-PART-INF:PART-TARGET=${seconds(timing.partTarget)}\n` +
    `#EXT-X-MEDIA-SEQUENCE:${first?.msn ?? 0}\n#EXT-X-DISCONTINUITY-SEQUENCE:${view.discontinuitySequence}\n`;
  let init: InitSegment | undefined;
  for (const [at, segment] of segments.entries()) {
    const showsParts = at >= segments.length - SEGMENTS_WITH_PARTS;
    text += renderSegment(segment, { showsParts, showsMap: segment.init !== init });
    init = segment.init;
  }
  return `${text}${view.preloadHintUri === undefined ? '#EXT-X-ENDLIST' : `#EXT-X-PRELOAD-HINT:TYPE=PART,URI="${view.preloadHintUri}"`}\n`;
}

function renderSegment(segment: Segment, shows: { showsParts: boolean; showsMap: boolean }): string {
  let text = segment.hasDiscontinuity ? '#EXT-X-DISCONTINUITY\n' : '';
  if (shows.showsMap) text += `#EXT-X-MAP:URI="${segment.init.uri}"\n`;
  text += `#EXT-X-PROGRAM-DATE-TIME:${new Date(Math.round(segment.programDateTimeMs)).toISOString()}\n`;
  if (shows.showsParts) for (const part of segment.parts) text += renderPart(part);
  if (segment.isOpen) return text;
  // A segment in which no media came cannot be loaded; players skip it (4.4.4.7).
  if (segment.byteLength === 0) text += '#EXT-X-GAP\n';
  return `${text}#EXTINF:${seconds(segment.duration)},\n${segment.uri}\n`;
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
