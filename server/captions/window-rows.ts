// Positions of CEA-708 windows, and their text as rows from the top (CEA-708 clause 8.4).

import type { CaptionRow } from './caption-cue.ts';
import type { KnownRow, KnownRows } from './known-rows.ts';
import type { Cea708Window } from './mux-decoders.ts';

/** Characters in the safe area of a 16:9 picture. */
const SCREEN_ROWS = 15;
const SCREEN_COLUMNS = 42;
/** Anchors are on a grid of 75 by 210 points in that area; a character is five points high and wide. */
const POINTS_PER_CELL = 5;
/** The safe area is the middle 80 % of the picture. */
const LEFT_MARGIN_PERCENT = 10;
const COLUMN_PERCENT = 80 / SCREEN_COLUMNS;
/** Values of `justify`. Left and full start at the window's left side. */
const JUSTIFY_RIGHT = 1;
export const JUSTIFY_CENTER = 2;

type PlacedRow = CaptionRow & { readonly window: Cea708Window };

/** The rows of visible windows. No two rows share a line, so that the reading order is clear. */
export function screenRows(windows: readonly Cea708Window[], known: KnownRows): CaptionRow[] {
  const rows = windows
    .flatMap((window) => (window.visible === 1 ? placedRows(window, known) : []))
    .sort((left, right) => left.line - right.line || left.position - right.position);
  const overlap = rows.some(({ line }, at) => line === rows[at - 1]?.line);
  return spread(overlap ? windowByWindow(rows) : rows);
}

/** Windows beside each other follow one another. */
function windowByWindow(rows: readonly PlacedRow[]): PlacedRow[] {
  const order = [...new Set(rows.map(({ window }) => window))];
  return order.flatMap((window) => rows.filter((row) => row.window === window));
}

/** Moves a row down if its line is in use, and up at the end of the screen. Rows without a free line are left out. */
function spread(rows: readonly PlacedRow[]): CaptionRow[] {
  const shown = rows.slice(0, SCREEN_ROWS);
  let free = 1;
  return shown
    .map(({ line, position, text }) => {
      const placed = { line: Math.max(line, free), position, text };
      free = placed.line + 1;
      return placed;
    })
    .map((row, at) => ({ ...row, line: Math.min(row.line, SCREEN_ROWS - (shown.length - 1 - at)) }));
}

function placedRows(window: Cea708Window, known: KnownRows): PlacedRow[] {
  const top = topRow(window);
  const placed: PlacedRow[] = [];
  // A window that was made smaller shows its last rows.
  for (const [at, text] of window.rows.slice(0, window.virtualRowCount).entries()) {
    const row = known.find(text);
    if (row.text === '') continue;
    const line = Math.min(Math.max(top + at, 0), SCREEN_ROWS - 1) + 1;
    const position = LEFT_MARGIN_PERCENT + firstColumn(window, row) * COLUMN_PERCENT;
    placed.push({ line, position, text: row.text, window });
  }
  return placed;
}

/** Rows from the top of the screen to that of the window. */
function topRow(window: Cea708Window): number {
  const { anchorVertical: anchor, virtualRowCount } = window;
  const row = window.relativePositioning === 1 ? (anchor / 100) * SCREEN_ROWS : anchor / POINTS_PER_CELL;
  return Math.round(row - virtualRowCount * anchored(window, Math.floor(window.anchorPoint / 3)));
}

/** Columns from the left of the screen to the first letter of a row. */
function firstColumn(window: Cea708Window, { length, indent }: KnownRow): number {
  const { anchorHorizontal: anchor } = window;
  const width = window.columnCount + 1;
  const column =
    window.relativePositioning === 1 ? (anchor / 100) * SCREEN_COLUMNS : anchor / POINTS_PER_CELL;
  const room = Math.max(width - length, 0);
  const { justify } = window.winAttr;
  const shift = justify === JUSTIFY_CENTER ? room / 2 : justify === JUSTIFY_RIGHT ? room : indent;
  const left = column - width * anchored(window, window.anchorPoint % 3) + shift;
  return Math.min(Math.max(left, 0), Math.max(SCREEN_COLUMNS - length, 0));
}

/** How much of the window is above or left of its anchor. */
function anchored(window: Cea708Window, third: number): number {
  return window.anchorPoint > 8 ? 0 : third / 2;
}
