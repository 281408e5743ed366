// Whether the same media is loaded again and again without effect. hls.js 1.7.4 requests a part again, immediately and
// without end, when it was delivered completely but contains no media: two hundred requests a second.

/** One repeat is hls.js's own recovery; after so many it does not recover. */
const MOST = 5;

/** For the media of one source, by URL. */
export class VainLoads {
  readonly #timesByUrl = new Map<string, number>();

  /** Call this for each complete delivery. True when there were too many of it; then the count starts again at zero. */
  isTooMany(url: string): boolean {
    const times = (this.#timesByUrl.get(url) ?? 0) + 1;
    this.#timesByUrl.set(url, times);
    if (times < MOST) return false;
    this.forget();
    return true;
  }

  /** Media was appended, or is available at another place. */
  forget(): void {
    this.#timesByUrl.clear();
  }
}
