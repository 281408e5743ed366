// Tag bodies become tracks and samples: the place where FLV ends and the neutral coin begins.

import { parseAacConfig } from '../codec/aac.ts';
import { parseAvcConfig, walkAccessUnit } from '../codec/avc.ts';
import { type CodecConfig, isSameConfig } from '../codec/codec-config.ts';
import { GatewayError } from '../errors.ts';
import { parseAudioTag } from '../flv/audio-tag.ts';
import { parseVideoTag } from '../flv/video-tag.ts';
import type { SourceHints } from '../live/sink.ts';
import type { Sample } from '../media/sample.ts';
import { Timeline } from '../media/timeline.ts';
import { type AudioTrack, audioTrack, type Track, type VideoTrack, videoTrack } from '../media/track.ts';
import { KeyFrameWatch } from './key-frame-watch.ts';
import { DEFAULT_INGEST_LIMITS } from './limits.ts';
import { hintsOf, type Metadata } from './metadata.ts';

/** Media may come before its configuration, but not for ever: 10 s at 50 messages a second. */
const MAX_MESSAGES_WITHOUT_CONFIG = 500;

export type TrackAssemblerEvents = {
  /** Once, before the first track. */
  readonly onStart: (hints: SourceHints) => void;
  readonly onTrack: (track: Track) => void;
  readonly onSample: (sample: Sample) => void;
};

/** What could not be used of a source; read by statistics. */
export type AssemblerDrops = { withoutConfig: number; damagedAccessUnits: number; empty: number };

export class TrackAssembler {
  readonly timeline = new Timeline();
  readonly drops: AssemblerDrops = { withoutConfig: 0, damagedAccessUnits: 0, empty: 0 };
  readonly #events: TrackAssemblerEvents;
  readonly #keyFrames: KeyFrameWatch;
  #metadata: Metadata | undefined;
  #hasStarted = false;
  #video: VideoTrack | undefined;
  #audio: AudioTrack | undefined;
  #messagesWithoutConfig = 0;

  constructor(
    events: TrackAssemblerEvents,
    keyFrames = new KeyFrameWatch(DEFAULT_INGEST_LIMITS, () => performance.now()),
  ) {
    this.#events = events;
    this.#keyFrames = keyFrames;
  }

  /** onMetaData: only a hint, for encoders leave it out or get it wrong. */
  metadata(metadata: Metadata): void {
    this.#metadata = metadata;
  }

  /** One video tag body. Throws GatewayError for a codec that cannot be played, a damaged configuration, no key frame. */
  video(timestamp: number, body: Buffer): void {
    const tag = parseVideoTag(body);
    if (tag.kind === 'config') {
      this.#setVideo(videoTrack(parseAvcConfig(tag.record)));
    } else if (tag.kind === 'frame') {
      const track = this.#video;
      if (track === undefined) return this.#countWithoutConfig('video');
      const facts = walkAccessUnit(tag.data, track.config.lengthSize);
      const isSync = facts !== undefined && (tag.isKey || facts.isIdr);
      this.#keyFrames.note(isSync, body.length);
      if (facts === undefined) {
        this.drops.damagedAccessUnits += 1;
        return;
      }
      const time = this.timeline.videoTime(timestamp, tag.compositionMs);
      this.#events.onSample({ kind: 'video', ...time, isSync, data: tag.data });
    } else if (tag.kind === 'nothing') {
      this.drops.empty += 1;
    }
  }

  /** One audio tag body. Throws GatewayError for a codec that cannot be played or a damaged configuration. */
  audio(timestamp: number, body: Buffer): void {
    const tag = parseAudioTag(body);
    if (tag.kind === 'config') {
      this.#setAudio(audioTrack(parseAacConfig(tag.record)));
    } else if (tag.kind === 'frame') {
      const track = this.#audio;
      if (track === undefined) return this.#countWithoutConfig('audio');
      const time = this.timeline.audioTime(timestamp, track);
      this.#events.onSample({ kind: 'audio', ...time, isSync: true, data: tag.data });
    } else {
      this.drops.empty += 1;
    }
  }

  #setVideo(track: VideoTrack): void {
    if (isKnown(this.#video?.config, track.config)) return;
    this.#video = track;
    this.#keyFrames.restart();
    this.#announce(track);
  }

  #setAudio(track: AudioTrack): void {
    if (isKnown(this.#audio?.config, track.config)) return;
    if (this.#audio !== undefined) this.timeline.rescaleAudio(this.#audio.timescale, track.timescale);
    this.#audio = track;
    this.#announce(track);
  }

  #announce(track: Track): void {
    if (!this.#hasStarted) {
      this.#hasStarted = true;
      this.#events.onStart(hintsOf(this.#metadata));
    }
    this.#events.onTrack(track);
  }

  #countWithoutConfig(kind: string): void {
    this.drops.withoutConfig += 1;
    this.#messagesWithoutConfig += 1;
    if (this.#messagesWithoutConfig < MAX_MESSAGES_WITHOUT_CONFIG) return;
    throw new GatewayError(
      'invalid-data',
      'no_config',
      `${this.#messagesWithoutConfig} ${kind} messages came without a sequence header; nothing can decode them`,
    );
  }
}

/** Encoders repeat their sequence header, some with every key frame: that is no change. */
function isKnown(known: CodecConfig | undefined, config: CodecConfig): boolean {
  return known !== undefined && isSameConfig(known, config);
}
