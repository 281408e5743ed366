// Screens become cues: one that stays is one cue, and text that comes letter by letter is one cue that grows.

import type { CaptionCue, CaptionRow } from './caption-cue.ts';

/** What a decoder shows at one moment. */
export type Screen = {
  /** Another value whenever the whole screen was exchanged. */
  readonly identity: unknown;
  /** By row, however it is numbered; what is empty counts. */
  readonly texts: readonly string[];
  /** Asked for when the texts have changed. */
  readonly rows: () => readonly CaptionRow[];
};

/** A screen that is being shown. */
type OpenCue = { start: number; rows: readonly CaptionRow[]; goesOn: boolean };

export class ShownCues {
  #identity: unknown;
  #texts: readonly string[] = [];
  #open: OpenCue | undefined;
  #closed: CaptionCue[] = [];

  /** Takes the screen as it is from `pts` on. */
  show(screen: Screen, pts: number): void {
    const { identity, texts } = screen;
    const before = this.#texts;
    if (texts.length === before.length && texts.every((text, row) => text === before[row])) return;
    // Letters that follow are the same cue with more text; an exchanged screen never is.
    const hasGrown =
      identity === this.#identity && texts.every((text, row) => text.startsWith(before[row] ?? ''));
    this.#identity = identity;
    this.#texts = texts;
    const rows = screen.rows();
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
    this.#open = undefined;
    this.#closed = [];
  }
}
