// The tracks of the current run and those that the source sends. If they differ, a new run is due.

import { isSameConfig, promisedFrameRate } from '../codec/codec-config.ts';
import type { Sample } from '../media/sample.ts';
import { TICKS_PER_SECOND, toTicks } from '../media/ticks.ts';
import type { AudioTrack, Track, TrackKind, VideoTrack } from '../media/track.ts';
import type { PartPlan } from './part-plan.ts';
import { frameDuration } from './part-timing.ts';
import { TrackPresence } from './track-presence.ts';

const KINDS: readonly TrackKind[] = ['video', 'audio'];

type TrackPair = Record<TrackKind, Track | undefined>;

/** At most one track of each kind (played-tracks.ts). */
export class RunTracks {
  /** Announced tracks of the source. Fields, because they are read for each sample. */
  readonly #known: TrackPair = { video: undefined, audio: undefined };
  /** Tracks of the current run; kept when its source has gone. */
  readonly #run: TrackPair = { video: undefined, audio: undefined };
  #presence = new TrackPresence();
  /** Of the run's leading track, ticks of the common scale: what its first samples showed. */
  #frameDuration = 0;
  /** Video frames of the current run and their duration. */
  #frames = 0;
  #duration = 0;

  /** Tracks of the current run, video first. */
  get all(): readonly Track[] {
    return KINDS.map((kind) => this.#run[kind]).filter((track) => track !== undefined);
  }

  get video(): Track | undefined {
    return this.#run.video;
  }

  get audio(): Track | undefined {
    return this.#run.audio;
  }

  /** The run's audio track, if the source announces the same track. */
  get sound(): AudioTrack | undefined {
    const { audio } = this;
    return audio?.kind === 'audio' && this.#known.audio === audio ? audio : undefined;
  }

  /** The run's video track, if the source announces the same track. */
  get picture(): VideoTrack | undefined {
    const { video } = this;
    return video?.kind === 'video' && this.#known.video === video ? video : undefined;
  }

  get frameDuration(): number {
    return this.#frameDuration;
  }

  /** Another source begins; the current run does not change. */
  forgetSource(): void {
    this.#known.video = undefined;
    this.#known.audio = undefined;
    this.#presence = new TrackPresence();
  }

  /** Whether a track differs from the announced one. */
  isNews(track: Track): boolean {
    return !isSameTrack(this.#known[track.kind], track);
  }

  announce(track: Track): void {
    const inRun = this.#run[track.kind];
    this.#known[track.kind] = isSameTrack(inRun, track) ? inRun : track;
  }

  /** The source's track of a kind as it is now. */
  known(kind: TrackKind): Track | undefined {
    return this.#known[kind];
  }

  /** Whether a track is played as it is now. */
  has(track: Track): boolean {
    return this.#run[track.kind] === track;
  }

  /** The track sends. A run can begin with it at a sync sample only. */
  note(track: Track, sample: Sample): void {
    if (!sample.isSync && !this.has(track)) return;
    this.#presence.note(track.kind, toTicks(sample.dts, track.timescale));
  }

  /** The tracks that the source sends now, video first. */
  get sent(): readonly Track[] {
    return KINDS.map((kind) => this.#sentOf(kind)).filter((track) => track !== undefined);
  }

  /** Whether the tracks that play are not those that are sent. */
  get isStale(): boolean {
    for (const kind of KINDS) if (this.#run[kind] !== this.#sentOf(kind)) return true;
    return false;
  }

  /** Which kind of sample the next run begins with. */
  get nextLeadKind(): TrackKind {
    return this.#sentOf('video') === undefined ? 'audio' : 'video';
  }

  /** A run of these tracks begins. */
  begin(tracks: readonly Track[], frameDuration: number): void {
    for (const kind of KINDS) this.#run[kind] = tracks.find((track) => track.kind === kind);
    this.#frameDuration = frameDuration;
    this.#frames = 0;
    this.#duration = 0;
  }

  /** A part of the run. @returns whether it is the first */
  count(plan: PartPlan): boolean {
    this.#duration += plan.duration;
    for (const { kind, samples } of plan.tracks) if (kind === 'video') this.#frames += samples.length;
    return this.#duration === plan.duration;
  }

  /** Counted frames per second, rounded to a common rate. */
  frameRate(): number | undefined {
    const { video } = this;
    if (video?.kind !== 'video') return undefined;
    const counted =
      this.#frames === 0
        ? this.#frameDuration
        : frameDuration([this.#duration / this.#frames], [promisedFrameRate(video.config)]);
    return TICKS_PER_SECOND / counted;
  }

  #sentOf(kind: TrackKind): Track | undefined {
    return this.#presence.isPresent(kind) ? this.#known[kind] : undefined;
  }
}

function isSameTrack(left: Track | undefined, right: Track): left is Track {
  return left !== undefined && left.id === right.id && isSameConfig(left.config, right.config);
}
