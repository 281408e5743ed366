// A stream that gains or loses its sound, or its picture: a media source cannot take a track more or less in mid-play, so
// what is left is played out, and the player begins anew in the new run (Media Source Extensions, initialization segment
// received). A run whose sound stopped runs dry before the new one is listed: that is noticed here as well.
import type Hls from 'hls.js';
import { Events } from 'hls.js';

/** Nearer to the boundary than this there is nothing left to play. */
const AT_BOUNDARY_S = 0.1;
/** hls.js begins a part behind the edge at the nearest: with fewer than two in the new run it would begin in the old one. */
const NEW_RUN_MS = 500;
/** Whatever keeps playback from getting there, a viewer waits no longer than this. */
const MAX_PLAY_OUT_MS = 1_500;
const LOOK_MS = 50;
/** Less in hand than this is as good as nothing. */
const DRY_S = 0.2;
/** hls.js crosses a boundary in less when it can, on a busy machine and over a slow network too. */
const DRY_MS = 1_500;
const TRACKS = ['audio', 'audiovideo', 'video'] as const;

/** Watches one hls.js instance; calls back once, when it is of no use any more. */
export class TrackSwitch {
  readonly #hls: Hls;
  readonly #video: HTMLVideoElement;
  readonly #onNewRun: () => void;
  #tracks: string | undefined;
  #run = -1;
  #drySinceMs: number | undefined;
  #timer: number | undefined;

  constructor(hls: Hls, video: HTMLVideoElement, onNewRun: () => void) {
    this.#hls = hls;
    this.#video = video;
    this.#onNewRun = onNewRun;
    hls.on(Events.BUFFER_CODECS, (_event, codecs) => {
      const tracks = TRACKS.filter((track) => codecs[track] !== undefined).join();
      this.#tracks ??= tracks;
      if (tracks !== this.#tracks) this.#playOut();
    });
    hls.on(Events.FRAG_BUFFERED, (_event, { frag }) => {
      this.#run = frag.cc;
    });
  }

  /** The old source refuses what belongs into the new one: its errors mean nothing now. */
  get isUnderWay(): boolean {
    return this.#timer !== undefined;
  }

  /** To be called a few times a second while playing: leaves a run that has dried up once live playback is in a later one. */
  look(nowMs: number): void {
    const isDry = (this.#hls.mainForwardBufferInfo?.len ?? 0) < DRY_S;
    if (!isDry || this.isUnderWay || this.#run === -1 || this.#liveRun() <= this.#run) {
      this.#drySinceMs = undefined;
      return;
    }
    this.#drySinceMs ??= nowMs;
    if (nowMs - this.#drySinceMs >= DRY_MS) this.#onNewRun();
  }

  destroy(): void {
    window.clearInterval(this.#timer);
  }

  #liveRun(): number {
    const { latestLevelDetails: details, liveSyncPosition: position } = this.#hls;
    if (details === null || position === null) return -1;
    return (
      [...details.fragments, details.fragmentHint].findLast((frag) => frag && frag.start <= position)?.cc ??
      -1
    );
  }

  #playOut(): void {
    if (this.isUnderWay) return;
    const { buffered, currentTime } = this.#video;
    const boundaryS = buffered.length === 0 ? currentTime : buffered.end(buffered.length - 1);
    const startedAtMs = performance.now();
    this.#timer = window.setInterval(() => {
      const isThere = this.#video.currentTime >= boundaryS - AT_BOUNDARY_S;
      const waitedMs = performance.now() - startedAtMs;
      if (waitedMs < (isThere ? NEW_RUN_MS : MAX_PLAY_OUT_MS)) return;
      window.clearInterval(this.#timer);
      this.#onNewRun();
    }, LOOK_MS);
    this.#hls.stopLoad();
  }
}
