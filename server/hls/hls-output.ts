// HLS as a Sink of one LiveStream: turns runs into init segments, parts and playlists. The playlist continues when a publisher
// returns (RFC 8216bis clause 4.4.4.3: EXT-X-DISCONTINUITY).

import type { Sink, SourceHints } from '../live/sink.ts';
import { GatewayMemory, type MemoryShare, type StreamMemory } from '../media/media-memory.ts';
import type { Sample } from '../media/sample.ts';
import { fromTicks, ticksOfSeconds, toTicks } from '../media/ticks.ts';
import type { Track } from '../media/track.ts';
import { writeInitSegment } from '../mp4/init-segment.ts';
import { CaptionRenditions } from './caption-renditions.ts';
import { EarlySound, soundEnd } from './early-sound.ts';
import type { EncodedText } from './encoded-text.ts';
import { ExpectedArrival } from './expected-arrival.ts';
import type { HlsOutputOptions } from './hls-output-options.ts';
import { createRendition, hasEnoughToStart, openingOf, overfullError } from './main-rendition.ts';
import { FILL_RESERVE, MediaBudget } from './media-budget.ts';
import { codecList, type MeasuredBandwidth, multivariantText } from './multivariant-playlist.ts';
import { NO_OPENING, type OpeningParts } from './opening-segments.ts';
import { PaceLimit } from './pace-limit.ts';
import type { PartPlan } from './part-plan.ts';
import { assumedFrameDuration } from './part-timing.ts';
import { PlayedTracks } from './played-tracks.ts';
import { PlaylistWaiters } from './playlist-waiters.ts';
import type { Rendition } from './rendition.ts';
import { movedBy, RunClock } from './run-clock.ts';
import { RunLimit } from './run-limit.ts';
import { RunTracks } from './run-tracks.ts';
import { leadingTrack, Segmenter } from './segmenter.ts';
import { SilentSound } from './silent-sound.ts';
import { type GateResult, StartGate } from './start-gate.ts';
import { StillPicture } from './still-picture.ts';

export type { HlsOutputOptions } from './hls-output-options.ts';

/** Name of the media playlist, relative to the multivariant playlist. */
export const MEDIA_PLAYLIST_URI = 'main.m3u8';
/** Shares of the stream's memory for the start gate and for an open part. */
const GATE_SHARE = 1 / 8;
const PART_SHARE = 1 / 4;
/** A larger segment ends early, because three must fit: players start three segments behind. */
const SEGMENT_SHARE = 1 / 4;

export class HlsOutput implements Sink {
  readonly #options: HlsOutputOptions;
  readonly #tracks = new RunTracks();
  readonly #runClock = new RunClock();
  #played: PlayedTracks;
  #gate: StartGate | undefined;
  #segmenter: Segmenter | undefined;
  #rendition: Rendition | undefined;
  #multivariant: EncodedText | undefined;
  /** Sound for the next run. */
  readonly #early = new EarlySound();
  #silence: SilentSound;
  #still: StillPicture;
  readonly #budgets: { readonly silence: MediaBudget; readonly still: MediaBudget };
  readonly #pace: PaceLimit;
  #arrival: ExpectedArrival | undefined;
  readonly #runLimit: RunLimit;
  readonly #memory: StreamMemory;
  /** Samples that are not cut yet. */
  readonly #waiting: MemoryShare;
  readonly #initSegments: MemoryShare;
  #isPlayable = false;
  #hasEnded = false;
  /** Subtitles of the video's captions. */
  readonly captions: CaptionRenditions;
  /** Requests from before the stream was playable. */
  readonly playableWaiters: PlaylistWaiters;

  constructor(options: HlsOutputOptions) {
    this.#options = options;
    this.#memory = options.memory ?? new GatewayMemory().open(options.maxBytes);
    this.#waiting = this.#memory.openWaiting();
    this.#initSegments = this.#memory.openStored();
    this.#runLimit = new RunLimit(options.clock);
    this.#played = this.#newPlayed();
    const newBudget = (): MediaBudget => new MediaBudget(options.clock, FILL_RESERVE);
    this.#budgets = { silence: newBudget(), still: newBudget() };
    this.#pace = new PaceLimit(options.clock, ticksOfSeconds(options.maxAhead ?? 0));
    this.#silence = this.#newSilence();
    this.#still = this.#newStill();
    this.captions = new CaptionRenditions(MEDIA_PLAYLIST_URI, options.maxBytes);
    this.playableWaiters = new PlaylistWaiters(options);
  }

  /** The media playlist; undefined until the start gate opens. */
  get rendition(): Rendition | undefined {
    return this.#rendition;
  }

  /** The multivariant playlist; undefined until the stream is playable. */
  get multivariantPlaylist(): EncodedText | undefined {
    return this.#isPlayable ? this.#multivariant : undefined;
  }

  /** The stream has ended. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Samples matter when they start or end a part. */
  get patienceMs(): number {
    return this.#arrival?.msUntil(this.#segmenter?.dueMs ?? 0) ?? 0;
  }

  /** Pictures arrive and are played. */
  get hasPicture(): boolean {
    return this.#segmenter !== undefined && this.#tracks.video !== undefined;
  }

  /** RFC 6381 list of the played tracks. */
  get codecs(): string {
    return codecList(this.#tracks.all);
  }

  /** A source may start again in the middle, if one of its tracks is unusable. */
  onSourceStart(hints: SourceHints): void {
    if (this.#segmenter !== undefined) this.#finishSource();
    this.#gate?.release();
    this.#gate = new StartGate(hints, this.#memory.maxBytes * GATE_SHARE, this.#options.pool);
    this.#runLimit.reset();
    this.#played = this.#newPlayed();
    this.#silence = this.#newSilence();
    this.#still = this.#newStill();
    this.#tracks.forgetSource();
    this.#runClock.reset();
    this.#early.clear();
  }

  onTrack(track: Track): void {
    if (!this.#played.takes(track)) return;
    if (!this.#tracks.isNews(track)) return;
    // Write held pictures before their configuration changes.
    if (track.kind === 'video' && this.#gate?.holds('video')) this.#closeGate();
    this.#tracks.announce(track);
    // Sound of another configuration cannot be played with this one.
    if (track.kind === 'audio') this.#early.clear();
    this.#gate?.setTrack(track);
    this.#countWaiting();
  }

  /**
   * Throws GatewayError for media that players or memory cannot handle: `part_too_large`, `stream_memory`,
   * `too_many_changes`, `too_fast`.
   */
  onSample(sample: Sample): void {
    if (!this.#played.has(sample.trackId)) return;
    this.#take(sample);
    this.#countWaiting();
    if (this.#rendition?.ring.isOverfull === true) throw overfullError(this.#memory);
    this.#pace.check();
  }

  #newPlayed(): PlayedTracks {
    return new PlayedTracks((id) => this.#options.onTrackNotPlayed?.(id));
  }

  #newSilence(): SilentSound {
    return new SilentSound(this.#budgets.silence, (event) => this.#options.onSilence?.(event));
  }

  #newStill(): StillPicture {
    return new StillPicture(this.#budgets.still, (event) => this.#options.onStill?.(event));
  }

  #take(sample: Sample): void {
    if (this.#gate !== undefined) {
      const result = this.#gate.push(sample, this.#options.clock.epochMs());
      if (result !== undefined) this.#closeGate(result);
      return;
    }
    const track = this.#tracks.known(sample.kind);
    if (track === undefined || this.#segmenter === undefined) return;
    const { sound, picture } = this.#tracks;
    const time = toTicks(sample.dts, track.timescale);
    // Replace samples of a track that has stopped.
    const silence = this.#silence.before(sample, time, sound);
    const stills = this.#still.before(sample, time, picture);
    const isPlayed = !this.#silence.isLate && !this.#still.isWaiting;
    // Noted before its replacements are: after a pause of this track they would count as time without it.
    if (isPlayed) this.#tracks.note(track, sample);
    if (sound !== undefined) this.#playInPlace(silence, sound);
    if (picture !== undefined) this.#playInPlace(stills, picture);
    if (isPlayed) this.#play(sample, track);
    else if (sample.afterJump) this.#runClock.noteJump();
  }

  #playInPlace(replacements: readonly Sample[], track: Track): void {
    for (const sample of replacements) {
      this.#tracks.note(track, sample);
      this.#play(sample, track);
    }
  }

  #play(sample: Sample, track: Track): void {
    if (this.#segmenter === undefined) return;
    if (sample.afterJump) this.#runClock.noteJump();
    // Decoders need a sync sample of the leading track; until then the current run continues.
    const isBoundary = sample.isSync && (this.#runClock.hasJumped || this.#tracks.isStale);
    if (isBoundary && sample.kind === this.#tracks.nextLeadKind) this.#startNextRun(sample, track);
    else if (this.#tracks.has(track)) this.#segmenter.push(this.#runClock.placed(sample, track.timescale));
    else if (sample.kind === 'audio') this.#early.push(sample, track.timescale);
  }

  /** Answers waiting requests at once, so that players retry while the publisher is away. */
  onSourceEnd(): void {
    try {
      this.#finishSource();
    } finally {
      this.#pace.forget();
      this.#rendition?.waiters.releaseAll('source-lost');
      this.playableWaiters.releaseAll('source-lost');
    }
  }

  /** Viewers get ENDLIST even if something fails before. */
  onEnd(): void {
    this.#hasEnded = true;
    try {
      this.#finishSource();
    } finally {
      this.#rendition?.end();
      // Also a very short stream must be playable to its end.
      if (this.#rendition !== undefined) {
        this.#renderMultivariant(this.#rendition);
        this.#isPlayable = true;
      }
      this.playableWaiters.releaseAll('ended');
    }
  }

  /** Releases all memory; nothing is served after this. */
  close(): void {
    this.#rendition?.close();
    this.#initSegments.set(0);
    this.playableWaiters.releaseAll('ended');
  }

  #countWaiting(): void {
    const uncut = (this.#gate?.usedBytes ?? 0) + (this.#segmenter?.usedBytes ?? 0);
    this.#waiting.set(uncut + this.#early.heldBytes + this.#still.heldBytes);
  }

  #finishSource(): void {
    try {
      this.#closeGate();
      this.#segmenter?.flush();
      this.#rendition?.endSegment();
    } finally {
      this.#segmenter?.release();
      this.#segmenter = undefined;
      this.#early.clear();
      this.#still = this.#newStill();
      this.#countWaiting();
    }
  }

  /** Plays what the gate holds, if it can be played, and returns the memory. */
  #closeGate(result = this.#gate?.finish()): void {
    try {
      if (result !== undefined) this.#openGate(result);
    } finally {
      this.#gate?.release();
      this.#gate = undefined;
    }
  }

  #openGate(result: GateResult): void {
    this.#rendition ??= createRendition(this.#options, this.#memory, result, {
      reports: () => this.captions.reports(this.#rendition?.reportAs(MEDIA_PLAYLIST_URI)),
      onCut: (view) => this.captions.cut(view),
    });
    const isOpening = this.#rendition.partCount === 0;
    this.#runClock.beginSource(result.start, result.originMs, isOpening);
    const tracks = result.tracks.map((track) => this.#tracks.known(track.kind) ?? track);
    this.#tracks.begin(tracks, result.frameDuration);
    const opening = this.#options.opening ?? openingOf(this.#rendition.timing.partTarget);
    this.#beginRun(this.#rendition, isOpening ? opening : NO_OPENING);
    for (const sample of result.samples) {
      const track = this.#tracks.known(sample.kind);
      if (track === undefined) continue;
      this.#tracks.note(track, sample);
      const time = toTicks(sample.dts, track.timescale);
      this.#silence.hold(sample, time, this.#tracks.sound);
      this.#still.hold(sample, time, this.#tracks.picture);
      this.#segmenter?.push(this.#runClock.placed(sample, track.timescale));
    }
  }

  /** Ends the run and begins the next at `sample`, the first of its leading track. */
  #startNextRun(sample: Sample, track: Track): void {
    const rendition = this.#rendition;
    if (rendition === undefined) return;
    this.#runLimit.count();
    const time = toTicks(sample.dts, track.timescale);
    const [{ audio }, ended] = [this.#tracks, this.#segmenter];
    const rest = ended?.flushUntil(this.#runClock.placeOf(time)) ?? [];
    const later = this.#runClock.beginNext(time, this.#options.clock);
    const { all, sent, frameDuration } = this.#tracks;
    const keepsLead = leadingTrack(sent) === leadingTrack(all);
    this.#tracks.begin(sent, keepsLead ? frameDuration : assumedFrameDuration(track, undefined));
    this.#beginRun(rendition, NO_OPENING);
    if (audio !== undefined && this.#tracks.has(audio))
      for (const held of rest) this.#segmenter?.push(movedBy(held, fromTicks(later, audio.timescale)));
    ended?.release();
    const sound = this.#tracks.known('audio');
    for (const held of this.#early.takeAll())
      if (sound !== undefined && soundEnd(held, sound) > time)
        this.#segmenter?.push(this.#runClock.placed(held, sound.timescale));
    this.#segmenter?.push(this.#runClock.placed(sample, track.timescale));
  }

  #beginRun(rendition: Rendition, opening: OpeningParts): void {
    const { all, frameDuration } = this.#tracks;
    this.captions.reset();
    this.#arrival = new ExpectedArrival(this.#options.clock);
    rendition.startRun(writeInitSegment(all));
    this.#segmenter = new Segmenter({
      tracks: all,
      timing: rendition.timing,
      frameDuration,
      opening,
      followsDiscontinuity: rendition.partCount > 0,
      maxPartBytes: this.#memory.maxBytes * PART_SHARE,
      maxSegmentBytes: this.#memory.maxBytes * SEGMENT_SHARE,
      pool: this.#options.pool,
      onPart: (plan) => this.#addPart(rendition, plan),
    });
  }

  #addPart(rendition: Rendition, plan: PartPlan): void {
    this.#runClock.noteEnd(plan.start + plan.duration);
    const isNew = this.#tracks.count(plan);
    this.#pace.count(plan.duration);
    this.#arrival?.note(this.#segmenter?.latestMs ?? 0);
    const hasNewCaptions = this.captions.read(plan, this.#tracks.video);
    this.#memory.settlePeak();
    rendition.addPart(plan, this.#runClock.dateOf(plan.start));
    this.#initSegments.set(rendition.ring.initBytes);
    const isFirstPlayable = !this.#isPlayable && hasEnoughToStart(rendition);
    if (isNew || plan.endsSegment || isFirstPlayable || hasNewCaptions) this.#renderMultivariant(rendition);
    if (hasNewCaptions) this.#options.onCaptions?.();
    if (!isFirstPlayable) return;
    this.#isPlayable = true;
    this.#options.onPlayable();
    this.playableWaiters.releaseAll('reached');
  }

  #renderMultivariant(rendition: Rendition): void {
    const variant = {
      uri: MEDIA_PLAYLIST_URI,
      tracks: this.#tracks.all,
      frameRate: this.#tracks.frameRate(),
      ...this.captions.groups,
    };
    const measure = (): MeasuredBandwidth => rendition.ring.bandwidth(rendition.timing.targetDuration);
    this.#multivariant = multivariantText(variant, measure, this.captions.media());
  }
}
