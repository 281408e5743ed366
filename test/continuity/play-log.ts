// The state of a page's video, twenty times a second: when it moved, when it stood still, and whether its source is the
// same.
import type { Page } from 'playwright-core';

/** One measurement of the video. */
type Look = {
  readonly atMs: number;
  /** Seconds. */
  readonly currentTime: number;
  /** Pictures decoded since its source was set. */
  readonly pictures: number;
  readonly width: number;
  /** Address of its media source: a new one means that the player loaded again. */
  readonly source: string;
};

/** A time in which the picture stood still. */
export type Freeze = { readonly fromMs: number; readonly untilMs: number };

/** A shorter time is the interval of measurements, not a visible freeze. */
const SHORTEST_FREEZE_MS = 200;
const LOOK_MS = 50;
/** A larger step between two measurements is a jump, not playback. */
const LONGEST_STEP_S = 0.5;

const LOGGER = `(() => {
  const looks = [];
  window.__sluiceLooks = looks;
  setInterval(() => {
    const video = document.querySelector('video');
    if (!video) return;
    looks.push({
      atMs: Date.now(),
      currentTime: video.currentTime,
      pictures: video.getVideoPlaybackQuality().totalVideoFrames,
      width: video.videoWidth,
      source: video.src,
    });
  }, ${LOOK_MS});
})()`;

/** Begins to measure. A page that is reloaded loses the log, and `takePlayLog` then throws. */
export async function startPlayLog(page: Page): Promise<void> {
  await page.evaluate(LOGGER);
}

/** Everything measured so far. */
export async function takePlayLog(page: Page): Promise<PlayLog> {
  const looks = await page.evaluate<readonly Look[] | undefined>('window.__sluiceLooks');
  if (looks === undefined) throw new Error(`${page.url()} was loaded again`);
  return new PlayLog(looks);
}

/** Facts derived from measurements; all times are epoch milliseconds. */
export class PlayLog {
  readonly #looks: readonly Look[];

  constructor(looks: readonly Look[]) {
    this.#looks = looks;
  }

  get last(): Look | undefined {
    return this.#looks.at(-1);
  }

  /** The sources that were attached, in order. */
  get sources(): readonly string[] {
    const attached = this.#looks.map(({ source }) => source).filter((source) => source !== '');
    return attached.filter((source, at) => source !== attached[at - 1]);
  }

  /** Freezes that lasted beyond `sinceMs`; they may have begun earlier. */
  freezes(sinceMs: number): readonly Freeze[] {
    const found: Freeze[] = [];
    let stoodAt = this.#looks[0]?.atMs ?? 0;
    for (const [at, look] of this.#looks.entries()) {
      const before = this.#looks[at - 1];
      const isLast = at === this.#looks.length - 1;
      if (before?.currentTime === look.currentTime && !isLast) continue;
      const isLong = look.atMs - stoodAt >= SHORTEST_FREEZE_MS;
      if (isLong && look.atMs > sinceMs) found.push({ fromMs: stoodAt, untilMs: look.atMs });
      stoodAt = look.atMs;
    }
    return found;
  }

  /** How long the picture stood still after `sinceMs`, the sum of all freezes, milliseconds. */
  frozenMs(sinceMs: number): number {
    return this.freezes(sinceMs).reduce(
      (sum, { fromMs, untilMs }) => sum + untilMs - Math.max(fromMs, sinceMs),
      0,
    );
  }

  /** When the video first moved after `sinceMs`, with new pictures; NaN if it did not. */
  movesAgainAtMs(sinceMs: number): number {
    const moved = this.#looks.find((look, at) => {
      const before = this.#looks[at - 1];
      if (before === undefined || before.atMs < sinceMs || before.source !== look.source) return false;
      const stepS = look.currentTime - before.currentTime;
      return stepS > 0 && stepS < LONGEST_STEP_S && look.pictures > before.pictures;
    });
    return moved?.atMs ?? Number.NaN;
  }

  /** Pictures decoded per second over the last `seconds`; a new source counts from zero again. */
  picturesPerSecond(seconds: number): number {
    const endMs = this.#looks.at(-1)?.atMs ?? 0;
    const latest = this.#looks.filter(({ atMs }) => atMs >= endMs - seconds * 1000);
    const beginMs = latest[0]?.atMs ?? endMs;
    if (beginMs === endMs) return 0;
    let pictures = 0;
    for (const [at, look] of latest.entries()) {
      const before = latest[at - 1];
      if (before !== undefined) pictures += decodedSince(before, look);
    }
    return pictures / ((endMs - beginMs) / 1000);
  }
}

function decodedSince(before: Look, look: Look): number {
  const isAnew = before.source !== look.source || look.pictures < before.pictures;
  return isAnew ? look.pictures : look.pictures - before.pictures;
}
