// Playlist delta updates: skipped segments come from the previous playlist (RFC 8216bis 4.4.5.2, 6.2.5.1, 6.3.7).

import type { LineTell } from './attribute-list.ts';
import { type ListedSegment, type MediaPlaylist, partsDuration, segmentPrint } from './media-playlist.ts';

/** Seconds from the end of a segment to the end of the last one, open or complete (6.2.5.1). */
function distanceFromEnd(playlist: MediaPlaylist, msn: number): number {
  return playlist.segments
    .filter((segment) => segment.msn > msn)
    .reduce((sum, segment) => sum + (segment.isOpen ? partsDuration(segment) : segment.duration.value), 0);
}

/** The same to the end of the last complete one; a server may use either. */
function certainDistance(playlist: MediaPlaylist, msn: number): number {
  const last = playlist.segments.at(-1);
  return distanceFromEnd(playlist, msn) - (last?.isOpen === true ? partsDuration(last) : 0);
}

/** Compares a delta update with the previous playlist and a whole playlist of the same age. */
export function checkDelta(
  before: MediaPlaylist,
  delta: MediaPlaylist,
  whole: MediaPlaylist,
  tell: LineTell,
): void {
  const boundary = whole.serverControl?.canSkipUntil?.value ?? Number.POSITIVE_INFINITY;
  const skippedUntil = delta.mediaSequence + delta.skippedSegments;
  if (delta.skippedSegments === 0) {
    const oldest = whole.segments[0];
    if (oldest !== undefined && !oldest.isOpen && certainDistance(whole, oldest.msn) > boundary)
      tell('delta_missing', `_HLS_skip=YES and segment ${oldest.msn} is further back than ${boundary} s`);
  }
  const lastSkipped = skippedUntil - 1;
  const isKnown = delta.skippedSegments === 0 || before.segments.some(({ msn }) => msn === lastSkipped);
  if (!isKnown) tell('delta_wrong', `segment ${lastSkipped} is skipped and was in no playlist before`);
  const left = distanceFromEnd(whole, lastSkipped);
  if (delta.skippedSegments > 0 && left + 0.001 < boundary)
    tell('delta_skips_too_much', `${left.toFixed(3)} s are left, CAN-SKIP-UNTIL is ${boundary}`);
  for (const segment of whole.segments) checkSegment(segment, { before, delta, skippedUntil }, tell);
}

function checkSegment(
  segment: ListedSegment,
  found: { before: MediaPlaylist; delta: MediaPlaylist; skippedUntil: number },
  tell: LineTell,
): void {
  const { before, delta, skippedUntil } = found;
  const { msn } = segment;
  // The whole playlist may be a part or a segment newer than the delta update.
  const end = delta.segments.at(-1)?.msn ?? skippedUntil;
  if (segment.isOpen || msn < delta.mediaSequence || msn >= end) return;
  const source = msn < skippedUntil ? before : delta;
  const merged = source.segments.find((candidate) => candidate.msn === msn);
  // A map before a skipped segment is not repeated (4.4.5.2).
  const known = merged === undefined ? '' : segmentPrint({ ...merged, map: merged.map ?? segment.map });
  if (known !== segmentPrint(segment))
    tell(
      'delta_wrong',
      `segment ${msn} is ${segmentPrint(segment)}, by the delta update ${known === '' ? 'missing' : known}`,
      segment.lines.at(-1),
    );
}
