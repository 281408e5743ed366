// Compares the arrival of parts and segments with the required times (RFC 8216bis 6.2.1), and measures latency.

import type { Clock } from '../clock.ts';
import type { LineTell } from './attribute-list.ts';
import { Histogram } from './measurements.ts';
import { edgeDateMs, type MediaPlaylist, nextPosition, partsDuration } from './media-playlist.ts';

/** 6.2.1: at the latest after this many target durations. */
const MAX_SEGMENT_WAIT_TARGETS = 1.5;
export class ArrivalTimes {
  readonly latency = new Histogram();
  /** Difference between the time between two parts, or segments, and their duration. */
  readonly jitter = new Histogram();
  readonly #clock: Pick<Clock, 'epochMs'>;
  readonly #networkMs: number;
  #lastEdge: { msn: number; part: number } | undefined;
  #lastPartMs = 0;
  #lastSegmentMs = 0;
  #isStallTold = false;

  /** @param networkMs allowance for requests and answers */
  constructor(clock: Pick<Clock, 'epochMs'>, networkMs: number) {
    this.#clock = clock;
    this.#networkMs = networkMs;
  }

  /** @param atMs monotonic milliseconds at which the playlist arrived */
  note(playlist: MediaPlaylist, atMs: number, isPolled: boolean, tell: LineTell): void {
    const edge = nextPosition(playlist);
    const last = this.#lastEdge;
    this.#lastEdge = edge;
    if (last === undefined) {
      [this.#lastPartMs, this.#lastSegmentMs] = [atMs, atMs];
    } else if (edge.msn !== last.msn || edge.part !== last.part) {
      this.#noteNew(playlist, { last, atMs, isPolled }, tell);
    }
    this.checkStall(playlist, atMs, tell);
  }

  /** Call this also while no new playlist arrives. */
  checkStall(playlist: MediaPlaylist, atMs: number, tell: LineTell): void {
    const target = playlist.targetDuration;
    if (playlist.hasEnded || target === undefined || this.#isStallTold) return;
    const waitedMs = atMs - this.#lastSegmentMs;
    if (waitedMs <= MAX_SEGMENT_WAIT_TARGETS * target * 1000 + this.#networkMs) return;
    this.#isStallTold = true;
    tell(
      'playlist_stalled',
      `no new segment for ${(waitedMs / 1000).toFixed(1)} s; TARGETDURATION is ${target}`,
    );
  }

  #noteNew(
    playlist: MediaPlaylist,
    step: { last: { msn: number; part: number }; atMs: number; isPolled: boolean },
    tell: LineTell,
  ): void {
    const { last, atMs, isPolled } = step;
    const edge = edgeDateMs(playlist);
    if (edge !== undefined && !playlist.hasEnded) this.latency.add(this.#clock.epochMs() - edge);
    const waitedMs = atMs - this.#lastPartMs;
    const added = addedSeconds(playlist, last);
    if (!isPolled) this.jitter.add(Math.abs(waitedMs - added * 1000));
    const target = playlist.partTarget?.value;
    if (target !== undefined && !isPolled && !playlist.hasEnded) {
      const allowedMs = Math.max(target, added) * 1000 + this.#networkMs;
      if (waitedMs > allowedMs)
        tell(
          'part_late',
          `a part came ${(waitedMs / 1000).toFixed(2)} s after the previous one; PART-TARGET is ${target}`,
        );
    }
    this.#lastPartMs = atMs;
    const closedBefore = last.msn;
    const isNewSegment = playlist.segments.some(({ isOpen, msn }) => !isOpen && msn >= closedBefore);
    if (!isNewSegment) return;
    this.#lastSegmentMs = atMs;
    this.#isStallTold = false;
  }
}

/** Seconds of media behind a position. */
function addedSeconds(playlist: MediaPlaylist, from: { msn: number; part: number }): number {
  let seconds = 0;
  for (const segment of playlist.segments) {
    if (segment.msn < from.msn) continue;
    const isPartial = segment.msn === from.msn && from.part > 0;
    const known = isPartial ? segment.parts.slice(0, from.part) : [];
    const all = segment.isOpen ? partsDuration(segment) : segment.duration.value;
    seconds += all - known.reduce((sum, part) => sum + part.duration.value, 0);
  }
  return seconds;
}
