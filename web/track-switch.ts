// A stream that gains or loses its sound, or its picture: a media source cannot take a track more or less in mid-play, so
// what is left is played out, and the player begins anew in the new run (Media Source Extensions, initialization segment
// received). A run whose sound stopped runs dry before the new one is listed: what is appended to it then is in vain.
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
/** Beyond the end of the buffer although it has just been appended: more than the tracks of any source are apart. */
const IN_VAIN_S = 1;
const TRACKS = ['audio', 'audiovideo', 'video'] as const;

/** Watches one hls.js instance; calls back once, when it is of no use any more. */
export class TrackSwitch {
  readonly #hls: Hls;
  readonly #video: HTMLVideoElement;
  readonly #onNewRun: () => void;
  #tracks: string | undefined;
  #run = -1;
  #isInVain = false;
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
    hls.on(Events.FRAG_BUFFERED, (_event, { frag, part }) => {
      this.#run = frag.cc;
      this.#isInVain = (part ?? frag).end - this.#bufferedEndS() > IN_VAIN_S;
    });
  }

  /** The old source refuses what belongs into the new one: its errors mean nothing now. */
  get isUnderWay(): boolean {
    return this.#timer !== undefined;
  }

  /**
   * To be called a few times a second while playing: leaves a run that has dried up for want of a track, once there is
   * another to play. A slow network dries it up as well, and whoever waits for that plays on: only what was appended says
   * which it is, and never how long it took.
   */
  look(): void {
    if (!this.#isInVain || this.isUnderWay || (this.#hls.mainForwardBufferInfo?.len ?? 0) >= DRY_S) return;
    if (this.#newRunMs() >= NEW_RUN_MS) this.#onNewRun();
  }

  destroy(): void {
    window.clearInterval(this.#timer);
  }

  /** How much of a later run is listed. */
  #newRunMs(): number {
    const { latestLevelDetails: details } = this.#hls;
    if (details === null || details.endCC <= this.#run) return 0;
    const first = [...details.fragments, details.fragmentHint].find((frag) => frag?.cc === details.endCC);
    return first == null ? 0 : (details.edge - first.start) * 1000;
  }

  /** A muxed source buffer reaches as far as the shortest of its tracks (Media Source Extensions, HTMLMediaElement). */
  #bufferedEndS(): number {
    const { buffered, currentTime } = this.#video;
    return buffered.length === 0 ? currentTime : buffered.end(buffered.length - 1);
  }

  #playOut(): void {
    if (this.isUnderWay) return;
    const boundaryS = this.#bufferedEndS();
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
