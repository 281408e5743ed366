// One media playlist's worth of tracks: writes parts into the ring, renders the playlist once at each cut,
// and answers those who wait for it (RFC 8216bis clauses 6.2.2 and 6.2.5.2).

import { writeFragment } from '../mp4/fragment.ts';
import { renderMediaPlaylist } from './media-playlist.ts';
import { type ArenaSlice, type BlockPool, PartArena } from './part-arena.ts';
import type { PartTiming } from './part-timing.ts';
import { type PlaylistPosition, PlaylistWaiters } from './playlist-waiters.ts';
import type { InitSegment, Part } from './segment.ts';
import { type MediaResource, type RingLimits, SegmentRing } from './segment-ring.ts';
import type { PartPlan } from './segmenter.ts';

export type RenditionOptions = {
  readonly pool: BlockPool;
  readonly ringLimits: RingLimits;
  readonly timing: PartTiming;
  readonly partHoldBack: number;
  /** First media sequence number; derived from a clock, so that it never goes back, not even over a restart. */
  readonly firstMsn: number;
  /** Part of every URI: what one process served under it, no other ever will. */
  readonly epoch: string;
  /** Monotonic milliseconds. */
  readonly now: () => number;
};

/** RFC 8216bis 6.2.5.2: a request this far past the playlist's last segment is nonsense. */
const MAX_MSN_AHEAD = 2;
/** 6.2.5.2: the Advance Part Limit is three parts, or three seconds of them. */
const ADVANCE_PARTS = 3;

export class Rendition {
  readonly timing: PartTiming;
  readonly partHoldBack: number;
  readonly waiters: PlaylistWaiters;
  readonly #ring: SegmentRing;
  readonly #arena: PartArena;
  readonly #epoch: string;
  #nextMsn: number;
  #nextPart = 0;
  #init: InitSegment | undefined;
  #isDiscontinuous = false;
  #hasEnded = false;
  #playlist: Buffer = Buffer.alloc(0);

  constructor(options: RenditionOptions) {
    this.timing = options.timing;
    this.partHoldBack = options.partHoldBack;
    this.#arena = new PartArena(options.pool);
    this.#ring = new SegmentRing(this.#arena, options.ringLimits);
    this.#epoch = options.epoch;
    this.#nextMsn = options.firstMsn;
    this.waiters = new PlaylistWaiters(options.now);
  }

  /** The playlist's text as of the last cut; never changed after it was handed out. */
  get playlist(): Buffer {
    return this.#playlist;
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

  /** URI of the part that will be written next: the preload hint. */
  get nextPartUri(): string {
    return `part-${this.#epoch}-${this.#nextPart}.m4s`;
  }

  /** Where the next part will stand. */
  get nextPosition(): PlaylistPosition {
    const edge = this.#edge();
    return { msn: edge.msn, part: edge.parts };
  }

  /** Parts from here on need `init`; unless they are the first, they follow a discontinuity. */
  startRun(initBytes: Buffer): void {
    this.#isDiscontinuous = this.#init !== undefined;
    const keepsInit = this.#init?.bytes.equals(initBytes) === true;
    if (!keepsInit) this.#init = { uri: `init-${this.#epoch}-${this.#nextPart}.mp4`, bytes: initBytes };
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
    this.#render();
    this.waiters.releaseAll('ended');
  }

  /** Gives all memory back. */
  close(): void {
    this.#hasEnded = true;
    this.waiters.releaseAll('ended');
    this.#ring.clear();
  }

  find(uri: string): MediaResource | undefined {
    return this.#ring.find(uri);
  }

  /** Whether the playlist already contains `position`. */
  hasReached(position: PlaylistPosition): boolean {
    if (this.#hasEnded) return true;
    const edge = this.#edge();
    if (position.msn !== edge.msn) {
      if (position.msn > edge.msn || position.part === undefined) return position.msn < edge.msn;
      const segment = this.#ring.segments.find((candidate) => candidate.msn === position.msn);
      // 6.2.5.2: a part index past a segment's final part means part 0 of the following segment.
      const isPastFinalPart = segment !== undefined && position.part >= segment.parts.length;
      return !isPastFinalPart || position.msn + 1 < edge.msn || edge.parts > 0;
    }
    return position.part !== undefined && position.part < edge.parts;
  }

  /** Whether nobody with this playlist could ask for `position` (6.2.5.2: to be refused). */
  isBeyondReach(position: PlaylistPosition): boolean {
    const edge = this.#edge();
    if (position.msn > edge.msn + MAX_MSN_AHEAD) return true;
    const advance =
      this.timing.partTarget < 1 ? Math.ceil(ADVANCE_PARTS / this.timing.partTarget) : ADVANCE_PARTS;
    return position.msn === edge.msn && position.part !== undefined && position.part >= edge.parts + advance;
  }

  /** The segment that parts go into, or would, and how many it has. */
  #edge(): { msn: number; parts: number } {
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
    this.#render();
    this.waiters.release((position) => this.hasReached(position));
  }

  #render(): void {
    const text = renderMediaPlaylist({
      timing: this.timing,
      partHoldBack: this.partHoldBack,
      discontinuitySequence: this.#ring.discontinuitySequence,
      segments: this.#ring.segments,
      preloadHintUri: this.#hasEnded ? undefined : this.nextPartUri,
    });
    this.#playlist = Buffer.from(text);
  }
}
