// HLS as a Sink of one LiveStream: runs of equal tracks become init segments, parts and playlists, and the playlist
// outlives its publisher's absences (RFC 8216bis clause 4.4.4.3: EXT-X-DISCONTINUITY).

import { isSameConfig } from '../codec/codec-config.ts';
import type { Sink, SourceHints } from '../live/sink.ts';
import type { Sample } from '../media/sample.ts';
import type { Track, TrackKind } from '../media/track.ts';
import { writeInitSegment } from '../mp4/init-segment.ts';
import { codecList, renderMultivariantPlaylist } from './multivariant-playlist.ts';
import type { BlockPool } from './part-arena.ts';
import { choosePartTiming } from './part-timing.ts';
import { PlaylistWaiters } from './playlist-waiters.ts';
import { Rendition } from './rendition.ts';
import { type PartPlan, Segmenter } from './segmenter.ts';
import { type GateResult, StartGate } from './start-gate.ts';

export type HlsOutputOptions = {
  readonly pool: BlockPool;
  /** Wanted part and segment lengths and the window's length, seconds. */
  readonly part: number;
  readonly segment: number;
  readonly window: number;
  readonly maxBytes: number;
  /** PART-HOLD-BACK as a multiple of PART-TARGET; at least 3. */
  readonly holdBackParts: number;
  /** Milliseconds since the Unix epoch: stamps PROGRAM-DATE-TIME at arrival. */
  readonly wallClock: () => number;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  /** Called once, when a player has enough to start. */
  readonly onPlayable: () => void;
};

/** Name of the media playlist, relative to the multivariant playlist. */
export const MEDIA_PLAYLIST_URI = 'main.m3u8';
/** Parts that must be there before players are let in: with fewer they start with a stall. */
const PLAYABLE_PARTS = 3;
/**
 * A media sequence starts at the half seconds since this day: segments last longer, so a restart never goes back, and
 * the number stays below 2^31, where some players' integers end, until 2059.
 */
const MSN_ORIGIN_MS = Date.UTC(2025, 0, 1);
const MSN_CLOCK_MS = 500;

export class HlsOutput implements Sink {
  readonly #options: HlsOutputOptions;
  readonly #tracks = new Map<TrackKind, Track>();
  #gate: StartGate | undefined;
  #segmenter: Segmenter | undefined;
  #rendition: Rendition | undefined;
  #multivariant: Buffer | undefined;
  #frameDurationS = 0;
  /** Wall clock of time 0 of the timeline, milliseconds. */
  #originMs = 0;
  /** End of the last part, seconds: where the next run begins. */
  #edge = 0;
  /** Added to a source's times, seconds: a publisher that returns goes on where the last one stopped. */
  #shift = 0;
  /** Tracks that changed: a new run begins at the leading track's next sync sample. */
  readonly #changed = new Set<TrackKind>();
  #isPlayable = false;
  /** Requests that came before there was anything to play. */
  readonly playableWaiters: PlaylistWaiters;

  constructor(options: HlsOutputOptions) {
    this.#options = options;
    this.playableWaiters = new PlaylistWaiters(options.now);
  }

  /** The media playlist's maker; undefined until the first source is understood. */
  get rendition(): Rendition | undefined {
    return this.#rendition;
  }

  /** Text of the multivariant playlist; undefined until the stream is playable. */
  get multivariantPlaylist(): Buffer | undefined {
    return this.#isPlayable ? this.#multivariant : undefined;
  }

  /** RFC 6381 list of the present tracks. */
  get codecs(): string {
    return codecList([...this.#tracks.values()]);
  }

  onSourceStart(hints: SourceHints): void {
    this.#gate = new StartGate(hints);
    this.#tracks.clear();
  }

  onTrack(track: Track): void {
    const known = this.#tracks.get(track.kind);
    if (known !== undefined && isSameConfig(known.config, track.config)) return;
    this.#tracks.set(track.kind, track);
    if (this.#gate !== undefined) this.#gate.setTrack(track);
    else this.#changed.add(track.kind);
  }

  onSample(sample: Sample): void {
    if (this.#gate !== undefined) {
      const result = this.#gate.push(sample, this.#options.wallClock());
      if (result !== undefined) this.#openGate(result);
      return;
    }
    if (sample.afterJump) this.#setOrigin(sample);
    if (sample.afterJump || (this.#changed.size > 0 && this.#isLeadSync(sample))) this.#startRun();
    else if (this.#changed.has(sample.kind)) return;
    this.#segmenter?.push(this.#shifted(sample));
  }

  onSourceEnd(): void {
    const result = this.#gate?.finish();
    if (result !== undefined) this.#openGate(result);
    this.#gate = undefined;
    this.#segmenter?.flush();
    this.#segmenter = undefined;
  }

  onEnd(): void {
    this.onSourceEnd();
    this.#rendition?.end();
    this.playableWaiters.releaseAll('ended');
  }

  /** Gives all memory back; nothing is served any more. */
  close(): void {
    this.#rendition?.close();
    this.playableWaiters.releaseAll('ended');
  }

  #openGate(result: GateResult): void {
    this.#gate = undefined;
    this.#frameDurationS = result.frameDurationS;
    this.#rendition ??= this.#createRendition(result);
    const lead = result.tracks.find((track) => track.kind === 'video') ?? result.tracks[0];
    const first = result.samples.find((sample) => sample.kind === lead?.kind);
    const start = lead === undefined || first === undefined ? 0 : first.dts / lead.timescale;
    this.#shift = this.#rendition.partCount === 0 ? 0 : this.#edge - start;
    this.#originMs = result.originMs - this.#shift * 1000;
    this.#startRun();
    for (const sample of result.samples) this.#segmenter?.push(this.#shifted(sample));
  }

  #createRendition(result: GateResult): Rendition {
    const { part, segment, window, maxBytes, holdBackParts, pool, wallClock, now } = this.#options;
    const timing = choosePartTiming({
      frameDurationS: result.frameDurationS,
      wantedPartS: part,
      wantedSegmentS: segment,
      isExact: result.tracks.every((track) => track.kind === 'audio'),
    });
    const startedAtMs = wallClock();
    return new Rendition({
      pool,
      ringLimits: { window: Math.max(window, 3 * timing.targetDuration), maxBytes },
      timing,
      partHoldBack: holdBackParts * timing.partTarget,
      firstMsn: Math.max(Math.floor((startedAtMs - MSN_ORIGIN_MS) / MSN_CLOCK_MS), 0),
      epoch: startedAtMs.toString(36),
      now,
    });
  }

  /** Closes the present run and begins one with the present tracks: a discontinuity, unless it is the first. */
  #startRun(): void {
    const rendition = this.#rendition;
    if (rendition === undefined) return;
    this.#segmenter?.flush();
    this.#changed.clear();
    const tracks = [...this.#tracks.values()];
    rendition.startRun(writeInitSegment(tracks));
    this.#segmenter = new Segmenter({
      tracks,
      timing: rendition.timing,
      frameDurationS: this.#frameDurationS,
      onPart: (plan) => this.#addPart(rendition, plan),
    });
  }

  /** A clock that jumped: the media goes on without a gap, and its dates are set anew. */
  #setOrigin(sample: Sample): void {
    const track = this.#tracks.get(sample.kind);
    const time = track === undefined ? this.#edge : sample.dts / track.timescale + this.#shift;
    this.#originMs = this.#options.wallClock() - time * 1000;
  }

  /** Decoders need a sync sample of the leading track to begin with a new configuration. */
  #isLeadSync(sample: Sample): boolean {
    return sample.isSync && sample.kind === (this.#tracks.has('video') ? 'video' : 'audio');
  }

  #shifted(sample: Sample): Sample {
    if (this.#shift === 0) return sample;
    const ticks = Math.round(this.#shift * (this.#tracks.get(sample.kind)?.timescale ?? 0));
    return { ...sample, dts: sample.dts + ticks, pts: sample.pts + ticks };
  }

  #addPart(rendition: Rendition, plan: PartPlan): void {
    this.#edge = plan.start + plan.duration;
    rendition.addPart(plan, this.#originMs + plan.start * 1000);
    const isFirstPlayable = !this.#isPlayable && rendition.partCount >= PLAYABLE_PARTS;
    if (plan.endsSegment || isFirstPlayable) this.#renderMultivariant(rendition);
    if (!isFirstPlayable) return;
    this.#isPlayable = true;
    this.#options.onPlayable();
    this.playableWaiters.releaseAll('reached');
  }

  #renderMultivariant(rendition: Rendition): void {
    const tracks = [...this.#tracks.values()];
    const hasVideo = this.#tracks.has('video');
    const text = renderMultivariantPlaylist([
      {
        uri: MEDIA_PLAYLIST_URI,
        tracks,
        bandwidth: rendition.ring.bandwidth(),
        frameRate: hasVideo ? 1 / this.#frameDurationS : undefined,
      },
    ]);
    this.#multivariant = Buffer.from(text);
  }
}
