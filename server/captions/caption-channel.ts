// One CEA-608 channel: byte pairs in presentation order become screens, and screens become cues (CEA-608, 47 CFR 15.119).

import { CAPTION_CHANNELS, type CaptionChannelId, type CaptionCue, type CaptionRow } from './caption-cue.ts';
import { type Cea608Stream, createCea608Stream, type DisplayRow } from './cea608-stream.ts';

/** A row has 32 columns; the rest is room for styles. Nothing makes a row of a real caption longer. */
const MAX_ROW_CHARACTERS = 160;
/** Styles open at a time: italics and underline. A decoder that collects more was fed nonsense. */
const MAX_OPEN_STYLES = 8;
const STYLE_TAG = /<\/?[iu]>/g;
/** A damaged second byte can be any character below the printable ones, line breaks too. */
const CONTROL_CHARACTER = /\p{Cc}/gu;
/** A column of 32 is 2.5 % of the width; the text begins in the middle 80 %, as safe areas ask. */
const LEFT_MARGIN_PERCENT = 10;
const INDENT_PERCENT = 10;
const MAX_INDENT_PERCENT = 70;
const OFFSET_PERCENT = 2.5;

/** A screen that is being shown. */
type OpenCue = { start: number; rows: readonly CaptionRow[]; goesOn: boolean };

export class CaptionChannel {
  readonly id: CaptionChannelId;
  readonly #stream: Cea608Stream;
  #screen: readonly (DisplayRow | undefined)[];
  /** Rows of the screen as they were last seen. */
  #texts: readonly string[] = [];
  #open: OpenCue | undefined;
  #closed: CaptionCue[] = [];

  constructor(field: 0 | 1, dataChannel: 0 | 1) {
    this.id = CAPTION_CHANNELS[field * 2 + dataChannel] ?? 'CC1';
    this.#stream = createCea608Stream(field, dataChannel);
    this.#screen = this.#stream.displayed_;
  }

  /** Takes the next pair, parity bits included, of the picture that is shown at `pts`. Never throws. */
  push(pair: number, pts: number): void {
    try {
      this.#stream.push({ ccData: pair, pts });
    } catch {
      // Base rows that leave the screen leave holes in the decoder's memory: it starts anew.
      this.#stream.reset();
    }
    this.#bound();
    this.#look(pts);
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

  /** Another source begins: nothing of the last one stays on the screen. */
  reset(): void {
    this.#stream.reset();
    this.#screen = this.#stream.displayed_;
    this.#texts = [];
    this.#open = undefined;
    this.#closed = [];
  }

  #look(pts: number): void {
    const screen = this.#stream.displayed_;
    const texts = screen.map((row) => row?.text ?? '');
    const before = this.#texts;
    if (texts.length === before.length && texts.every((text, row) => text === before[row])) return;
    // Text that comes letter by letter is the same cue with more text; an exchanged screen never is.
    const hasGrown =
      screen === this.#screen && texts.every((text, row) => text.startsWith(before[row] ?? ''));
    this.#screen = screen;
    this.#texts = texts;
    const rows = rowsOf(screen);
    if (this.#open !== undefined && hasGrown) {
      this.#open.rows = rows;
      return;
    }
    const { start, rows: shown, goesOn } = this.#open ?? { start: pts, rows: [], goesOn: false };
    if (pts > start) this.#closed.push({ start, end: pts, rows: shown, goesOn });
    this.#open = rows.length === 0 ? undefined : { start: pts, rows, goesOn: false };
  }

  /** Bytes that never show or end a caption must not fill memory. */
  #bound(): void {
    const { displayed_, nonDisplayed_, formatting_ } = this.#stream;
    for (const row of displayed_) if (row !== undefined) shorten(row);
    for (const row of nonDisplayed_) if (row !== undefined) shorten(row);
    if (formatting_.length > MAX_OPEN_STYLES)
      this.#stream.formatting_ = formatting_.slice(0, MAX_OPEN_STYLES);
  }
}

function shorten(row: DisplayRow): void {
  if (row.text.length > MAX_ROW_CHARACTERS) row.text = row.text.slice(0, MAX_ROW_CHARACTERS);
}

function rowsOf(screen: readonly (DisplayRow | undefined)[]): CaptionRow[] {
  return screen.flatMap((row, at) => {
    const text = row?.text.replace(CONTROL_CHARACTER, '').trim() ?? '';
    if (row === undefined || text.replace(STYLE_TAG, '').trim() === '') return [];
    const indent = Math.min(row.indent * INDENT_PERCENT, MAX_INDENT_PERCENT);
    const position = LEFT_MARGIN_PERCENT + indent + row.offset * OFFSET_PERCENT;
    return [{ line: at + 1, position, text }];
  });
}
