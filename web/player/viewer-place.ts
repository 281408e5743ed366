// Where one viewer watches, live or behind live, and where the next load of the source begins.
import { LIVE, placeAfter, placeOf, type StartAt } from './start-at.ts';
import { canShift, isShifted, type PlayableRange, playablePosition } from './time-shift.ts';

/** Nearer than this no seek is made: a seek causes a short silence. */
const SAME_PLACE_S = 0.1;

/** `range` is what can be played now; undefined while nothing can. */
export class ViewerPlace {
  readonly #video: HTMLVideoElement;
  #startAt: StartAt = LIVE;
  #isShifted = false;

  constructor(video: HTMLVideoElement) {
    this.#video = video;
  }

  /** The viewer watches behind live on purpose. */
  get isShifted(): boolean {
    return this.#isShifted;
  }

  /** Where the load in progress, or the next one, begins. */
  get startAt(): StartAt {
    return this.#startAt;
  }

  get positionS(): number {
    return this.#video.currentTime;
  }

  /** The next load begins at live. */
  forget(): void {
    this.#startAt = LIVE;
  }

  /** The next load begins at the current position. */
  keep(range: PlayableRange | undefined, wasPaused = false): void {
    // The load in progress has no media yet.
    if (range === undefined || this.#video.readyState === 0) return;
    this.#startAt = placeOf(range, this.positionS, this.#isShifted || wasPaused);
  }

  /** The listed media cannot follow the played media: a viewer behind live continues so far behind live. */
  keepBehind(seconds: number): void {
    this.#startAt = placeAfter(seconds, this.#isShifted);
  }

  /** The load that was to begin there is done. */
  arrive(startAt: StartAt): void {
    this.#isShifted = startAt.kind === 'behind';
  }

  /** The viewer watches live, or nothing. */
  goLive(): void {
    this.#isShifted = false;
  }

  /** Goes to `seconds` behind live, or the nearest playable position. Returns whether there is a past to seek into. */
  seekBehindLive(range: PlayableRange | undefined, seconds: number): boolean {
    if (!canShift(range)) return false;
    const positionS = playablePosition(range, range.endS - Math.max(0, seconds));
    this.#isShifted = isShifted(range, positionS);
    if (Math.abs(positionS - this.positionS) > SAME_PLACE_S) this.#video.currentTime = positionS;
    return true;
  }
}
