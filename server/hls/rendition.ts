// The tracks of one media playlist: writes parts into the ring, renders the playlist at most once per cut, and answers waiting
// requests (RFC 8216bis clauses 6.2.2 and 6.2.5.2).

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
import type { PartPlan } from './part-plan.ts';
import type { PartTiming } from './part-timing.ts';
import { type PlaylistPosition, PlaylistWaiters } from './playlist-waiters.ts';
import type { InitSegment, Part, Segment } from './segment.ts';
import { type MediaResource, type RingLimits, SegmentRing } from './segment-ring.ts';

export type RenditionOptions = {
  readonly pool: BlockPool;
  readonly ringLimits: RingLimits;
  /** Charged for stored media. */
  readonly memory?: MemoryShare;
  readonly timing: PartTiming;
  /** PART-HOLD-BACK, ticks of the common scale. */
  readonly partHoldBack: number;
  /** First media sequence number, from a clock, so that it does not decrease after a restart. */
  readonly firstMsn: number;
  /** Part of every URI, unique for each process. */
  readonly epoch: string;
  readonly clock: MonotonicClock;
  /** An answer to a waiting request failed. */
  readonly onFault: (error: unknown) => void;
  /** Positions of the stream's other renditions, read at every cut; none by default. */
  readonly reports?: () => readonly RenditionReport[];
  /** Called for every new playlist before waiting requests are answered. */
  readonly onCut?: (view: MediaPlaylistView) => void;
  /** Called for every segment when it is complete. */
  readonly onSegment?: ((segment: Segment) => void) | undefined;
};

/** RFC 8216bis 6.2.5.2: a request further past the playlist's last segment is refused. */
const MAX_MSN_AHEAD = 2;
/** 6.2.5.2: after three target durations a request is refused. */
const MAX_WAIT_TARGET_DURATIONS = 3;
/** 6.2.5.2: the Advance Part Limit is three parts, or three seconds of them. */
const ADVANCE_PARTS = 3;

/** The open segment and its number of parts. */
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
  readonly #onSegment: (segment: Segment) => void;
  #nextMsn: number;
  #nextPart = 0;
  /** Part numbers that were hinted and never served. */
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
    this.#arena = new PartArena(options.pool, options.memory);
    this.#ring = new SegmentRing(this.#arena, options.ringLimits);
    this.#epoch = options.epoch;
    this.#reports = options.reports ?? (() => []);
    this.#onCut = options.onCut ?? (() => {});
    this.#onSegment = options.onSegment ?? (() => {});
    this.#nextMsn = options.firstMsn;
    this.waiters = new PlaylistWaiters({
      clock: options.clock,
      maxWaitMs: MAX_WAIT_TARGET_DURATIONS * options.timing.targetDuration * 1000,
      onFault: options.onFault,
    });
  }

  /** The playlist of the last cut. Read it at once; the next cut replaces it. */
  get playlist(): EncodedText {
    return this.#playlist;
  }

  /** The answer to `_HLS_skip` (6.2.5.1): a delta update, or the full playlist if nothing can be skipped. */
  get deltaUpdate(): EncodedText {
    return this.#deltaUpdate;
  }

  /** Number of rendered playlists and delta updates. */
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

  /** Memory of parts: listed, lingering, and being sent. */
  get heldBytes(): number {
    return this.#arena.heldBytes;
  }

  /** Higher than all media sequence numbers in use. */
  get nextMsn(): number {
    return this.#nextMsn;
  }

  /** URI of the next part: the preload hint. */
  get nextPartUri(): string {
    return `part-${this.#epoch}-${this.#nextPart + this.#droppedHints}.m4s`;
  }

  /** Position of the next part. */
  get nextPosition(): PlaylistPosition {
    const edge = this.#edge();
    return { msn: edge.msn, part: edge.parts };
  }

  /** Position of this rendition, for playlists of other renditions; undefined without parts (4.4.5.4). */
  reportAs(uri: string): RenditionReport | undefined {
    const last = this.#ring.segments.findLast((segment) => segment.parts.length > 0);
    return last === undefined ? undefined : { uri, lastMsn: last.msn, lastPart: last.parts.length - 1 };
  }

  /**
   * Following parts need `initBytes` and, unless they are the first, follow a discontinuity. The hinted part never comes (allowed
   * by 6.2.6): Shaka Player 5.2 would append it to the previous run.
   */
  startRun(initBytes: Buffer): void {
    this.endSegment();
    this.#isDiscontinuous = this.#nextPart > 0;
    if (this.#isDiscontinuous) this.#droppedHints += 1;
    if (this.#init?.bytes.equals(initBytes)) return;
    this.#init = { uri: `init-${this.#epoch}-${this.#nextInit}.mp4`, bytes: initBytes };
    this.#nextInit += 1;
  }

  /** Writes a part and answers waiting requests. `programDateTimeMs` is the time of its start. */
  addPart(plan: PartPlan, programDateTimeMs: number): void {
    if (this.#ring.openSegment === undefined) this.#openSegment(programDateTimeMs);
    this.#ring.addPart(this.#writePart(plan));
    if (plan.endsSegment) this.#closeSegment();
    this.#publish();
  }

  /** Closes the open segment: its source has ended. */
  endSegment(): void {
    if (this.#ring.openSegment === undefined) return;
    this.#closeSegment();
    this.#publish();
  }

  /** EXT-X-ENDLIST: nothing is added after this. */
  end(): void {
    this.#hasEnded = true;
    this.#closeSegment();
    this.#cut();
    this.waiters.releaseAll('ended');
  }

  /** Releases all memory. */
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

  /** Whether the current playlist is the first one with `position`. */
  isNewest(position: PlaylistPosition): boolean {
    const { msn, parts } = this.#edge();
    if (this.#hasEnded) return false;
    if (parts > 0) return position.msn === msn && position.part === parts - 1;
    const isLastPart = position.part === undefined || position.part === this.#partsOfLastClosed() - 1;
    return position.msn + 1 === msn && isLastPart;
  }

  /** Whether `position` is too far ahead (6.2.5.2: to be refused). */
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

  /** The open or next segment, and its number of parts. */
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

  #closeSegment(): void {
    const segment = this.#ring.openSegment;
    this.#ring.closeSegment();
    if (segment !== undefined) this.#onSegment(segment);
  }

  #writePart(plan: PartPlan): Part {
    const uri = this.nextPartUri;
    this.#nextPart += 1;
    let slices: readonly ArenaSlice[] = [];
    let byteLength = 0;
    if (plan.tracks.length > 0) {
      byteLength = writeFragment(this.#nextPart, plan.tracks, (wanted) => {
        slices = this.#arena.allocate(wanted);
        return slices.map(({ bytes }) => bytes);
      });
    }
    const { duration, isIndependent } = plan;
    return { uri, duration, isIndependent, slices, byteLength };
  }

  #publish(): void {
    this.#cut();
    if (this.waiters.size === 0) return;
    const edge = this.#edge();
    this.waiters.release((position) => this.#isReached(position, edge));
  }

  /** The ring has changed: texts are rendered again at the next request. */
  #cut(): void {
    const view: MediaPlaylistView = {
      timing: this.timing,
      partHoldBack: this.partHoldBack,
      discontinuitySequence: this.#ring.discontinuitySequence,
      segments: this.#ring.segments,
      nextMsn: this.#nextMsn,
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
