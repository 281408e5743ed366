// Turns tag bodies into tracks and samples. Each track of a source has its own assembler and id as long as the source lasts.
// Differences of FLV and of encoders are handled in ingest.

import { type MonotonicClock, systemClock } from '../clock.ts';
import { GatewayError } from '../errors.ts';
import { parseAudioTag, parseAudioTrack } from '../flv/audio-tag.ts';
import { DEFAULT_TRACK, type Multitrack } from '../flv/ex-header.ts';
import { parseVideoTag, parseVideoTrack } from '../flv/video-tag.ts';
import type { SourceHints } from '../live/sink.ts';
import { noDrops } from '../media/drops.ts';
import type { Sample } from '../media/sample.ts';
import { Timeline } from '../media/timeline.ts';
import {
  type Track,
  type TrackId,
  type TrackKind,
  trackIdOf,
  trackKindOf,
  trackName,
  trackNumberOf,
} from '../media/track.ts';
import { AudioAssembler } from './audio-assembler.ts';
import { isAboutTrack } from './config-wait.ts';
import { type KeyFrameLimits, KeyFrameWatch } from './first-key-frame.ts';
import { LeftOutTracks } from './left-out-tracks.ts';
import { DEFAULT_INGEST_LIMITS } from './limits.ts';
import { hintsOf, type Metadata } from './metadata.ts';
import type { TrackContext } from './track-context.ts';
import { VideoAssembler } from './video-assembler.ts';

/**
 * Tracks of one publisher, without a setting: OBS sends ten video and six audio tracks at most, and no encoder sends more. Each
 * uses some kilobytes, and its waiting pictures are charged to the stream's memory. Track 0 of each kind always has a place.
 */
export const MAX_TRACKS = 16;

export type TrackAssemblerEvents = {
  /** Called before the first track, and again when an unplayable track is withdrawn. */
  readonly onStart: (hints: SourceHints) => void;
  readonly onTrack: (track: Track) => void;
  readonly onSample: (sample: Sample) => void;
  /** Called once for each reason for which something is not played. */
  readonly onLeftOut?: (what: string, error: GatewayError) => void;
};

type Assemblers = {
  readonly video: Map<number, VideoAssembler>;
  readonly audio: Map<number, AudioAssembler>;
};

export class TrackAssembler {
  readonly timeline = new Timeline();
  readonly drops = noDrops();
  readonly #events: TrackAssemblerEvents;
  readonly #limits: KeyFrameLimits;
  readonly #clock: MonotonicClock;
  readonly #leftOut: LeftOutTracks;
  readonly #context: TrackContext;
  readonly #assemblers: Assemblers = { video: new Map(), audio: new Map() };
  /** The values of `#assemblers.video`, for each sound. */
  readonly #videos: VideoAssembler[] = [];
  /** Tracks with a configuration, in the order of announcement. */
  readonly #announced = new Map<TrackId, Track>();
  readonly #takenBack = new Set<TrackId>();
  readonly #damagedMessages = new Set<TrackKind>();
  #metadata: Metadata | undefined;
  #hasRefusedTracks = false;

  constructor(
    events: TrackAssemblerEvents,
    limits: KeyFrameLimits = DEFAULT_INGEST_LIMITS,
    clock: MonotonicClock = systemClock,
  ) {
    this.#events = events;
    this.#limits = limits;
    this.#clock = clock;
    const onLeftOut = (id: TrackId, error: GatewayError): void => events.onLeftOut?.(trackName(id), error);
    this.#leftOut = new LeftOutTracks(this.drops, onLeftOut, clock);
    this.#context = {
      timeline: this.timeline,
      drops: this.drops,
      onTrack: (track) => this.#announce(track),
      onSample: (sample) => this.#events.onSample(sample),
      onPlayable: (id) => this.#leftOut.clear(id),
      onPassed: (id) => this.#leftOut.notePassed(id),
      onDamagedConfig: (id, error) => events.onLeftOut?.(`a new configuration of ${trackName(id)}`, error),
    };
  }

  /** onMetaData: only a hint, because encoders omit it or send wrong values. */
  metadata(metadata: Metadata): void {
    this.#metadata = metadata;
  }

  /** One video tag body. Throws GatewayError if no track of the source can be played. */
  video(timestamp: number, body: Buffer): void {
    let many: Multitrack;
    try {
      const tag = parseVideoTag(body);
      if (tag.kind !== 'multitrack')
        return this.#videoTrack(DEFAULT_TRACK)?.take(tag, timestamp, body.length);
      many = tag;
    } catch (error) {
      return this.#leaveOut('v0', error, timestamp);
    }
    for (const track of many.tracks) {
      const assembler = this.#videoTrack(track.number);
      try {
        assembler?.take(parseVideoTrack(track), timestamp, track.data.length);
      } catch (error) {
        this.#leaveOut(`v${track.number}`, error, timestamp);
      }
    }
    this.#noteDamage('video', many.damage);
  }

  /** One audio tag body. Throws GatewayError if no track of the source can be played. */
  audio(timestamp: number, body: Buffer): void {
    this.#passOn(timestamp);
    let many: Multitrack;
    try {
      const tag = parseAudioTag(body);
      if (tag.kind !== 'multitrack') return this.#audioTrack(DEFAULT_TRACK)?.take(tag, timestamp);
      many = tag;
    } catch (error) {
      return this.#leaveOut('a0', error, timestamp);
    }
    for (const track of many.tracks) {
      const assembler = this.#audioTrack(track.number);
      try {
        assembler?.take(parseAudioTrack(track), timestamp);
      } catch (error) {
        this.#leaveOut(`a${track.number}`, error, timestamp);
      }
    }
    this.#noteDamage('audio', many.damage);
  }

  /** Pictures that wait for more of them are complete if the sound is far ahead. */
  #passOn(timestamp: number): void {
    for (const assembler of this.#videos) {
      try {
        assembler.passOn(timestamp);
      } catch (error) {
        this.#leaveOut(assembler.id, error, timestamp);
      }
    }
  }

  /** Bytes of incomplete pictures of all tracks. */
  get heldBytes(): number {
    let bytes = 0;
    for (const assembler of this.#videos) bytes += assembler.heldBytes;
    return bytes;
  }

  /** Called once a second. Throws GatewayError if a source has sent nothing playable for some seconds. */
  check(): void {
    if (this.#announced.size === 0) this.#leftOut.check();
  }

  /** The source has ended: passes on incomplete pictures. */
  finish(): void {
    for (const assembler of this.#videos) assembler.finish();
  }

  #videoTrack(number: number): VideoAssembler | undefined {
    const { video } = this.#assemblers;
    const known = video.get(number);
    if (known !== undefined || !this.#mayAdd('video', number)) return known;
    const assembler = new VideoAssembler(number, this.#context, new KeyFrameWatch(this.#limits, this.#clock));
    video.set(number, assembler);
    this.#videos.push(assembler);
    return assembler;
  }

  #audioTrack(number: number): AudioAssembler | undefined {
    const { audio } = this.#assemblers;
    const known = audio.get(number);
    if (known !== undefined || !this.#mayAdd('audio', number)) return known;
    const assembler = new AudioAssembler(number, this.#context);
    audio.set(number, assembler);
    return assembler;
  }

  /** Reports the first track without a place; there may be hundreds. */
  #mayAdd(kind: TrackKind, number: number): boolean {
    if (number === DEFAULT_TRACK) return true;
    const { video, audio } = this.#assemblers;
    const others =
      video.size + audio.size - Number(video.has(DEFAULT_TRACK)) - Number(audio.has(DEFAULT_TRACK));
    if (others < MAX_TRACKS - 2) return true;
    this.drops.leftOut += 1;
    if (this.#hasRefusedTracks) return false;
    this.#hasRefusedTracks = true;
    const message = `a source may have ${MAX_TRACKS} tracks; send fewer`;
    const what = trackName(trackIdOf(kind, number));
    this.#events.onLeftOut?.(what, new GatewayError('unsupported', 'too_many_tracks', message));
    return false;
  }

  /** The end of a message cannot be read; earlier tracks in it have got their data. */
  #noteDamage(kind: TrackKind, damage: GatewayError | undefined): void {
    if (damage === undefined) return;
    this.drops.damagedAccessUnits += 1;
    if (this.#damagedMessages.has(kind)) return;
    this.#damagedMessages.add(kind);
    this.#events.onLeftOut?.(`the end of a ${kind} message`, damage);
  }

  #announce(track: Track): void {
    if (this.#announced.size === 0) this.#events.onStart(hintsOf(this.#metadata));
    this.#tell(track);
  }

  #tell(track: Track): void {
    this.#announced.set(track.id, track);
    if (this.#firstOf(track.kind) === track.id) this.timeline.lead(track.kind, track.id);
    this.#events.onTrack(track);
  }

  /** The track of a kind for sinks that take one. */
  #firstOf(kind: TrackKind): TrackId | undefined {
    for (const track of this.#announced.values()) if (track.kind === kind) return track.id;
    return undefined;
  }

  /** Bugs and limits of the whole stream are not faults of a track. */
  #leaveOut(id: TrackId, error: unknown, timestamp: number): void {
    if (!isAboutTrack(error)) throw error;
    const number = trackNumberOf(id);
    const isVideo = trackKindOf(id) === 'video';
    const video = isVideo ? this.#videoTrack(number) : undefined;
    const audio = isVideo ? undefined : this.#audioTrack(number);
    (video ?? audio)?.configWait.note(error);
    this.#leftOut.note(id, error, timestamp, this.#othersThan(id, error));
    audio?.noteLeftOut();
    video?.noteLeftOut(error);
    if (video?.hasShown === false) this.#takeBack(id);
  }

  #othersThan(id: TrackId, error: GatewayError): 'play' | 'may-come' | 'never' {
    for (const other of this.#announced.keys())
      if (other !== id && !this.#leftOut.areBothGivenUp(error, other)) return 'play';
    // A track that plays may go on after an odd message.
    if (this.#announced.has(id)) return 'may-come';
    const { hasVideo, hasAudio } = hintsOf(this.#metadata);
    // Metadata is about the tracks 0.
    if (id === 'v0' && hasAudio === false) return 'never';
    return id === 'a0' && hasVideo === false ? 'never' : 'may-come';
  }

  /**
   * Sinks wait for the first video track. It is withdrawn if no picture of it can be shown, and announced again after the others.
   */
  #takeBack(id: TrackId): void {
    const track = this.#announced.get(id);
    const mayTakeBack = !this.#takenBack.has(id) && this.#announced.size > 1 && this.#firstOf('video') === id;
    if (track === undefined || !mayTakeBack) return;
    this.#takenBack.add(id);
    this.#announced.delete(id);
    const hasVideo = this.#firstOf('video') !== undefined;
    this.#events.onStart({ ...hintsOf(this.#metadata), ...(hasVideo ? {} : { hasVideo }) });
    for (const each of [...this.#announced.values(), track]) this.#tell(each);
  }
}
