// Turns screens into cues: an unchanged screen is one cue, and text that arrives letter by letter is one growing cue.

import type { CaptionCue, CaptionRow } from './caption-cue.ts';

/** The screen of a decoder. */
export type Screen = {
  /** Changes when the whole screen was replaced. */
  readonly identity: unknown;
  /** The text of each row, including empty rows. */
  readonly texts: readonly string[];
  /** Called when the texts have changed, perhaps later. */
  readonly rows: () => readonly CaptionRow[];
};

/** The current screen. */
type OpenCue = { start: number; rows: readonly CaptionRow[]; goesOn: boolean };

export class ShownCues {
  #identity: unknown;
  #texts: readonly string[] = [];
  /** Noted rows that are not shown yet. */
  #next: Screen['rows'] | undefined;
  /** They do not continue the shown rows. */
  #isAnother = false;
  #open: OpenCue | undefined;
  #closed: CaptionCue[] = [];

  /** Takes a screen of a picture. At most two screens of a picture are read. */
  note({ identity, texts, rows }: Screen): void {
    const before = this.#texts;
    if (texts.length === before.length && texts.every((text, row) => text === before[row])) {
      this.#identity = identity;
      return;
    }
    // More letters continue the cue; a replaced screen starts a new one.
    const hasGrown =
      identity === this.#identity && texts.every((text, row) => text.startsWith(before[row] ?? ''));
    if (!hasGrown && !this.#isAnother) {
      this.#isAnother = true;
      // The last letters belong to the cue that ends.
      if (this.#open !== undefined && this.#next !== undefined) this.#open.rows = this.#next();
    }
    this.#identity = identity;
    this.#texts = texts;
    this.#next = rows;
  }

  /** The last noted screen is shown from `pts` on. */
  show(pts: number): void {
    if (this.#next === undefined) return;
    const hasGrown = !this.#isAnother;
    const rows = this.#next();
    this.#next = undefined;
    this.#isAnother = false;
    if (this.#open !== undefined && hasGrown) {
      this.#open.rows = rows;
      return;
    }
    const { start, rows: shown, goesOn } = this.#open ?? { start: pts, rows: [], goesOn: false };
    if (pts > start) this.#closed.push({ start, end: pts, rows: shown, goesOn });
    this.#open = rows.length === 0 ? undefined : { start: pts, rows, goesOn: false };
  }

  /** The cues from the end of the last call to `until`. A cue that is still shown continues in the next call. */
  cut(until: number): readonly CaptionCue[] {
    const cues = this.#closed;
    this.#closed = [];
    const open = this.#open;
    if (open !== undefined && until > open.start) {
      cues.push({ ...open, end: until });
      this.#open = { start: until, rows: open.rows, goesOn: true };
    }
    return cues;
  }

  /** Clears the screen. */
  reset(): void {
    this.#identity = undefined;
    this.#texts = [];
    this.#next = undefined;
    this.#isAnother = false;
    this.#open = undefined;
    this.#closed = [];
  }
}
