// Tag bodies become tracks and samples. What FLV and single encoders do differently ends here.

import { systemClock } from '../clock.ts';
import { type AacConfig, parseAacConfig } from '../codec/aac.ts';
import { adtsConfig, adtsFrameEnd, adtsHeaderBytes, hasAdtsHeader, isLoas } from '../codec/adts.ts';
import { parseAvcConfig } from '../codec/avc.ts';
import { type AvcPicture, AvcPictures } from '../codec/avc-pictures.ts';
import { type CodecConfig, frameTicks, isSameConfig, type VideoConfig } from '../codec/codec-config.ts';
import { GatewayError } from '../errors.ts';
import { parseAudioTag } from '../flv/audio-tag.ts';
import type { OtherTrack } from '../flv/ex-header.ts';
import { parseVideoTag } from '../flv/video-tag.ts';
import type { SourceHints } from '../live/sink.ts';
import { noDrops } from '../media/drops.ts';
import type { Sample } from '../media/sample.ts';
import { Timeline } from '../media/timeline.ts';
import {
  type AudioTrack,
  audioTrack,
  type Track,
  type TrackKind,
  type VideoTrack,
  videoTrack,
} from '../media/track.ts';
import { KeyFrameWatch } from './key-frame-watch.ts';
import { LeftOutTracks } from './left-out-tracks.ts';
import { DEFAULT_INGEST_LIMITS } from './limits.ts';
import { hintsOf, type Metadata } from './metadata.ts';

/** Media may come before its configuration, but not for ever: 10 s at 50 messages a second. */
const MAX_MESSAGES_WITHOUT_CONFIG = 500;
/** What was received of a picture counts, its tag's header included. */
const TAG_HEADER_BYTES = 5;
/**
 * Pictures behind a damaged one are held back until one that needs none before it: decoders in hardware end at a missing
 * reference. Longer than this, milliseconds, the track would count as lost, and faults in the picture are the lesser harm.
 */
const MAX_WAIT_FOR_SYNC_MS = 3_000;

export type TrackAssemblerEvents = {
  /** Before the first track; again when a track is taken back that was never playable. */
  readonly onStart: (hints: SourceHints) => void;
  readonly onTrack: (track: Track) => void;
  readonly onSample: (sample: Sample) => void;
  /** Once for each reason: what of the source is not played, and why. */
  readonly onLeftOut?: (what: string, error: GatewayError) => void;
};

export class TrackAssembler {
  readonly timeline = new Timeline();
  readonly drops = noDrops();
  readonly #events: TrackAssemblerEvents;
  readonly #keyFrames: KeyFrameWatch;
  readonly #leftOut: LeftOutTracks;
  readonly #pictures: AvcPictures;
  #metadata: Metadata | undefined;
  #hasStarted = false;
  #video: VideoTrack | undefined;
  #audio: AudioTrack | undefined;
  /** The latest sequence header: encoders repeat it, and a repetition changes nothing. */
  #videoHeader: VideoConfig | undefined;
  /** The audio configuration was made of ADTS headers. */
  #isAdtsConfig = false;
  #hasShownVideo = false;
  #pictureCount = 0;
  /** Timestamp of the damaged picture without which the next ones cannot be decoded. */
  #damagedAt: number | undefined;
  readonly #withoutConfig: Record<TrackKind, number> = { video: 0, audio: 0 };
  readonly #configErrors: Record<TrackKind, GatewayError | undefined> = {
    video: undefined,
    audio: undefined,
  };
  readonly #otherTracks = new Set<string>();

  constructor(
    events: TrackAssemblerEvents,
    keyFrames = new KeyFrameWatch(DEFAULT_INGEST_LIMITS, systemClock),
  ) {
    this.#events = events;
    this.#keyFrames = keyFrames;
    const onLeftOut = (kind: TrackKind, error: GatewayError): void =>
      events.onLeftOut?.(`the ${kind} track`, error);
    this.#leftOut = new LeftOutTracks(this.drops, onLeftOut, systemClock);
    this.#pictures = new AvcPictures({
      onPicture: (picture) => this.#pushPicture(picture),
      onConfig: (config) => this.#setVideo(config),
      onDamage: (timestamp, isReference) => this.#noteDamage(timestamp, isReference),
      onMended: (how) => {
        if (how === 'start-codes') this.drops.reframed += 1;
        else if (how === 'joined') this.drops.joinedPictures += 1;
        else if (how === 'left-over') this.drops.empty += 1;
        else this.drops.oddNalUnits += 1;
      },
    });
  }

  /** onMetaData: only a hint, for encoders leave it out or get it wrong. */
  metadata(metadata: Metadata): void {
    this.#metadata = metadata;
  }

  /** One video tag body. Throws GatewayError when neither this track nor the other one can be played. */
  video(timestamp: number, body: Buffer): void {
    try {
      this.#readVideo(timestamp, body);
    } catch (error) {
      this.#leaveOut('video', error, timestamp);
    }
  }

  /** One audio tag body. Throws GatewayError when neither this track nor the other one can be played. */
  audio(timestamp: number, body: Buffer): void {
    try {
      this.#readAudio(timestamp, body);
    } catch (error) {
      this.#leaveOut('audio', error, timestamp);
    }
  }

  /** Media that waits for more of itself. */
  get heldBytes(): number {
    return this.#pictures.heldBytes;
  }

  /** Once a second. Throws GatewayError when a source has sent nothing that can be played for some seconds. */
  check(): void {
    if (this.#video === undefined && this.#audio === undefined) this.#leftOut.check();
  }

  /** The source has ended: a picture that waits for more of itself is given away. */
  finish(): void {
    this.#pictures.flush();
  }

  #readVideo(timestamp: number, body: Buffer): void {
    const tag = parseVideoTag(body);
    if (tag.kind === 'config') this.#readVideoConfig(tag.record);
    else if (tag.kind === 'frame') {
      const { damagedAccessUnits } = this.drops;
      const before = this.#pictureCount;
      this.#pictures.push(tag.data, timestamp, tag.compositionMs, tag.isKey);
      const isDamaged = this.drops.damagedAccessUnits > damagedAccessUnits;
      if (this.#pictureCount === before && !this.#pictures.isWaiting)
        this.#noteNoPicture(isDamaged ? 'damaged' : 'no-picture', body.length);
    } else if (tag.kind === 'end-of-sequence') this.#pictures.flush();
    else if (tag.kind === 'other-track') this.#nameOther('video', tag.track);
    else this.drops.empty += 1;
  }

  #readVideoConfig(record: Buffer): void {
    let config: VideoConfig;
    try {
      config = parseAvcConfig(record);
    } catch (error) {
      // The pictures may still be of the configuration before it; without one they say so.
      if (!isAboutTrack(error) || this.#video === undefined) throw error;
      return this.#reportConfig('video', error);
    }
    if (isKnown(this.#videoHeader, config)) return;
    this.#videoHeader = config;
    if (isKnown(this.#video?.config, config)) return;
    this.#pictures.configure(config);
    this.#setVideo(config);
  }

  #noteNoPicture(what: 'damaged' | 'no-picture', byteCount: number): void {
    if (this.#video === undefined) this.#countWithoutConfig('video');
    this.#keyFrames.note(false, byteCount, what);
  }

  #pushPicture(picture: AvcPicture): void {
    this.#pictureCount += 1;
    const { timestamp, compositionMs, isSync, isFlaggedKey, data } = picture;
    const track = this.#video;
    if (track === undefined) return this.#countWithoutConfig('video');
    if (isFlaggedKey !== isSync) this.drops.wrongKeyFlags += 1;
    if (picture.hasRecoveryPoint && !isSync) this.drops.recoveryPoints += 1;
    this.#keyFrames.note(isSync, data.length + TAG_HEADER_BYTES, isFlaggedKey ? 'flagged-key' : 'picture');
    if (isSync) this.#leftOut.clear('video');
    if (this.#mustWaitForSync(picture)) {
      this.drops.untilSync += 1;
      return;
    }
    this.#hasShownVideo ||= isSync;
    const time = this.timeline.videoTime(timestamp, compositionMs);
    this.#events.onSample({ kind: 'video', ...time, isSync, data });
  }

  #noteDamage(timestamp: number, isReference: boolean): void {
    this.drops.damagedAccessUnits += 1;
    if (isReference) this.#damagedAt ??= timestamp;
  }

  #mustWaitForSync(picture: AvcPicture): boolean {
    if (this.#damagedAt === undefined) return false;
    const waitedMs = (picture.timestamp - this.#damagedAt) >>> 0;
    if (!picture.isSync && !picture.hasRecoveryPoint && waitedMs <= MAX_WAIT_FOR_SYNC_MS) return true;
    this.#damagedAt = undefined;
    return false;
  }

  #readAudio(timestamp: number, body: Buffer): void {
    const tag = parseAudioTag(body);
    if (tag.kind === 'config') this.#readAudioConfig(tag.record);
    else if (tag.kind === 'frame') {
      if (hasAdtsHeader(tag.data)) this.#readAdts(timestamp, tag.data);
      else if (isLoas(tag.data)) throw loasError();
      else this.#pushAudio(timestamp, tag.data);
    } else if (tag.kind === 'other-track') this.#nameOther('audio', tag.track);
    else this.drops.empty += 1;
  }

  #readAudioConfig(record: Buffer): void {
    if (isLoas(record)) throw loasError();
    try {
      this.#setAudio(hasAdtsHeader(record) ? adtsConfig(record) : parseAacConfig(record), false);
    } catch (error) {
      if (!isAboutTrack(error) || this.#audio === undefined) throw error;
      this.#reportConfig('audio', error);
    }
  }

  /** One or more AAC frames, each behind an ADTS header. A configuration that came by itself is believed over them. */
  #readAdts(timestamp: number, data: Buffer): void {
    let frames = 0;
    for (let start = 0; start < data.length; ) {
      const end = adtsFrameEnd(data, start);
      if (end === undefined) {
        if (frames === 0) this.drops.damagedAccessUnits += 1;
        return;
      }
      if (this.#audio === undefined || this.#isAdtsConfig)
        this.#setAudio(adtsConfig(data.subarray(start)), true);
      const track = this.#audio;
      const elapsedMs =
        track === undefined ? 0 : (frames * frameTicks(track.config) * 1000) / track.timescale;
      this.drops.reframed += 1;
      this.#pushAudio(
        timestamp + Math.round(elapsedMs),
        data.subarray(start + adtsHeaderBytes(data, start), end),
      );
      frames += 1;
      start = end;
    }
  }

  #pushAudio(timestamp: number, data: Buffer): void {
    const track = this.#audio;
    if (track === undefined) return this.#countWithoutConfig('audio');
    const time = this.timeline.audioTime(timestamp, track);
    this.#events.onSample({ kind: 'audio', ...time, isSync: true, data });
  }

  #setVideo(config: VideoConfig): void {
    if (isKnown(this.#video?.config, config)) return;
    this.#video = videoTrack(config);
    this.#configErrors.video = undefined;
    this.#leftOut.clear('video');
    this.#keyFrames.restart();
    this.#announce(this.#video);
  }

  #setAudio(config: AacConfig, isAdts: boolean): void {
    this.#isAdtsConfig = isAdts;
    if (isKnown(this.#audio?.config, config)) return;
    const track = audioTrack(config);
    if (this.#audio !== undefined) this.timeline.rescaleAudio(this.#audio.timescale, track.timescale);
    this.#audio = track;
    this.#configErrors.audio = undefined;
    this.#leftOut.clear('audio');
    this.#announce(track);
  }

  #announce(track: Track): void {
    if (!this.#hasStarted) {
      this.#hasStarted = true;
      this.#events.onStart(hintsOf(this.#metadata));
    }
    this.#events.onTrack(track);
  }

  #countWithoutConfig(kind: TrackKind): void {
    this.drops.withoutConfig += 1;
    this.#withoutConfig[kind] += 1;
    if (this.#withoutConfig[kind] < MAX_MESSAGES_WITHOUT_CONFIG) return;
    throw (
      this.#configErrors[kind] ??
      new GatewayError(
        'invalid-data',
        'no_config',
        `${this.#withoutConfig[kind]} ${kind} messages came without a sequence header; nothing can decode them`,
      )
    );
  }

  /** A bug is not a bad track, and neither is a limit of the whole stream. */
  #leaveOut(kind: TrackKind, error: unknown, timestamp: number): void {
    if (!isAboutTrack(error)) throw error;
    this.#configErrors[kind] ??= error;
    this.#leftOut.note(kind, error, timestamp, this.#otherTrack(kind));
    if (kind === 'video') this.#startWithoutVideo();
  }

  #otherTrack(kind: TrackKind): 'plays' | 'may-come' | 'never' {
    const other = kind === 'video' ? this.#audio : this.#video;
    if (other !== undefined) return 'plays';
    const { hasVideo, hasAudio } = hintsOf(this.#metadata);
    return (kind === 'video' ? hasAudio : hasVideo) === false ? 'never' : 'may-come';
  }

  /** Sinks wait for a video track that was announced: it is taken back where no picture of it could ever be shown. */
  #startWithoutVideo(): void {
    this.#keyFrames.restart();
    if (this.#video === undefined || this.#audio === undefined || this.#hasShownVideo) return;
    this.#hasShownVideo = true;
    this.#events.onStart({ ...hintsOf(this.#metadata), hasVideo: false });
    this.#events.onTrack(this.#audio);
    this.#events.onTrack(this.#video);
  }

  #reportConfig(kind: TrackKind, error: GatewayError): void {
    this.drops.damagedAccessUnits += 1;
    if (this.#configErrors[kind]?.code === error.code) return;
    this.#configErrors[kind] = error;
    this.#events.onLeftOut?.(`a new ${kind} configuration`, error);
  }

  /** Track 0 is played. Others are named once each. */
  #nameOther(kind: TrackKind, track: OtherTrack): void {
    this.drops.leftOut += 1;
    const what = `${kind} track ${track.trackId} (${track.fourCc})`;
    if (this.#otherTracks.has(what)) return;
    this.#otherTracks.add(what);
    const message = 'one video and one audio track of a source are played';
    this.#events.onLeftOut?.(what, new GatewayError('unsupported', 'other_track', message));
  }
}

/** A limit is the stream's, whichever track reached it: its sinks throw that too. */
function isAboutTrack(error: unknown): error is GatewayError {
  return error instanceof GatewayError && error.kind !== 'limit';
}

function loasError(): GatewayError {
  return new GatewayError(
    'unsupported',
    'unsupported_audio_payload',
    'AAC in LATM/LOAS is not supported; set the encoder to raw AAC, as FLV carries it',
  );
}

/** Encoders repeat their sequence header, some with every key frame: that is no change. */
function isKnown(known: CodecConfig | undefined, config: CodecConfig): boolean {
  return known !== undefined && isSameConfig(known, config);
}
