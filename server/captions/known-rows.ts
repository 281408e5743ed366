// Caches the text of window rows, because a picture changes few rows of a screen.

import { shownText, withoutStyles } from './row-text.ts';

/** 8 windows of 16 rows, twice. Then the cache is cleared. */
const MAX_KNOWN_ROWS = 256;

export type KnownRow = {
  /** As viewers get it; empty if nothing is visible. */
  readonly text: string;
  /** Columns from the first letter to the last, and before the first. */
  readonly length: number;
  readonly indent: number;
};

const EMPTY: KnownRow = { text: '', length: 0, indent: 0 };

export class KnownRows {
  readonly #rows = new Map<string, KnownRow>();

  find(row: string): KnownRow {
    if (row === '') return EMPTY;
    let known = this.#rows.get(row);
    if (known === undefined) {
      if (this.#rows.size === MAX_KNOWN_ROWS) this.#rows.clear();
      known = read(row);
      this.#rows.set(row, known);
    }
    return known;
  }
}

function read(row: string): KnownRow {
  const text = shownText(row);
  if (text === '') return EMPTY;
  const plain = withoutStyles(row);
  return { text, length: plain.trim().length, indent: plain.length - plain.trimStart().length };
}
