// Loads the media of one rendition in order and compares parts with their segment, and tracks with the playlist (RFC 8216bis
// 3.1.2, 3.2, 6.2.1). It does not delay the reloads of the playlist.

import { GatewayError } from '../errors.ts';
import { MediaFault } from './boxes.ts';
import type { Tell } from './findings.ts';
import { type ReadFragment, readFragments } from './fragment-reader.ts';
import { type InitTrack, readInit } from './init-reader.ts';
import type { MediaLoader } from './media-loader.ts';
import { closedSegments, type ListedPart, type ListedSegment, type MediaPlaylist } from './media-playlist.ts';
import { MediaRun, type MediaUnit } from './media-run.ts';
import { isSameMedia } from './same-media.ts';

/** Players start three segments from the end of a live stream, and so does this. */
const FIRST_SEGMENTS = 3;
/** Jobs that may wait on a live stream. Further media is not checked, and a note says so. */
const MAX_WAITING = 200;
/** MPEG-TS begins with its sync byte (ISO 13818-1 2.4.3.2). */
const MPEG_TS_SYNC = 0x47;

type Job =
  | { readonly kind: 'part'; readonly segment: ListedSegment; readonly part: ListedPart }
  | { readonly kind: 'segment'; readonly segment: ListedSegment; readonly parts: readonly ListedPart[] };

/** A complete, loaded segment. */
export type MeasuredSegment = {
  readonly msn: number;
  readonly bytes: number;
  readonly seconds: number;
  readonly tracks: readonly InitTrack[];
};

export type MediaCheckerOptions = {
  readonly loader: MediaLoader;
  readonly tell: Tell;
  /** Takes a sentence about what was not checked. */
  readonly note: (text: string) => void;
};

export class MediaChecker {
  readonly #options: MediaCheckerOptions;
  readonly #run: MediaRun;
  #work: Promise<void> = Promise.resolve();
  #waiting = 0;
  #nextMsn: number | undefined;
  /** Parts of the segment `#nextMsn` that are queued. */
  #queuedParts = 0;
  #playlist: MediaPlaylist | undefined;
  /** The last segment with media. */
  #currentMsn = -1;
  #unitUrl = '';
  #init: { readonly key: string; readonly bytes: Buffer; readonly tracks: readonly InitTrack[] } | undefined;
  /** Bytes of the parts of the current segment; undefined if one could not be loaded. */
  #partBytes: (Buffer | undefined)[] = [];
  readonly #measured = new Map<number, MeasuredSegment>();
  #parts = 0;
  #segments = 0;
  #bytes = 0;
  #seconds = 0;
  #segmentBytes = 0;

  constructor(options: MediaCheckerOptions) {
    this.#options = options;
    this.#run = new MediaRun((code, message) => options.tell(code, message, { url: this.#unitUrl }));
  }

  /** Complete, listed and loaded segments, oldest first. */
  get measured(): readonly MeasuredSegment[] {
    return [...this.#measured.values()];
  }

  get frameRate(): number | undefined {
    return this.#run.frameRate;
  }

  /** Numbers of loaded segments and parts, and the duration and size of the segments. */
  get counts() {
    const [parts, segments, bytes] = [this.#parts, this.#segments, this.#bytes];
    return { parts, segments, bytes, segmentBytes: this.#segmentBytes, seconds: this.#seconds };
  }

  /** Queues the new media of a playlist. `partsOf` also returns parts whose tags were removed. */
  update(playlist: MediaPlaylist, partsOf: (msn: number) => readonly ListedPart[]): void {
    this.#playlist = playlist;
    this.#nextMsn ??= firstMsn(playlist);
    for (const segment of playlist.segments) {
      if (segment.msn < this.#nextMsn) continue;
      if (segment.msn > this.#nextMsn) this.#queuedParts = 0;
      const parts = partsOf(segment.msn);
      for (const part of parts.slice(this.#queuedParts)) this.#enqueue({ kind: 'part', segment, part });
      this.#queuedParts = parts.length;
      this.#nextMsn = segment.msn;
      if (segment.isOpen) break;
      this.#enqueue({ kind: 'segment', segment, parts });
      this.#nextMsn += 1;
      this.#queuedParts = 0;
    }
    for (const msn of this.#measured.keys()) if (msn < playlist.mediaSequence) this.#measured.delete(msn);
  }

  /** Resolves when the queue has been checked. */
  finish(): Promise<void> {
    return this.#work;
  }

  #enqueue(job: Job): void {
    if (this.#waiting >= MAX_WAITING && this.#playlist?.hasEnded !== true) {
      this.#options.note('some media was not inspected: it arrived faster than it could be loaded');
      return;
    }
    this.#waiting += 1;
    this.#work = this.#work.then(async () => {
      this.#waiting -= 1;
      if (await this.#enter(job.segment)) await (job.kind === 'part' ? this.#part(job) : this.#segment(job));
    });
  }

  /** @returns whether the segment's media can be checked */
  async #enter(segment: ListedSegment): Promise<boolean> {
    const { msn, map, hasDiscontinuity, isEncrypted } = segment;
    if (msn === this.#currentMsn) return this.#init !== undefined || map === undefined;
    const follows = msn === this.#currentMsn + 1;
    this.#currentMsn = msn;
    this.#partBytes = [];
    if (!follows || hasDiscontinuity) this.#run.restart();
    if (isEncrypted) {
      this.#options.note('segments are encrypted (EXT-X-KEY): their media was not inspected');
      return false;
    }
    if (map === undefined) {
      this.#init = undefined;
      return true;
    }
    const key = `${map.url} ${map.range?.offset ?? ''}`;
    if (this.#init?.key !== key) await this.#loadInit(segment, key);
    return this.#init !== undefined;
  }

  async #loadInit(segment: ListedSegment, key: string): Promise<void> {
    const { map, msn, hasDiscontinuity } = segment;
    if (map === undefined) return;
    const former = this.#init;
    this.#init = undefined;
    const bytes = await this.#load(map, `EXT-X-MAP of segment ${msn}`, msn);
    if (bytes === undefined) return;
    if (former !== undefined && !hasDiscontinuity && !former.bytes.equals(bytes) && this.#currentMsn === msn)
      this.#options.tell('map_without_discontinuity', `segment ${msn} has another EXT-X-MAP`, {
        url: map.url,
      });
    const tracks = this.#read('init_wrong', `EXT-X-MAP of segment ${msn}`, map.url, () => readInit(bytes));
    if (tracks?.some((track) => track.isEncrypted) === true)
      this.#options.note('tracks are encrypted: their media was not inspected');
    else if (tracks !== undefined) this.#init = { key, bytes, tracks };
  }

  async #part({ segment, part }: Extract<Job, { kind: 'part' }>): Promise<void> {
    const { msn } = segment;
    const name = `part ${part.index} of segment ${msn}`;
    if (part.isGap) {
      this.#run.skipGap(part.duration.value);
      this.#partBytes[part.index] = Buffer.alloc(0);
      return;
    }
    const bytes = await this.#load(part, name, msn);
    this.#partBytes[part.index] = bytes;
    if (bytes === undefined) return this.#run.restart();
    this.#parts += 1;
    const target = this.#playlist?.partTarget?.value ?? 0;
    this.#inspect(bytes, part.url, {
      name,
      duration: part.duration,
      part: { isIndependent: part.isIndependent, target },
      startsSegment: part.index === 0,
      mustStartInSync: this.#playlist?.hasIndependentSegments === true,
    });
  }

  async #segment({ segment, parts }: Extract<Job, { kind: 'segment' }>): Promise<void> {
    const { msn, duration, isGap, url } = segment;
    const name = `segment ${msn}`;
    const partBytes = this.#partBytes;
    this.#partBytes = [];
    if (isGap) {
      if (parts.length === 0) this.#run.skipGap(duration.value);
      return;
    }
    const bytes = await this.#load(segment, name, msn);
    if (bytes === undefined) {
      if (parts.length === 0) this.#run.restart();
      return;
    }
    this.#measure(segment, bytes.length);
    if (parts.length === 0) {
      const mustStartInSync = this.#playlist?.hasIndependentSegments === true;
      this.#inspect(bytes, url, { name, duration, part: undefined, startsSegment: true, mustStartInSync });
    } else if (parts.every((part) => partBytes[part.index] !== undefined)) {
      this.#compare(segment, bytes, Buffer.concat(partBytes.filter((part) => part !== undefined)));
    }
  }

  #compare(segment: ListedSegment, whole: Buffer, parts: Buffer): void {
    if (whole.equals(parts)) return;
    const { msn, url } = segment;
    const tracks = this.#init?.tracks ?? [];
    const same = this.#read('fragment_wrong', `segment ${msn}`, url, () => isSameMedia(whole, parts, tracks));
    if (same === true)
      this.#options.note('parts and segments are packaged differently; their samples were compared');
    if (same === false)
      this.#options.tell(
        'part_not_in_segment',
        `segment ${msn} has ${whole.length} bytes, its parts together ${parts.length}; bytes and samples differ`,
        { url },
      );
  }

  #inspect(bytes: Buffer, url: string, unit: Omit<MediaUnit, 'tracks'>): void {
    const { tell, note } = this.#options;
    if (this.#init === undefined) {
      if (bytes[0] === MPEG_TS_SYNC) note('MPEG-TS segments: their media was not inspected');
      else if (/^(?:ftyp|styp|moof|sidx|emsg|prft)$/.test(bytes.toString('latin1', 4, 8)))
        tell('map_missing', `${unit.name} is fragmented MP4 and has no EXT-X-MAP`, { url });
      else note('segments that are neither fragmented MP4 nor MPEG-TS: their media was not inspected');
      return;
    }
    const { tracks } = this.#init;
    const fragments = this.#read('fragment_wrong', unit.name, url, () => someFragments(bytes, tracks));
    this.#unitUrl = url;
    if (fragments === undefined) this.#run.restart();
    else this.#run.add({ ...unit, tracks }, fragments);
  }

  async #load(resource: { url: string; range: ListedPart['range'] }, name: string, msn: number) {
    const isListed = (): boolean => msn >= (this.#playlist?.mediaSequence ?? 0);
    const bytes = await this.#options.loader.load(resource, { name, isListed });
    this.#bytes += bytes?.length ?? 0;
    return bytes;
  }

  #measure({ msn, duration }: ListedSegment, bytes: number): void {
    this.#segments += 1;
    this.#seconds += duration.value;
    this.#segmentBytes += bytes;
    this.#measured.set(msn, { msn, bytes, seconds: duration.value, tracks: this.#init?.tracks ?? [] });
  }

  /** Unreadable media is a finding and does not end the check. */
  #read<Value>(
    code: 'init_wrong' | 'fragment_wrong',
    name: string,
    url: string,
    read: () => Value,
  ): Value | undefined {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof MediaFault || error instanceof GatewayError || error instanceof RangeError))
        throw error;
      const isSyntax = error instanceof RangeError || (error instanceof MediaFault && error.isSyntax);
      this.#options.tell(isSyntax ? 'box_syntax' : code, `${name}: ${error.message}`, { url });
      return undefined;
    }
  }
}

function firstMsn(playlist: MediaPlaylist): number {
  const closed = closedSegments(playlist);
  const first = playlist.hasEnded ? closed[0] : (closed.at(-FIRST_SEGMENTS) ?? closed[0]);
  return first?.msn ?? playlist.segments[0]?.msn ?? playlist.mediaSequence;
}

function someFragments(bytes: Buffer, tracks: readonly InitTrack[]): readonly ReadFragment[] {
  const fragments = readFragments(bytes, tracks);
  if (fragments.length === 0) throw new MediaFault('it has no moof');
  return fragments;
}
