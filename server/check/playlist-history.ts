// Rules between successive media playlists of one URI (RFC 8216bis 6.2.1, 6.2.2). Keeps only listed segments.

import type { LineTell } from './attribute-list.ts';
import {
  closedSegments,
  type ListedPart,
  type ListedSegment,
  type MediaPlaylist,
  partHint,
  partPrint,
  segmentPrint,
} from './media-playlist.ts';
import { isNear } from './playlist-rules.ts';

/** 6.2.2: target durations that must remain when segments are removed. */
const WINDOW_TARGETS = 3;

/** A listed segment as seen so far. */
type Known = {
  /** Undefined while it is open. */
  segment: ListedSegment | undefined;
  discontinuitySequence: number;
  /** Its parts, including those whose tags were removed. */
  readonly parts: ListedPart[];
  /** It was first seen complete. */
  isWhole: boolean;
};

export class PlaylistHistory {
  readonly #known = new Map<number, Known>();
  readonly #msnByUri = new Map<string, number>();
  #last: MediaPlaylist | undefined;

  /** The previous playlist; undefined at first. */
  get last(): MediaPlaylist | undefined {
    return this.#last;
  }

  /** Every part of a listed segment that was ever listed. */
  partsOf(msn: number): readonly ListedPart[] {
    return this.#known.get(msn)?.parts ?? [];
  }

  check(playlist: MediaPlaylist, tell: LineTell): void {
    const last = this.#last;
    if (last !== undefined) {
      checkHeader(last, playlist, tell);
      this.#checkRemoval(last, playlist, tell);
      this.#checkHint(last, playlist, tell);
    }
    for (const segment of playlist.segments) this.#checkSegment(segment, playlist, tell);
    this.#forget(playlist);
    this.#last = playlist;
  }

  #checkSegment(segment: ListedSegment, playlist: MediaPlaylist, tell: LineTell): void {
    const { msn, uri, discontinuitySequence, lines } = segment;
    const line = lines.at(-1);
    let known = this.#known.get(msn);
    if (known === undefined) {
      const isWhole = this.#last !== undefined || segment === playlist.segments.at(-1);
      known = { segment: undefined, discontinuitySequence, parts: [], isWhole };
      this.#known.set(msn, known);
    } else if (known.discontinuitySequence !== discontinuitySequence) {
      tell(
        'discontinuity_sequence_wrong',
        `segment ${msn} had the discontinuity sequence ${known.discontinuitySequence}, now ${discontinuitySequence}`,
        line,
      );
      known.discontinuitySequence = discontinuitySequence;
    }
    this.#checkParts(segment, known, tell);
    if (segment.isOpen) {
      if (known.segment !== undefined)
        tell('segment_withdrawn', `segment ${msn} was listed and is not any more`, line);
      return;
    }
    if (known.segment === undefined) {
      this.#checkUri(segment, tell);
      checkSum(segment, known, tell);
    } else if (known.segment.uri !== uri) {
      tell('sequence_number_reused', `segment ${msn} was ${known.segment.uri} and is ${uri}`, line);
    } else if (segmentPrint(known.segment) !== segmentPrint(segment)) {
      const change = `${segmentPrint(known.segment)} became ${segmentPrint(segment)}`;
      tell('segment_changed', `segment ${msn}: ${change}`, line);
    }
    known.segment = segment;
  }

  #checkUri(segment: ListedSegment, tell: LineTell): void {
    const { msn, url, range, lines } = segment;
    const key = `${url} ${range?.offset ?? ''}`;
    const other = this.#msnByUri.get(key);
    if (other !== undefined && other !== msn && !segment.isGap)
      tell('segment_uri_reused', `${segment.uri} is segment ${other}, and now segment ${msn}`, lines.at(-1));
    this.#msnByUri.set(key, msn);
  }

  #checkParts(segment: ListedSegment, known: Known, tell: LineTell): void {
    const { parts, msn, isOpen } = segment;
    if (parts.length < known.parts.length && (isOpen || (parts.length > 0 && known.segment === undefined)))
      tell(
        'part_withdrawn',
        `segment ${msn} had ${known.parts.length} parts and has ${parts.length}`,
        parts.at(-1)?.line,
      );
    for (const part of parts) {
      const before = known.parts[part.index];
      if (before !== undefined && partPrint(before) !== partPrint(part))
        tell(
          'part_changed',
          `part ${part.index} of segment ${msn}: ${partPrint(before)} became ${partPrint(part)}`,
          part.line,
        );
      if (before === undefined && known.segment !== undefined)
        tell('part_changed', `part ${part.index} was added to segment ${msn}, which was complete`, part.line);
      known.parts[part.index] = part;
    }
  }

  #checkRemoval(last: MediaPlaylist, playlist: MediaPlaylist, tell: LineTell): void {
    const removed = playlist.mediaSequence - last.mediaSequence;
    if (removed === 0) this.#checkLost(last, playlist, tell);
    if (removed <= 0) return;
    const lastListed = last.segments.at(-1);
    if (lastListed !== undefined && playlist.mediaSequence > lastListed.msn + 1)
      tell(
        'media_sequence_jump',
        `MEDIA-SEQUENCE went from ${last.mediaSequence} to ${playlist.mediaSequence}, past segment ${lastListed.msn}, the last listed`,
      );
    if (playlist.playlistType !== undefined)
      tell('live_playlist_type', `EXT-X-PLAYLIST-TYPE:${playlist.playlistType} and segments are removed`);
    this.#checkLost(last, playlist, tell);
    const target = playlist.targetDuration ?? 0;
    const window = closedSegments(playlist).reduce((sum, { duration }) => sum + duration.value, 0);
    if (!playlist.hasEnded && window + 0.001 < WINDOW_TARGETS * target)
      tell(
        'window_too_short',
        `${removed} segments were removed and ${window.toFixed(3)} s are left; TARGETDURATION is ${target}`,
      );
  }

  /** The end of the playlist must not go back. */
  #checkLost(last: MediaPlaylist, playlist: MediaPlaylist, tell: LineTell): void {
    const lastMsn = last.segments.at(-1)?.msn ?? 0;
    const endMsn = playlist.segments.at(-1)?.msn ?? playlist.mediaSequence - 1;
    if (endMsn < lastMsn && playlist.mediaSequence <= lastMsn)
      tell('segment_withdrawn', `the playlist ended with segment ${lastMsn} and ends with ${endMsn}`);
  }

  #checkHint(last: MediaPlaylist, playlist: MediaPlaylist, tell: LineTell): void {
    const hint = partHint(last);
    const added = this.#addedParts(playlist)[0];
    if (hint === undefined || added === undefined || added.url === hint.url) return;
    // A new run begins instead: a server may drop its hint (6.2.6).
    const run = playlist.segments.find(({ parts }) => parts.includes(added))?.discontinuitySequence;
    if (run !== last.segments.at(-1)?.discontinuitySequence) return;
    tell('hint_not_kept', `${hint.uri} was hinted, ${added.uri} came`, added.line);
  }

  #addedParts(playlist: MediaPlaylist): readonly ListedPart[] {
    return playlist.segments.flatMap((segment) =>
      segment.parts.slice(this.#known.get(segment.msn)?.parts.length ?? 0),
    );
  }

  #forget(playlist: MediaPlaylist): void {
    for (const [msn, { segment }] of this.#known) {
      if (msn >= playlist.mediaSequence) continue;
      this.#known.delete(msn);
      if (segment !== undefined) this.#msnByUri.delete(`${segment.url} ${segment.range?.offset ?? ''}`);
    }
  }
}

function checkHeader(last: MediaPlaylist, playlist: MediaPlaylist, tell: LineTell): void {
  if (playlist.targetDuration !== last.targetDuration)
    tell('target_duration_changed', `it was ${last.targetDuration} and is ${playlist.targetDuration}`);
  if (playlist.partTarget?.value !== last.partTarget?.value)
    tell('part_target_changed', `it was ${last.partTarget?.value} and is ${playlist.partTarget?.value}`);
  if (playlist.mediaSequence < last.mediaSequence)
    tell('media_sequence_back', `it was ${last.mediaSequence} and is ${playlist.mediaSequence}`);
  if (playlist.discontinuitySequence < last.discontinuitySequence)
    tell(
      'discontinuity_sequence_wrong',
      `EXT-X-DISCONTINUITY-SEQUENCE was ${last.discontinuitySequence} and is ${playlist.discontinuitySequence}`,
    );
  if (last.hasEnded && playlist.text !== last.text)
    tell('changed_after_end', 'the playlist had EXT-X-ENDLIST and is another now');
}

/** Compared when a segment is complete, because its part tags may be removed later. */
function checkSum(segment: ListedSegment, known: Known, tell: LineTell): void {
  const { parts } = known;
  if (parts.length === 0 || !known.isWhole) return;
  const sum = parts.reduce((seconds, { duration }) => seconds + duration.value, 0);
  const tolerance = parts.reduce(
    (most, { duration }) => most + duration.resolution,
    segment.duration.resolution,
  );
  if (isNear(sum, segment.duration.value, tolerance)) return;
  tell(
    'parts_sum',
    `the parts of segment ${segment.msn} last ${sum.toFixed(5)}, its EXTINF is ${segment.duration.value}`,
    segment.lines.at(-1),
  );
}
