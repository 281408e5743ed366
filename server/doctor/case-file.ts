// The facts about one stream over the last minute: reads its watch once a second, and sums up what the rules judge.

import type { Clock } from '../clock.ts';
import { pictureOf } from '../codec/codec-config.ts';
import type { LiveStream, Source } from '../live/live-stream.ts';
import type { AudioTrack, VideoTrack } from '../media/track.ts';
import type { EncoderReport } from '../stats/operator-message.ts';
import type { JudgedPictures, JudgedSound, Pace, SourceFacts } from './facts.ts';
import { type IngestMeasure, type IngestSecond, IngestWatch } from './ingest-watch.ts';
import type { PictureWatch } from './picture-watch.ts';
import { meanAndVariation } from './variation.ts';

/** Seconds that are kept: the bit rate is judged over a minute. */
const KEPT_SECONDS = 61;
const PACE_SECONDS = 5;
const RECENT_SECONDS = 30;
/** Encoders may send what they kept while they connected; the pace is judged after it. */
const START_MS = 2_000;
const BITRATE_SECONDS = 20;
/** Two usual key frame distances, so that each block has as many key frames. */
const BLOCK_SECONDS = 4;
const LEAST_BLOCKS = 5;
const LEAST_RATED_SECONDS = 5;
/** A second with fewer says nothing about the share of B-frames. */
const LEAST_FRAMES = 20;
const SIZE_CHANGE_MS = 60_000;
const RECENT_MS = 30_000;

/** The counters of a second, and those of the source's repairs. */
type Second = {
  readonly counts: IngestSecond;
  readonly clockJumps: number;
  readonly badTimestamps: number;
  readonly openKeyFrames: number;
  readonly recoveryPoints: number;
};

type Block = { readonly bps: number; readonly beganAtMs: number };

export class CaseFile {
  readonly watch: IngestWatch;
  readonly #stream: Pick<LiveStream, 'source'>;
  /** Of the current source, oldest first. */
  #seconds: Second[] = [];
  /** Bit rates of blocks of its media, oldest first. */
  readonly #blocks: Block[] = [];
  /** Where the open block begins. */
  #blockBegan: IngestSecond | undefined;
  /** How much the bit rates of the blocks differ. */
  #variation: number | undefined;
  #generation = 0;
  /** The farthest that media was ahead of the wall clock before the last seconds. */
  #mostAheadMs = 0;

  constructor(stream: Pick<LiveStream, 'source'>, clock: Clock) {
    this.#stream = stream;
    this.watch = new IngestWatch(clock, () => stream.source?.arrivesLate === true);
  }

  measure(): IngestMeasure {
    return this.watch.measure();
  }

  /** Called once a second. Undefined while nobody publishes, and until the first sample. */
  read(): SourceFacts | undefined {
    const { watch } = this;
    const { source } = this.#stream;
    if (watch.generation !== this.#generation) this.#forget();
    this.#generation = watch.generation;
    const { firstArrivalMs } = watch;
    if (source === undefined || !watch.isOpen || firstArrivalMs === undefined) {
      this.#forget();
      return undefined;
    }
    const last = this.#note(source);
    const before = this.#ago(RECENT_SECONDS);
    const { hints, audioTrack, sound, videoTrack, pictures } = watch;
    const hasPictures = pictures !== undefined && pictures.frames > 0 && videoTrack !== undefined;
    const hasSound = sound !== undefined && sound.frames > 0 && audioTrack !== undefined;
    return {
      ageMs: last.counts.atMs - firstArrivalMs,
      pictures: hasPictures ? this.#judgedPictures(videoTrack, pictures, last) : undefined,
      sound: hasSound ? judgedSound(audioTrack) : undefined,
      isWithoutPictures: hints.hasVideo === false,
      isWithoutSound: hints.hasAudio === false,
      pace: this.#pace(firstArrivalMs + START_MS),
      avOffsetMs: this.#avOffset(),
      startOffsetMs: hasPictures && hasSound ? sound.firstMs - pictures.firstMs : undefined,
      clockJumps: last.clockJumps - (before?.clockJumps ?? 0),
      badTimestamps: last.badTimestamps - (before?.badTimestamps ?? 0),
      leftOut: Object.entries(source.drops.leftOutTracks),
      encoderReport: this.encoderReport,
    };
  }

  /** What the encoder reports about itself; undefined if it says nothing, and while nobody publishes. */
  get encoderReport(): EncoderReport | undefined {
    if (!this.watch.isOpen) return undefined;
    return this.watch.encoder.report(this.#ago(RECENT_SECONDS)?.counts.encoder);
  }

  /** Bits per second of pictures, by media time. */
  get bps(): number | undefined {
    return this.#bps();
  }

  #forget(): void {
    this.#seconds = [];
    this.#blocks.length = 0;
    this.#blockBegan = undefined;
    this.#variation = undefined;
    this.#mostAheadMs = 0;
  }

  #note({ drops, repairs }: Source): Second {
    const counts = this.watch.close();
    const second: Second = {
      counts,
      clockJumps: counts.jumps + repairs.jumps + repairs.stepsBack,
      badTimestamps: repairs.nonMonotonic + repairs.restamped,
      openKeyFrames: drops.openKeyFrames,
      recoveryPoints: drops.recoveryPoints,
    };
    this.#seconds.push(second);
    if (this.#seconds.length > KEPT_SECONDS) this.#seconds.shift();
    this.#noteBlock(counts);
    this.#mostAheadMs = Math.max(this.#mostAheadMs, this.#ago(PACE_SECONDS)?.counts.driftMs ?? 0);
    return second;
  }

  #judgedPictures(track: VideoTrack, watch: PictureWatch, last: Second): JudgedPictures {
    const { hints, sizeChange } = this.watch;
    const { sps } = track.config;
    const { width, height, displayWidth } = pictureOf(track.config);
    const { counts } = last;
    const before = this.#ago(RECENT_SECONDS);
    const frames = counts.frames - (before?.counts.frames ?? 0);
    const missing = counts.missing - (before?.counts.missing ?? 0);
    const reordered = counts.reordered - (before?.counts.reordered ?? 0);
    const hasEnough = frames >= LEAST_FRAMES;
    const { usualStepMs } = watch;
    const isSteady = usualStepMs !== undefined && hasEnough;
    const isRecent = sizeChange !== undefined && counts.atMs - sizeChange.atMs < SIZE_CHANGE_MS;
    return {
      width,
      height,
      displayWidth,
      fps: usualStepMs === undefined ? undefined : 1000 / usualStepMs,
      announced: { width: hints.width, height: hints.height, frameRate: hints.frameRate },
      chromaFormat: sps.chromaFormat,
      bitDepth: sps.bitDepth,
      isInterlaced: sps.isInterlaced,
      bps: this.#bps(),
      bpsVariation: this.#variation,
      keys: watch.keyDistances(counts.atMs - RECENT_MS),
      sinceKeyMs: watch.sinceKeyMs,
      reorderedShare: hasEnough ? reordered / frames : undefined,
      maxOffsetMs: watch.maxOffsetMs,
      missingShare: isSteady ? missing / (frames + missing) : undefined,
      openKeyFrames: last.openKeyFrames - (before?.openKeyFrames ?? 0),
      recoveryPoints: last.recoveryPoints - (before?.recoveryPoints ?? 0),
      sizeChange: isRecent ? sizeChange : undefined,
    };
  }

  /** The counters of some seconds ago; undefined if the source is younger. */
  #ago(seconds: number): Second | undefined {
    return this.#seconds.at(-1 - seconds);
  }

  #pace(notBeforeMs: number): Pace | undefined {
    const last = this.#seconds.at(-1)?.counts;
    const first = this.#ago(PACE_SECONDS)?.counts;
    if (last === undefined || first === undefined || first.atMs < notBeforeMs) return undefined;
    const wallMs = last.atMs - first.atMs;
    if (wallMs <= 0) return undefined;
    const { pictures, sound } = this.watch;
    const pictureMs = last.pictureMs - first.pictureMs;
    const soundMs = last.soundMs - first.soundMs;
    const isPictures = pictureMs >= soundMs;
    const stepMs = (isPictures ? pictures : sound)?.stepMs ?? 0;
    return {
      rate: (isPictures ? pictureMs : soundMs) / wallMs,
      tolerance: stepMs / wallMs,
      aheadMs: (last.driftMs ?? 0) - this.#mostAheadMs,
    };
  }

  /** The middle one of the last seconds, so that one late message does not count. */
  #avOffset(): number | undefined {
    const recent = this.#seconds.slice(-PACE_SECONDS).flatMap(({ counts }) => counts.avOffsetMs ?? []);
    if (recent.length < PACE_SECONDS) return undefined;
    return recent.sort((left, right) => left - right)[PACE_SECONDS >> 1];
  }

  #bps(): number | undefined {
    const last = this.#seconds.at(-1)?.counts;
    const first = (this.#ago(BITRATE_SECONDS) ?? this.#seconds[0])?.counts;
    return last === undefined || first === undefined
      ? undefined
      : rateBetween(first, last, LEAST_RATED_SECONDS);
  }

  /** Blocks of media, so that neither key frames nor a bursty network count. */
  #noteBlock(second: IngestSecond): void {
    this.#blockBegan ??= second;
    const bps = rateBetween(this.#blockBegan, second, BLOCK_SECONDS);
    if (bps === undefined) return;
    this.#blocks.push({ bps, beganAtMs: this.#blockBegan.atMs });
    this.#blockBegan = second;
    const oldestMs = this.#seconds[0]?.counts.atMs ?? 0;
    while ((this.#blocks[0]?.beganAtMs ?? oldestMs) < oldestMs) this.#blocks.shift();
    this.#variation = variationOf(this.#blocks);
  }
}

/** How much the bit rates differ; undefined for few blocks. */
function variationOf(blocks: readonly Block[]): number | undefined {
  if (blocks.length < LEAST_BLOCKS) return undefined;
  const { mean, variation } = meanAndVariation(blocks.map(({ bps }) => bps));
  return mean > 0 ? variation : undefined;
}

/** Bits per second of media; undefined where there is less media than `seconds`. */
function rateBetween(first: IngestSecond, last: IngestSecond, seconds: number): number | undefined {
  const mediaMs = last.pictureMs - first.pictureMs;
  // A reading may come some milliseconds early.
  if (mediaMs < (seconds - 0.5) * 1_000) return undefined;
  return ((last.pictureBytes - first.pictureBytes) * 8_000) / mediaMs;
}

function judgedSound({ config }: AudioTrack): JudgedSound {
  return { sampleRate: config.outputSampleRate, channels: config.channels, objectType: config.objectType };
}
