// What the doctor measures of one stream's publisher: a sink that counts, and reads its counters once a second. The first track of
// each kind is judged, because HLS plays it.

import type { Clock } from '../clock.ts';
import { pictureOf } from '../codec/codec-config.ts';
import type { Sink, SourceHints } from '../live/sink.ts';
import type { Sample } from '../media/sample.ts';
import type { AudioTrack, Track, TrackId, VideoTrack } from '../media/track.ts';
import { type EncoderTotals, EncoderWatch } from './encoder-watch.ts';
import { PictureWatch } from './picture-watch.ts';
import { TrackWatch } from './track-watch.ts';

/** What the dashboard shows of a publisher's connection, milliseconds; undefined while it is unknown. */
export type IngestMeasure = {
  /** How irregularly media arrives (RFC 3550 clause 6.4.1). */
  readonly jitterMs: number | undefined;
  /** Media time minus wall time since the source began: negative when the upload is too slow. */
  readonly driftMs: number | undefined;
  /** Sound minus pictures at the same moment of arrival. */
  readonly avOffsetMs: number | undefined;
};

/** The picture size of a source has changed. */
export type SizeChange = { readonly from: string; readonly to: string; readonly atMs: number };

/** Counters at the end of a second; totals since the source began. */
export type IngestSecond = {
  readonly atMs: number;
  /** Of pictures and of sound: how far their media has come, milliseconds. */
  readonly pictureMs: number;
  readonly soundMs: number;
  readonly pictureBytes: number;
  readonly frames: number;
  readonly soundFrames: number;
  readonly missing: number;
  /** Steps forward of the clock while no time passed. */
  readonly jumps: number;
  readonly reordered: number;
  readonly driftMs: number | undefined;
  /** The mean of this second; undefined without pictures or without sound. */
  readonly avOffsetMs: number | undefined;
  /** What the encoder reports about itself; undefined if it says nothing. */
  readonly encoder: EncoderTotals | undefined;
};

/** Without a sample for this long, wall time runs on without media time. */
const SILENT_AFTER_MS = 1_000;

export class IngestWatch implements Sink {
  /** Late samples change nothing here but the jitter, which leaves them out. */
  readonly patienceMs = Number.POSITIVE_INFINITY;
  readonly #clock: Clock;
  readonly #arrivesLate: () => boolean;
  hints: SourceHints = {};
  videoTrack: VideoTrack | undefined;
  audioTrack: AudioTrack | undefined;
  pictures: PictureWatch | undefined;
  sound: TrackWatch | undefined;
  encoder = new EncoderWatch();
  sizeChange: SizeChange | undefined;
  /** Another number means that counters start again at zero: with another source, or another first track. */
  generation = 0;
  #isOpen = false;
  #videoId: TrackId | undefined;
  #audioId: TrackId | undefined;
  #firstArrivalMs: number | undefined;
  #offsetSumMs = 0;
  #offsetCount = 0;
  #avOffsetMs: number | undefined;

  /** `arrivesLate`: whether the time at which the present sample arrived is not known. */
  constructor(clock: Clock, arrivesLate: () => boolean = () => false) {
    this.#clock = clock;
    this.#arrivesLate = arrivesLate;
  }

  /** Whether a source sends media now. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** When the first sample of the source arrived. */
  get firstArrivalMs(): number | undefined {
    return this.#firstArrivalMs;
  }

  onSourceStart(hints: SourceHints): void {
    this.hints = hints;
    // A source starts again in the middle when a track is withdrawn; the counters go on.
    if (!this.#isOpen) this.#restart();
    this.#videoId = undefined;
    this.#audioId = undefined;
  }

  onTrack(track: Track): void {
    if (track.kind === 'video') this.#setPicture(track);
    else this.#setSound(track);
  }

  onSample(sample: Sample): void {
    const isPicture = sample.trackId === this.#videoId;
    if (!isPicture && sample.trackId !== this.#audioId) return;
    const arrivalMs = this.#clock.monotonicMs();
    this.#firstArrivalMs ??= arrivalMs;
    const { pictures, sound } = this;
    if (isPicture) {
      if (sample.isSync) this.#noteKeyFrame(sample);
      pictures?.note(sample, arrivalMs, sound);
    } else sound?.note(sample, arrivalMs, pictures);
    const noted = isPicture ? pictures : sound;
    if (noted !== undefined && !this.#arrivesLate()) noted.jitter.note(arrivalMs, noted.lastMs);
    if (pictures === undefined || sound === undefined || pictures.frames === 0 || sound.frames === 0) return;
    this.#offsetSumMs += sound.lastMs - pictures.lastMs;
    this.#offsetCount += 1;
  }

  onSourceEnd(): void {
    this.#isOpen = false;
  }

  onEnd(): void {
    this.#isOpen = false;
  }

  /** The present measurement. */
  measure(): IngestMeasure {
    const isQuiet = !this.#isOpen || this.#firstArrivalMs === undefined;
    const jitterMs = isQuiet ? undefined : (this.pictures ?? this.sound)?.jitter.ms;
    return {
      jitterMs,
      driftMs: isQuiet ? undefined : this.#drift(this.#clock.monotonicMs()),
      avOffsetMs: isQuiet ? undefined : this.#avOffsetMs,
    };
  }

  /** Called once a second: the counters of the current source. */
  close(): IngestSecond {
    const atMs = this.#clock.monotonicMs();
    this.pictures?.close();
    const avOffsetMs = this.#offsetCount === 0 ? undefined : this.#offsetSumMs / this.#offsetCount;
    this.#avOffsetMs = avOffsetMs;
    this.#offsetSumMs = 0;
    this.#offsetCount = 0;
    const { pictures, sound } = this;
    return {
      atMs,
      pictureMs: pictures?.mediaMs ?? 0,
      soundMs: sound?.mediaMs ?? 0,
      pictureBytes: pictures?.bytes ?? 0,
      frames: pictures?.frames ?? 0,
      soundFrames: sound?.frames ?? 0,
      jumps: Math.max(pictures?.jumps ?? 0, sound?.jumps ?? 0),
      missing: pictures?.missing ?? 0,
      reordered: pictures?.reordered ?? 0,
      driftMs: this.#firstArrivalMs === undefined ? undefined : this.#drift(atMs),
      avOffsetMs,
      encoder: this.encoder.totals,
    };
  }

  #noteKeyFrame({ data }: Sample): void {
    const lengthSize = this.videoTrack?.config.lengthSize;
    if (lengthSize !== undefined) this.encoder.note(data, lengthSize, this.#clock.epochMs());
  }

  /** Pictures tell the time if there are any: gaps of sound are filled. */
  #drift(nowMs: number): number | undefined {
    const lead = this.pictures !== undefined && this.pictures.frames > 0 ? this.pictures : this.sound;
    if (lead === undefined || lead.frames === 0) return undefined;
    const isSilent = nowMs - lead.lastArrivalMs > SILENT_AFTER_MS;
    const wallMs = (isSilent ? nowMs : lead.lastArrivalMs) - lead.firstArrivalMs;
    return lead.mediaMs - wallMs;
  }

  #setPicture(track: VideoTrack): void {
    this.#videoId ??= track.id;
    if (track.id !== this.#videoId) return;
    const before = this.videoTrack;
    this.videoTrack = track;
    if (this.pictures === undefined || before === undefined) {
      this.pictures = new PictureWatch(track.timescale);
    } else if (before.id !== track.id) {
      this.pictures = new PictureWatch(track.timescale);
      this.generation += 1;
    } else if (sizeOf(before) !== sizeOf(track)) {
      this.sizeChange = { from: sizeOf(before), to: sizeOf(track), atMs: this.#clock.monotonicMs() };
    }
  }

  #setSound(track: AudioTrack): void {
    this.#audioId ??= track.id;
    if (track.id !== this.#audioId) return;
    const before = this.audioTrack;
    this.audioTrack = track;
    const isOther = before !== undefined && before.id !== track.id;
    if (isOther) this.generation += 1;
    if (isOther || this.sound === undefined) this.sound = new TrackWatch(track.timescale);
    this.sound.ticksPerMs = track.timescale / 1000;
  }

  #restart(): void {
    this.#isOpen = true;
    this.generation += 1;
    this.videoTrack = undefined;
    this.audioTrack = undefined;
    this.pictures = undefined;
    this.sound = undefined;
    this.encoder = new EncoderWatch();
    this.sizeChange = undefined;
    this.#firstArrivalMs = undefined;
    this.#offsetSumMs = 0;
    this.#offsetCount = 0;
    this.#avOffsetMs = undefined;
  }
}

function sizeOf({ config }: VideoTrack): string {
  const { width, height } = pictureOf(config);
  return `${width}×${height}`;
}
