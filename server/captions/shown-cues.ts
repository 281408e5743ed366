// Screens become cues: one that stays is one cue, and text that comes letter by letter is one cue that grows.

import type { CaptionCue, CaptionRow } from './caption-cue.ts';

/** What a decoder shows at one moment. */
export type Screen = {
  /** Another value whenever the whole screen was exchanged. */
  readonly identity: unknown;
  /** By row, however it is numbered; what is empty counts. */
  readonly texts: readonly string[];
  /** Asked for when the texts have changed, perhaps when the decoder is further. */
  readonly rows: () => readonly CaptionRow[];
};

/** A screen that is being shown. */
type OpenCue = { start: number; rows: readonly CaptionRow[]; goesOn: boolean };

export class ShownCues {
  #identity: unknown;
  #texts: readonly string[] = [];
  /** Rows that were noted and not shown yet. */
  #next: Screen['rows'] | undefined;
  /** They are not those that are shown, with more letters. */
  #isAnother = false;
  #open: OpenCue | undefined;
  #closed: CaptionCue[] = [];

  /** Takes a screen that a picture makes, perhaps one of several. Of all that one picture makes two are read at most. */
  note({ identity, texts, rows }: Screen): void {
    const before = this.#texts;
    if (texts.length === before.length && texts.every((text, row) => text === before[row])) {
      this.#identity = identity;
      return;
    }
    // Letters that follow are the same cue with more text; an exchanged screen never is.
    const hasGrown =
      identity === this.#identity && texts.every((text, row) => text.startsWith(before[row] ?? ''));
    if (!hasGrown && !this.#isAnother) {
      this.#isAnother = true;
      // The last letters belong to the cue that they end.
      if (this.#open !== undefined && this.#next !== undefined) this.#open.rows = this.#next();
    }
    this.#identity = identity;
    this.#texts = texts;
    this.#next = rows;
  }

  /** What was noted last is shown from `pts` on. */
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

  /** What was shown until `until`, from where the last call ended. What is still shown goes on in the next call. */
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

  /** Nothing stays on the screen. */
  reset(): void {
    this.#identity = undefined;
    this.#texts = [];
    this.#next = undefined;
    this.#isAnother = false;
    this.#open = undefined;
    this.#closed = [];
  }
}
