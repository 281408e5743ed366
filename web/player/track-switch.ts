// A stream that gains or loses its sound, or its picture: a media source cannot take a track more or less in mid-play, so
// what is left is played out, and the player begins anew in the new run (Media Source Extensions, initialization segment
// received). A run whose sound stopped runs dry before the new one is listed: what is appended to it then is in vain.
import type Hls from 'hls.js';
import { Events } from 'hls.js';
import { newestRun, nextStartS, playableEndS } from './run-boundary.ts';
import { VainAppends } from './vain-appends.ts';

/** Nearer to the boundary than this there is nothing left to play. */
const AT_BOUNDARY_S = 0.1;
/** hls.js begins a part behind the edge at the nearest: with fewer than two in the new run it would begin in the old one. */
const NEW_RUN_MS = 500;
/** Whatever keeps playback from getting there, a viewer looks at a still picture no longer than this. */
const MAX_PLAY_OUT_MS = 1_500;
const LOOK_MS = 50;
/** Less in hand than this is as good as nothing. */
const DRY_S = 0.2;
const TRACKS = ['audio', 'audiovideo', 'video'] as const;

/** Watches one hls.js instance; calls back once, when it is of no use any more, with where another one should begin. */
export class TrackSwitch {
  readonly #hls: Hls;
  readonly #video: HTMLVideoElement;
  readonly #onNewRun: (startS: number) => void;
  #tracks: string | undefined;
  #run = -1;
  readonly #vainAppends = new VainAppends();
  #timer: number | undefined;

  constructor(hls: Hls, video: HTMLVideoElement, onNewRun: (startS: number) => void) {
    this.#hls = hls;
    this.#video = video;
    this.#onNewRun = onNewRun;
    hls.on(Events.BUFFER_CODECS, (_event, codecs) => {
      const tracks = TRACKS.filter((track) => codecs[track] !== undefined).join();
      this.#tracks ??= tracks;
      if (tracks !== this.#tracks) this.#playOut();
    });
    hls.on(Events.FRAG_BUFFERED, (_event, { frag, part }) => {
      this.#run = frag.cc;
      this.#vainAppends.appended(part ?? frag, this.#ranges());
    });
  }

  /** The old source refuses what belongs into the new one: its errors mean nothing now. */
  get isUnderWay(): boolean {
    return this.#timer !== undefined;
  }

  /** Under way, or as soon as there is another run: nothing that is loaded meanwhile can be played. */
  get isDue(): boolean {
    return this.isUnderWay || this.#vainAppends.areMany;
  }

  /**
   * To be called with every playlist: leaves a run that has dried up for want of a track, once there is
   * another to play. A slow network dries it up as well, and whoever waits for that plays on: only what was appended says
   * which it is, and never how long it took.
   */
  look(): void {
    const { paused, currentTime } = this.#video;
    if (!this.#vainAppends.areMany || this.isUnderWay || paused || this.#newRunMs() < NEW_RUN_MS) return;
    if ((this.#hls.mainForwardBufferInfo?.len ?? 0) >= DRY_S) return;
    // Where a seek has led nothing is loaded yet, and what was in vain is elsewhere.
    const ranges = this.#ranges();
    if (ranges.length === 0 || playableEndS(ranges, currentTime) !== undefined) this.#leave(currentTime);
  }

  destroy(): void {
    window.clearInterval(this.#timer);
  }

  /** How much of a later run is listed. */
  #newRunMs(): number {
    const { latestLevelDetails: details } = this.#hls;
    if (details === null) return 0;
    const run = newestRun(details);
    return run.number <= this.#run ? 0 : (details.edge - run.startS) * 1000;
  }

  #ranges(): (readonly [startS: number, endS: number])[] {
    const { buffered } = this.#video;
    return Array.from({ length: buffered.length }, (_, at) => [buffered.start(at), buffered.end(at)]);
  }

  #leave(boundaryS: number): void {
    const at = { positionS: this.#video.currentTime, boundaryS };
    this.#onNewRun(nextStartS(this.#hls.latestLevelDetails, this.#run, at));
  }

  #playOut(): void {
    if (this.isUnderWay) return;
    let boundaryS: number | undefined;
    const startedAtMs = performance.now();
    let positionS = this.#video.currentTime;
    let movedAtMs = startedAtMs;
    this.#timer = window.setInterval(() => {
      const nowMs = performance.now();
      const { currentTime, paused } = this.#video;
      // Behind live there may be a minute to play, and who has paused may be away for long.
      if (currentTime !== positionS || paused) movedAtMs = nowMs;
      if (paused) return;
      positionS = currentTime;
      // Where a seek has led before anything was loaded nothing can be played, now or later, and the boundary is elsewhere.
      boundaryS ??= playableEndS(this.#ranges(), currentTime);
      const isThere = boundaryS === undefined || currentTime >= boundaryS - AT_BOUNDARY_S;
      if (isThere ? nowMs - startedAtMs < NEW_RUN_MS : nowMs - movedAtMs < MAX_PLAY_OUT_MS) return;
      window.clearInterval(this.#timer);
      this.#leave(boundaryS ?? Number.POSITIVE_INFINITY);
    }, LOOK_MS);
    this.#hls.stopLoad();
  }
}
