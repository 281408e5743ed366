// Whether appended media can be played. A muxed run that has lost a track does not grow, however much of the other track
// is appended. hls.js then also appends media again that is already there, which says nothing.
import { isInVain } from './run-boundary.ts';

/** A single one may only have been damaged. */
const LEAST = 2;

/** For one media source. */
export class VainAppends {
  #inARow = 0;
  #endsS = '';

  /** Call this for everything appended, with the ranges that are buffered then. */
  appended(
    span: { readonly start: number; readonly end: number },
    ranges: readonly (readonly [number, number])[],
  ): void {
    const endsS = ranges.map(([, endS]) => endS).join();
    const hasGrown = endsS !== this.#endsS;
    this.#endsS = endsS;
    if (isInVain(span, ranges)) this.#inARow += 1;
    else if (hasGrown) this.#inARow = 0;
  }

  /** The newest appends cannot be played, and there is more than one. */
  get areMany(): boolean {
    return this.#inARow >= LEAST;
  }
}
