// Where one viewer watches, live or behind live, and where another load of the source goes on.
import { LIVE, placeAfter, placeOf, type StartAt } from './start-at.ts';
import { canShift, isShifted, type PlayableRange, playablePosition } from './time-shift.ts';

/** Going there is no seek, which would cost a moment of silence. */
const SAME_PLACE_S = 0.1;

/** `range` is what can be played now; undefined while nothing can. */
export class ViewerPlace {
  readonly #video: HTMLVideoElement;
  #startAt: StartAt = LIVE;
  #isShifted = false;

  constructor(video: HTMLVideoElement) {
    this.#video = video;
  }

  /** The viewer watches behind live, and means to. */
  get isShifted(): boolean {
    return this.#isShifted;
  }

  /** Where the load that is under way, or comes next, begins. */
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

  /** The next load goes on here. */
  keep(range: PlayableRange | undefined, wasPaused = false): void {
    // Nothing is there yet of the load that is under way.
    if (range === undefined || this.#video.readyState === 0) return;
    this.#startAt = placeOf(range, this.positionS, this.#isShifted || wasPaused);
  }

  /** What is listed cannot follow what is played: the next load begins so far behind live for who watches there. */
  keepBehind(seconds: number): void {
    this.#startAt = placeAfter(seconds, this.#isShifted);
  }

  /** A load that was to begin there is done. */
  arrive(startAt: StartAt): void {
    this.#isShifted = startAt.kind === 'behind';
  }

  /** Watches live, or nothing. */
  goLive(): void {
    this.#isShifted = false;
  }

  /** Goes to `seconds` behind live, as near to it as can be played. Returns whether there is a past to go back to. */
  seekBehindLive(range: PlayableRange | undefined, seconds: number): boolean {
    if (!canShift(range)) return false;
    const positionS = playablePosition(range, range.endS - Math.max(0, seconds));
    this.#isShifted = isShifted(range, positionS);
    if (Math.abs(positionS - this.positionS) > SAME_PLACE_S) this.#video.currentTime = positionS;
    return true;
  }
}
