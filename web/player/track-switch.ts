// A stream gains or loses its sound or its picture. A media source cannot add or remove a track during playback, so the
// rest of the run is played and the player loads the new run (Media Source Extensions, initialization segment received).
// A run whose sound stopped becomes unplayable before the new one is listed: media appended to it cannot be played.
import type Hls from 'hls.js';
import { Events } from 'hls.js';
import { newestRun, nextStartS, playableEndS } from './run-boundary.ts';
import { VainAppends } from './vain-appends.ts';

/** Nearer to the boundary than this there is nothing left to play. */
const AT_BOUNDARY_S = 0.1;
/** hls.js begins at least a part behind the edge: with fewer than two parts in the new run it would begin in the old one. */
const NEW_RUN_MS = 500;
/** The longest time that a viewer sees a still picture at the boundary, for any reason. */
const MAX_PLAY_OUT_MS = 1_500;
const LOOK_MS = 50;
/** A buffer shorter than this counts as empty. */
const DRY_S = 0.2;
const TRACKS = ['audio', 'audiovideo', 'video'] as const;

/** Watches one hls.js instance. When it is no longer usable, calls back once with the start position for a new one. */
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

  /** The old source refuses media of the new one: its errors mean nothing now. */
  get isUnderWay(): boolean {
    return this.#timer !== undefined;
  }

  /** In progress, or will start as soon as another run is listed: nothing loaded until then can be played. */
  get isDue(): boolean {
    return this.isUnderWay || this.#vainAppends.areMany;
  }

  /**
   * Call this with every playlist. Leaves a run that lacks a track and cannot be played further, once another run is
   * listed. A slow network empties the buffer too, and that run plays on. Only the appended media tells the two apart; a
   * time limit would not.
   */
  look(): void {
    const { paused, currentTime } = this.#video;
    if (!this.#vainAppends.areMany || this.isUnderWay || paused || this.#newRunMs() < NEW_RUN_MS) return;
    if ((this.#hls.mainForwardBufferInfo?.len ?? 0) >= DRY_S) return;
    // After a seek nothing is loaded at the new position, and the unplayable media is elsewhere.
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
      // Behind live there may be a minute left to play, and a viewer who has paused may be away for long.
      if (currentTime !== positionS || paused) movedAtMs = nowMs;
      if (paused) return;
      positionS = currentTime;
      // After a seek to a position that was never loaded, nothing there can be played, and the boundary is elsewhere.
      boundaryS ??= playableEndS(this.#ranges(), currentTime);
      const isThere = boundaryS === undefined || currentTime >= boundaryS - AT_BOUNDARY_S;
      if (isThere ? nowMs - startedAtMs < NEW_RUN_MS : nowMs - movedAtMs < MAX_PLAY_OUT_MS) return;
      window.clearInterval(this.#timer);
      this.#leave(boundaryS ?? Number.POSITIVE_INFINITY);
    }, LOOK_MS);
    this.#hls.stopLoad();
  }
}
