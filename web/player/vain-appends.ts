// Whether what is appended can be played. A muxed run that has lost a track grows no more, however much of the other one is
// appended; hls.js then also appends again what is there already, which says neither.
import { isInVain } from './run-boundary.ts';

/** One may have been nothing but damaged. */
const LEAST = 2;

/** Of one media source. */
export class VainAppends {
  #inARow = 0;
  #endsS = '';

  /** To be told of everything that has been appended, and of what is buffered then. */
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

  /** The newest were in vain, and more than one. */
  get areMany(): boolean {
    return this.#inARow >= LEAST;
  }
}
