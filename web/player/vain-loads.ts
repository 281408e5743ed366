// Whether the same media is loaded again and again with nothing gained. hls.js 1.7.4 asks at once, and without end, for
// a part that was delivered whole and in which it found no media: two hundred requests a second.

/** Once more is hls.js's own way out; this often there is none. */
const MOST = 5;

/** Of one source's media, by URL. */
export class VainLoads {
  readonly #timesByUrl = new Map<string, number>();

  /** To be told of everything that was delivered whole; true when it has been so too often. Counts anew after that. */
  isTooMany(url: string): boolean {
    const times = (this.#timesByUrl.get(url) ?? 0) + 1;
    this.#timesByUrl.set(url, times);
    if (times < MOST) return false;
    this.forget();
    return true;
  }

  /** Something was gained, or is to be had in another place. */
  forget(): void {
    this.#timesByUrl.clear();
  }
}
