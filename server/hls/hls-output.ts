// HLS as a Sink of one LiveStream: runs of equal tracks become init segments, parts and playlists, and the playlist
// outlives its publisher's absences (RFC 8216bis clause 4.4.4.3: EXT-X-DISCONTINUITY).

import { frameTicks, isSameConfig, promisedFrameRate } from '../codec/codec-config.ts';
import { GatewayError } from '../errors.ts';
import type { Sink, SourceHints } from '../live/sink.ts';
import { GatewayMemory, type MemoryShare, type StreamMemory } from '../media/media-memory.ts';
import type { Sample } from '../media/sample.ts';
import type { Track, TrackKind } from '../media/track.ts';
import { writeInitSegment } from '../mp4/init-segment.ts';
import { CaptionRenditions } from './caption-renditions.ts';
import { EarlySound } from './early-sound.ts';
import { EncodedText } from './encoded-text.ts';
import type { HlsOutputOptions } from './hls-output-options.ts';
import { codecList, renderMultivariantPlaylist } from './multivariant-playlist.ts';
import { assumedFrameDuration, frameDuration } from './part-timing.ts';
import { PlaylistWaiters } from './playlist-waiters.ts';
import type { Rendition } from './rendition.ts';
import { RunLimit } from './run-limit.ts';
import { leadingTrack, type PartPlan, Segmenter } from './segmenter.ts';
import { type GateResult, StartGate } from './start-gate.ts';
import { createRendition, hasEnoughToStart, openingPartsOf } from './stream-rendition.ts';
import { TrackPresence } from './track-presence.ts';

export type { HlsOutputOptions } from './hls-output-options.ts';

/** Name of the media playlist, relative to the multivariant playlist. */
export const MEDIA_PLAYLIST_URI = 'main.m3u8';
/** Of the stream's memory, what the start gate and an open part may hold: the rest is for what viewers can fetch. */
const GATE_SHARE = 1 / 8;
const PART_SHARE = 1 / 4;
/** A longer segment ends early: three have to fit, for players start three segments behind. */
const SEGMENT_SHARE = 1 / 4;
const KINDS: readonly TrackKind[] = ['video', 'audio'];

export class HlsOutput implements Sink {
  readonly #options: HlsOutputOptions;
  /** What the source says that it sends. */
  readonly #known = new Map<TrackKind, Track>();
  /** The tracks of the present run. */
  readonly #run = new Map<TrackKind, Track>();
  #presence = new TrackPresence();
  #gate: StartGate | undefined;
  #segmenter: Segmenter | undefined;
  #rendition: Rendition | undefined;
  #multivariant: EncodedText | undefined;
  #frameDurationS = 0;
  /** Video frames of the present run and the seconds they took. */
  #runFrames = 0;
  #runDuration = 0;
  /**
   * Wall clock of time 0 of the timeline, whole milliseconds: the dates of a run are its times and this, so that they agree
   * with EXTINF however long it lasts (4.4.4.6; docs/decisions/0006).
   */
  #originMs = 0;
  /** End of the last part, seconds: where the next run begins. */
  #edge = 0;
  /** Added to a source's times, seconds: a publisher that returns goes on where the last one stopped. */
  #shift = 0;
  /** The source's clock was set anew: the next run takes its dates from the wall clock. */
  #hasJumped = false;
  /** Sound that the present run has no track for: the next one begins with it. */
  readonly #early = new EarlySound();
  readonly #runLimit: RunLimit;
  readonly #memory: StreamMemory;
  /** Samples that are not cut yet. */
  readonly #waiting: MemoryShare;
  readonly #initSegments: MemoryShare;
  #isPlayable = false;
  #hasEnded = false;
  /** Subtitles made of what the video carries. */
  readonly captions: CaptionRenditions;
  /** Requests that came before there was anything to play. */
  readonly playableWaiters: PlaylistWaiters;

  constructor(options: HlsOutputOptions) {
    this.#options = options;
    this.#memory = options.memory ?? new GatewayMemory().open(options.maxBytes);
    this.#waiting = this.#memory.openWaiting();
    this.#initSegments = this.#memory.openStored();
    this.#runLimit = new RunLimit(options.clock);
    this.captions = new CaptionRenditions(MEDIA_PLAYLIST_URI, options.maxBytes);
    this.playableWaiters = new PlaylistWaiters(options);
  }

  /** The media playlist's maker; undefined until the first source is understood. */
  get rendition(): Rendition | undefined {
    return this.#rendition;
  }

  /** The multivariant playlist; undefined until the stream is playable. */
  get multivariantPlaylist(): EncodedText | undefined {
    return this.#isPlayable ? this.#multivariant : undefined;
  }

  /** Nothing comes any more. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** RFC 6381 list of the tracks that are played. */
  get codecs(): string {
    return codecList([...this.#run.values()]);
  }

  /** A source may start anew in the middle, where one of its tracks turns out to be of no use. */
  onSourceStart(hints: SourceHints): void {
    if (this.#segmenter !== undefined) this.#finishSource();
    this.#gate = new StartGate(hints, this.#memory.maxBytes * GATE_SHARE);
    this.#runLimit.reset();
    this.#known.clear();
    this.#presence = new TrackPresence();
    this.#hasJumped = false;
    this.#early.clear();
  }

  onTrack(track: Track): void {
    if (isSameTrack(this.#known.get(track.kind), track)) return;
    // Pictures that are held are of the present configuration: they are let out before it changes.
    if (track.kind === 'video' && this.#gate?.holds('video')) this.#finishGate();
    const inRun = this.#run.get(track.kind);
    this.#known.set(track.kind, isSameTrack(inRun, track) ? inRun : track);
    this.#gate?.setTrack(track);
    this.#countWaiting();
  }

  /**
   * Throws GatewayError for media that no player could follow or no memory could hold: `part_too_large`, `stream_memory`,
   * `too_many_changes`.
   */
  onSample(sample: Sample): void {
    this.#take(sample);
    this.#countWaiting();
    if (this.#rendition?.ring.isOverfull === true) throw this.#overfull();
  }

  #overfull(): GatewayError {
    const limit = this.#memory.isSharedOut
      ? 'its share of media.max-memory'
      : `hls.max-memory (${this.#memory.maxBytes} bytes)`;
    return new GatewayError(
      'limit',
      'stream_memory',
      `a single segment holds more media than the stream may keep, which is ${limit}; lower the bitrate or raise the limit`,
    );
  }

  #take(sample: Sample): void {
    if (this.#gate !== undefined) {
      const result = this.#gate.push(sample, this.#options.clock.epochMs());
      if (result !== undefined) this.#openGate(result);
      return;
    }
    const track = this.#known.get(sample.kind);
    if (track === undefined || this.#segmenter === undefined) return;
    const isInRun = this.#run.get(sample.kind) === track;
    if (isInRun || sample.isSync) this.#presence.note(sample.kind, sample.dts / track.timescale);
    if (sample.afterJump) this.#hasJumped = true;
    // Decoders need a sync sample of the leading track to begin with: until it comes the present run goes on.
    const isBoundary = sample.isSync && (this.#hasJumped || this.#isRunStale());
    if (isBoundary && sample.kind === this.#nextLeadKind()) this.#startNextRun(sample, track);
    else if (isInRun) this.#segmenter.push(this.#shifted(sample));
    else if (sample.kind === 'audio') this.#early.push(sample, track.timescale);
  }

  /** Who waits is told at once: the publisher may come back, but players are to ask again meanwhile, not to hang. */
  onSourceEnd(): void {
    try {
      this.#finishSource();
    } finally {
      this.#rendition?.waiters.releaseAll('source-lost');
      this.playableWaiters.releaseAll('source-lost');
    }
  }

  /** Viewers get their ENDLIST whatever fails before it. */
  onEnd(): void {
    this.#hasEnded = true;
    try {
      this.#finishSource();
    } finally {
      this.#rendition?.end();
      // However short it was, it can be played to its end.
      if (this.#rendition !== undefined) {
        this.#renderMultivariant(this.#rendition);
        this.#isPlayable = true;
      }
      this.playableWaiters.releaseAll('ended');
    }
  }

  /** Gives all memory back; nothing is served any more. */
  close(): void {
    this.#rendition?.close();
    this.#initSegments.set(0);
    this.playableWaiters.releaseAll('ended');
  }

  #countWaiting(): void {
    const inGate = this.#gate?.heldBytes ?? 0;
    const inSegmenter = this.#segmenter?.heldBytes ?? 0;
    this.#waiting.set(inGate + inSegmenter + this.#early.heldBytes);
  }

  #finishSource(): void {
    try {
      this.#finishGate();
      this.#segmenter?.flush();
    } finally {
      this.#segmenter = undefined;
      this.#gate = undefined;
      this.#early.clear();
      this.#countWaiting();
    }
  }

  /** No more can be waited for: what was held is let out, if it can be played. */
  #finishGate(): void {
    const result = this.#gate?.finish();
    this.#gate = undefined;
    if (result !== undefined) this.#openGate(result);
  }

  #openGate(result: GateResult): void {
    this.#gate = undefined;
    this.#frameDurationS = result.frameDurationS;
    this.#rendition ??= createRendition(this.#options, this.#memory, result, {
      reports: () => this.captions.reports(this.#rendition?.reportAs(MEDIA_PLAYLIST_URI)),
      onCut: (view) => this.captions.cut(view),
    });
    this.#shift = this.#rendition.partCount === 0 ? 0 : this.#edge - result.start;
    this.#originMs = Math.round(result.originMs - this.#shift * 1000);
    const tracks = result.tracks.map((track) => this.#known.get(track.kind) ?? track);
    const isOpening = this.#rendition.partCount === 0;
    const openingParts = this.#options.openingParts ?? openingPartsOf(this.#rendition.timing.partTarget);
    this.#beginRun(this.#rendition, tracks, isOpening ? openingParts : 0);
    for (const sample of result.samples) {
      const track = this.#known.get(sample.kind);
      if (track !== undefined) this.#presence.note(sample.kind, sample.dts / track.timescale);
      this.#segmenter?.push(this.#shifted(sample));
    }
  }

  /** Whether the tracks that play are not those that are sent. */
  #isRunStale(): boolean {
    for (const kind of KINDS) if (this.#run.get(kind) !== this.#sent(kind)) return true;
    return false;
  }

  #sent(kind: TrackKind): Track | undefined {
    return this.#presence.isPresent(kind) ? this.#known.get(kind) : undefined;
  }

  #nextLeadKind(): TrackKind {
    return this.#sent('video') === undefined ? 'audio' : 'video';
  }

  /** Ends the run and begins the next at `sample`, the first of its leading track. */
  #startNextRun(sample: Sample, track: Track): void {
    const rendition = this.#rendition;
    if (rendition === undefined) return;
    this.#runLimit.count();
    const time = sample.dts / track.timescale;
    const follower = this.#run.get('audio');
    const rest = this.#segmenter?.flushUntil(time + this.#shift) ?? [];
    const startsAt = Math.max(time + this.#shift, this.#edge);
    const forwardTicks = Math.round((startsAt - time - this.#shift) * (follower?.timescale ?? 0));
    this.#shift = startsAt - time;
    if (this.#hasJumped) this.#originMs = Math.round(this.#options.clock.epochMs() - startsAt * 1000);
    this.#hasJumped = false;
    const tracks = KINDS.map((kind) => this.#sent(kind)).filter((sent) => sent !== undefined);
    if (leadingTrack(tracks) !== this.#lead()) this.#frameDurationS = assumedFrameDuration(track, undefined);
    this.#beginRun(rendition, tracks, 0);
    if (this.#run.get('audio') === follower)
      for (const held of rest) this.#segmenter?.push(movedBy(held, forwardTicks));
    for (const held of this.#early.takeAll())
      if (this.#endOf(held) > time) this.#segmenter?.push(this.#shifted(held));
    this.#segmenter?.push(this.#shifted(sample));
  }

  #beginRun(rendition: Rendition, tracks: readonly Track[], openingParts: number): void {
    this.#run.clear();
    for (const track of KINDS.flatMap((kind) => tracks.filter((candidate) => candidate.kind === kind)))
      this.#run.set(track.kind, track);
    const inOrder = [...this.#run.values()];
    this.#runFrames = 0;
    this.#runDuration = 0;
    this.captions.reset();
    rendition.startRun(writeInitSegment(inOrder));
    this.#segmenter = new Segmenter({
      tracks: inOrder,
      timing: rendition.timing,
      frameDurationS: this.#frameDurationS,
      openingParts,
      followsDiscontinuity: rendition.partCount > 0,
      maxPartBytes: this.#memory.maxBytes * PART_SHARE,
      maxSegmentBytes: this.#memory.maxBytes * SEGMENT_SHARE,
      onPart: (plan) => this.#addPart(rendition, plan),
    });
  }

  #lead(): Track | undefined {
    return this.#run.get('video') ?? this.#run.get('audio');
  }

  #endOf(sample: Sample): number {
    const track = this.#known.get(sample.kind);
    if (track?.kind !== 'audio') return Number.NEGATIVE_INFINITY;
    return (sample.dts + frameTicks(track.config)) / track.timescale;
  }

  #shifted(sample: Sample): Sample {
    if (this.#shift === 0) return sample;
    return movedBy(sample, Math.round(this.#shift * (this.#known.get(sample.kind)?.timescale ?? 0)));
  }

  #addPart(rendition: Rendition, plan: PartPlan): void {
    this.#edge = plan.start + plan.duration;
    this.#runDuration += plan.duration;
    for (const track of plan.tracks) if (track.kind === 'video') this.#runFrames += track.samples.length;
    const hasNewCaptions = this.captions.read(plan, this.#run.get('video'));
    this.#memory.settlePeak();
    rendition.addPart(plan, this.#originMs + plan.start * 1000);
    this.#initSegments.set(rendition.ring.initBytes);
    const isFirstPlayable = !this.#isPlayable && hasEnoughToStart(rendition);
    if (plan.endsSegment || isFirstPlayable || hasNewCaptions) this.#renderMultivariant(rendition);
    if (hasNewCaptions) this.#options.onCaptions?.();
    if (!isFirstPlayable) return;
    this.#isPlayable = true;
    this.#options.onPlayable();
    this.playableWaiters.releaseAll('reached');
  }

  #renderMultivariant(rendition: Rendition): void {
    const variant = {
      uri: MEDIA_PLAYLIST_URI,
      tracks: [...this.#run.values()],
      frameRate: this.#frameRate(),
      ...this.captions.groups,
    };
    const media = this.captions.media();
    this.#multivariant = new EncodedText(() => {
      // All segments are measured for it: only when somebody asks.
      const bandwidth = rendition.ring.bandwidth(rendition.timing.targetDuration);
      return renderMultivariantPlaylist([{ ...variant, bandwidth }], media);
    });
  }

  /** Frames per second of the present run: counted, and taken for the rate that the encoder means. */
  #frameRate(): number | undefined {
    const video = this.#run.get('video');
    if (video?.kind !== 'video') return undefined;
    if (this.#runFrames === 0) return 1 / this.#frameDurationS;
    return 1 / frameDuration([this.#runDuration / this.#runFrames], [promisedFrameRate(video.config)]);
  }
}

function isSameTrack(left: Track | undefined, right: Track): left is Track {
  return left !== undefined && left.kind === right.kind && isSameConfig(left.config, right.config);
}

function movedBy(sample: Sample, ticks: number): Sample {
  return ticks === 0 ? sample : { ...sample, dts: sample.dts + ticks, pts: sample.pts + ticks };
}
