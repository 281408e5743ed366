// Detects playback that has stopped before a hole in the media, and moves it past the hole.
import type Hls from 'hls.js';
import { Events, PlaylistLevelType } from 'hls.js';
import { LeftOut, type LeftOutFacts } from './left-out.ts';
import { playableEndS } from './run-boundary.ts';

const LOOK_MS = 125;
/** Rounding may find the previous segment for the exact start of a segment. */
const INTO_SEGMENT_S = 0.01;
/** Playback can begin in a segment once so many of its parts are listed. */
const PARTS_TO_PLAY = 2;

/** Watches one hls.js instance and its video. */
export class HoleWatch {
  readonly #hls: Hls;
  readonly #video: HTMLVideoElement;
  readonly #leftOut = new LeftOut();
  /** True from the choice of a fragment until all its listed media is buffered. A failed fragment is tried again. */
  #isLoading = false;
  readonly #timer: number;

  /** `isExcused`: playback has stopped for another reason. */
  constructor(hls: Hls, video: HTMLVideoElement, isExcused: () => boolean) {
    this.#hls = hls;
    this.#video = video;
    hls.on(Events.FRAG_LOADING, (_event, { frag }) => this.#note(frag.type, true));
    hls.on(Events.FRAG_BUFFERED, (_event, { frag }) => this.#note(frag.type, false));
    this.#timer = window.setInterval(() => {
      if (!video.paused && !video.seeking && !isExcused()) this.#look();
    }, LOOK_MS);
  }

  destroy(): void {
    window.clearInterval(this.#timer);
  }

  #note(type: PlaylistLevelType, isLoading: boolean): void {
    if (type === PlaylistLevelType.MAIN) this.#isLoading = isLoading;
  }

  #look(): void {
    const goOnS = this.#leftOut.look(performance.now(), this.#facts());
    if (goOnS === undefined) return;
    console.warn(`sluice: skipping a hole: ${this.#video.currentTime.toFixed(2)} to ${goOnS.toFixed(2)} s`);
    this.#video.currentTime = goOnS + INTO_SEGMENT_S;
  }

  #facts(): LeftOutFacts {
    const { buffered, currentTime: positionS } = this.#video;
    const ranges = Array.from(
      { length: buffered.length },
      (_, at) => [buffered.start(at), buffered.end(at)] as const,
    );
    const endS = playableEndS(ranges, positionS) ?? positionS;
    const nextRangeS = ranges.find(([startS]) => startS > endS)?.[0];
    return {
      positionS,
      endS,
      nextRangeS,
      nextSegmentS: this.#nextSegmentS(endS),
      isLoading: this.#isLoading,
    };
  }

  #nextSegmentS(afterS: number): number | undefined {
    const details = this.#hls.latestLevelDetails;
    if (details === null) return undefined;
    const { fragments, fragmentHint, edge, partTarget } = details;
    const frags = fragmentHint === undefined ? fragments : [...fragments, fragmentHint];
    return frags.find(({ start }) => start > afterS && edge - start >= PARTS_TO_PLAY * partTarget)?.start;
  }
}
