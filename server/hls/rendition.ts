// One media playlist's worth of tracks: writes parts into the ring, renders the playlist at most once for each cut,
// and answers those who wait for it (RFC 8216bis clauses 6.2.2 and 6.2.5.2).

import type { MonotonicClock } from '../clock.ts';
import type { MemoryShare } from '../media/media-memory.ts';
import { TICKS_PER_SECOND } from '../media/ticks.ts';
import { writeFragment } from '../mp4/fragment.ts';
import { EncodedText } from './encoded-text.ts';
import {
  hasDeltaUpdate,
  type MediaPlaylistView,
  type RenditionReport,
  renderDeltaUpdate,
  renderMediaPlaylist,
} from './media-playlist.ts';
import { type ArenaSlice, type BlockPool, PartArena } from './part-arena.ts';
import type { PartTiming } from './part-timing.ts';
import { type PlaylistPosition, PlaylistWaiters } from './playlist-waiters.ts';
import type { InitSegment, Part } from './segment.ts';
import { type MediaResource, type RingLimits, SegmentRing } from './segment-ring.ts';
import type { PartPlan } from './segmenter.ts';

export type RenditionOptions = {
  readonly pool: BlockPool;
  readonly ringLimits: RingLimits;
  /** Told what stored media takes. */
  readonly memory?: MemoryShare;
  readonly timing: PartTiming;
  /** PART-HOLD-BACK, ticks of the common scale. */
  readonly partHoldBack: number;
  /** First media sequence number; derived from a clock, so that it never goes back, not even over a restart. */
  readonly firstMsn: number;
  /** Part of every URI: what one process served under it, no other ever will. */
  readonly epoch: string;
  readonly clock: MonotonicClock;
  /** An answer to somebody who waited failed. */
  readonly onFault: (error: unknown) => void;
  /** How far the stream's other renditions are, asked at every cut; none by default. */
  readonly reports?: () => readonly RenditionReport[];
  /** Told of every new playlist, before those who wait for it are answered. */
  readonly onCut?: (view: MediaPlaylistView) => void;
};

/** RFC 8216bis 6.2.5.2: a request further past the playlist's last segment, open or not, is nonsense. */
const MAX_MSN_AHEAD = 2;
/** 6.2.5.2: after three target durations a request is refused. */
const MAX_WAIT_TARGET_DURATIONS = 3;
/** 6.2.5.2: the Advance Part Limit is three parts, or three seconds of them. */
const ADVANCE_PARTS = 3;

/** The segment that parts go into, and how many it has. */
type Edge = { readonly msn: number; readonly parts: number };

export class Rendition {
  readonly timing: PartTiming;
  readonly partHoldBack: number;
  readonly waiters: PlaylistWaiters;
  readonly #ring: SegmentRing;
  readonly #arena: PartArena;
  readonly #epoch: string;
  readonly #reports: () => readonly RenditionReport[];
  readonly #onCut: (view: MediaPlaylistView) => void;
  #nextMsn: number;
  #nextPart = 0;
  /** Part numbers that were hinted and never given away. */
  #droppedHints = 0;
  #nextInit = 0;
  #init: InitSegment | undefined;
  #isDiscontinuous = false;
  #hasEnded = false;
  #renderCount = 0;
  #playlist = new EncodedText(() => '');
  #deltaUpdate = this.#playlist;

  constructor(options: RenditionOptions) {
    this.timing = options.timing;
    this.partHoldBack = options.partHoldBack;
    this.#arena = new PartArena(options.pool, options.ringLimits.maxBytes, options.memory);
    this.#ring = new SegmentRing(this.#arena, options.ringLimits);
    this.#epoch = options.epoch;
    this.#reports = options.reports ?? (() => []);
    this.#onCut = options.onCut ?? (() => {});
    this.#nextMsn = options.firstMsn;
    this.waiters = new PlaylistWaiters({
      clock: options.clock,
      maxWaitMs: MAX_WAIT_TARGET_DURATIONS * options.timing.targetDuration * 1000,
      onFault: options.onFault,
    });
  }

  /** The playlist as of the last cut. To be read at once: the next cut has another. */
  get playlist(): EncodedText {
    return this.#playlist;
  }

  /** The answer to `_HLS_skip` (6.2.5.1): without what players have already; the full playlist when that is all. */
  get deltaUpdate(): EncodedText {
    return this.#deltaUpdate;
  }

  /** Playlists and delta updates that were rendered so far, however many read them. */
  get renderCount(): number {
    return this.#renderCount;
  }

  get partCount(): number {
    return this.#nextPart;
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  get ring(): SegmentRing {
    return this.#ring;
  }

  /** Bytes of memory that parts keep: those listed, those that linger, and those that are still being sent. */
  get heldBytes(): number {
    return this.#arena.heldBytes;
  }

  /** No segment has this media sequence number yet, or any above it. */
  get nextMsn(): number {
    return this.#nextMsn;
  }

  /** URI of the part that will be written next: the preload hint. */
  get nextPartUri(): string {
    return `part-${this.#epoch}-${this.#nextPart + this.#droppedHints}.m4s`;
  }

  /** Where the next part will stand. */
  get nextPosition(): PlaylistPosition {
    const edge = this.#edge();
    return { msn: edge.msn, part: edge.parts };
  }

  /** How far this rendition is, for the playlists of its siblings; undefined while it has no part (4.4.5.4). */
  reportAs(uri: string): RenditionReport | undefined {
    const last = this.#ring.segments.findLast((segment) => segment.parts.length > 0);
    return last === undefined ? undefined : { uri, lastMsn: last.msn, lastPart: last.parts.length - 1 };
  }

  /**
   * Parts from here on need `initBytes`; unless they are the first, they follow a discontinuity. The part hinted so far
   * does not come (6.2.6 allows that): Shaka Player 5.2 has asked for it, and would append it to the run before.
   */
  startRun(initBytes: Buffer): void {
    this.#isDiscontinuous = this.#nextPart > 0;
    if (this.#isDiscontinuous) this.#droppedHints += 1;
    if (this.#ring.openSegment !== undefined) {
      this.#ring.closeSegment();
      this.#publish();
    }
    if (this.#init?.bytes.equals(initBytes)) return;
    this.#init = { uri: `init-${this.#epoch}-${this.#nextInit}.mp4`, bytes: initBytes };
    this.#nextInit += 1;
  }

  /** Writes a part and tells the world. `programDateTimeMs` is the time of its start. */
  addPart(plan: PartPlan, programDateTimeMs: number): void {
    if (this.#ring.openSegment === undefined) this.#openSegment(programDateTimeMs);
    this.#ring.addPart(this.#writePart(plan));
    if (plan.endsSegment) this.#ring.closeSegment();
    this.#publish();
  }

  /** EXT-X-ENDLIST: nothing is added any more. */
  end(): void {
    this.#hasEnded = true;
    this.#ring.closeSegment();
    this.#cut();
    this.waiters.releaseAll('ended');
  }

  /** Gives all memory back. */
  close(): void {
    this.#hasEnded = true;
    this.#cut();
    this.waiters.releaseAll('ended');
    this.#ring.clear();
  }

  find(uri: string): MediaResource | undefined {
    return this.#ring.find(uri);
  }

  /** Whether the playlist already contains `position`. */
  hasReached(position: PlaylistPosition): boolean {
    return this.#isReached(position, this.#edge());
  }

  /** Whether the present playlist is the first one that contains `position`, which it does. */
  isNewest(position: PlaylistPosition): boolean {
    const { msn, parts } = this.#edge();
    if (this.#hasEnded) return false;
    if (parts > 0) return position.msn === msn && position.part === parts - 1;
    const isLastPart = position.part === undefined || position.part === this.#partsOfLastClosed() - 1;
    return position.msn + 1 === msn && isLastPart;
  }

  /** Whether nobody with this playlist could ask for `position` (6.2.5.2: to be refused). */
  isBeyondReach(position: PlaylistPosition): boolean {
    const lastMsn = this.#nextMsn - 1;
    if (position.msn > lastMsn + MAX_MSN_AHEAD) return true;
    const { partTarget } = this.timing;
    const advanceLimit = Math.max(Math.ceil((ADVANCE_PARTS * TICKS_PER_SECOND) / partTarget), ADVANCE_PARTS);
    const edge = this.#edge();
    if (position.part === undefined || position.msn < edge.msn) return false;
    return position.part >= (position.msn === edge.msn ? edge.parts : 0) + advanceLimit;
  }

  #isReached(position: PlaylistPosition, edge: Edge): boolean {
    if (this.#hasEnded) return true;
    const { msn, part } = position;
    if (msn > edge.msn) return false;
    if (msn === edge.msn) return part !== undefined && part < edge.parts;
    // 6.2.5.2: a part index past a segment's final part means part 0 of the following segment.
    const isLastClosed = msn + 1 === edge.msn && edge.parts === 0;
    return !isLastClosed || part === undefined || part < this.#partsOfLastClosed();
  }

  #partsOfLastClosed(): number {
    return this.#ring.segments.findLast((segment) => !segment.isOpen)?.parts.length ?? 0;
  }

  /** The segment that parts go into, or would, and how many it has. */
  #edge(): Edge {
    const open = this.#ring.openSegment;
    return open === undefined
      ? { msn: this.#nextMsn, parts: 0 }
      : { msn: open.msn, parts: open.parts.length };
  }

  #openSegment(programDateTimeMs: number): void {
    const init = this.#init;
    if (init === undefined) throw new RangeError('a part needs an init segment');
    const msn = this.#nextMsn++;
    this.#ring.openNext({
      msn,
      uri: `seg-${this.#epoch}-${msn}.m4s`,
      init,
      hasDiscontinuity: this.#isDiscontinuous,
      programDateTimeMs,
      parts: [],
      duration: 0,
      byteLength: 0,
      isOpen: true,
    });
    this.#isDiscontinuous = false;
  }

  #writePart(plan: PartPlan): Part {
    const uri = this.nextPartUri;
    this.#nextPart += 1;
    let slice: ArenaSlice | undefined;
    if (plan.tracks.length > 0) {
      writeFragment(this.#nextPart, plan.tracks, (byteLength) => {
        slice = this.#arena.allocate(byteLength);
        return slice.bytes;
      });
    }
    return { uri, duration: plan.duration, isIndependent: plan.isIndependent, slice };
  }

  #publish(): void {
    this.#cut();
    if (this.waiters.size === 0) return;
    const edge = this.#edge();
    this.waiters.release((position) => this.#isReached(position, edge));
  }

  /** The ring has changed: its texts are made anew when somebody asks for them, which is before it changes again. */
  #cut(): void {
    const view: MediaPlaylistView = {
      timing: this.timing,
      partHoldBack: this.partHoldBack,
      discontinuitySequence: this.#ring.discontinuitySequence,
      segments: this.#ring.segments,
      preloadHintUri: this.#hasEnded ? undefined : this.nextPartUri,
      reports: this.#reports(),
    };
    this.#playlist = new EncodedText(() => this.#count(renderMediaPlaylist(view)));
    this.#deltaUpdate = hasDeltaUpdate(view)
      ? new EncodedText(() => this.#count(renderDeltaUpdate(view)))
      : this.#playlist;
    this.#onCut(view);
  }

  #count(text: string): string {
    this.#renderCount += 1;
    return text;
  }
}
