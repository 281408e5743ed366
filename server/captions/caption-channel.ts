// One CEA-608 channel: byte pairs in presentation order become screens, and screens become cues (CEA-608, 47 CFR 15.119).
// mux.js reads codes and keeps the rows; it appends to them wherever the cursor is, so the cursor is kept here.

import {
  CAPTION_CHANNELS,
  type CaptionChannelId,
  type CaptionCue,
  type CaptionRow,
  type CueChannel,
} from './caption-cue.ts';
import { type Cea608Stream, createCea608Stream, type DisplayRow } from './mux-decoders.ts';
import { MAX_ROW_CHARACTERS, shownText, withoutStyles } from './row-text.ts';
import { ShownCues } from './shown-cues.ts';

/** Styles open at a time: italics and underline. A decoder that collects more was fed nonsense. */
const MAX_OPEN_STYLES = 8;
/** A column of 32 is 2.5 % of the width; the text begins in the middle 80 %, as safe areas ask. */
const LEFT_MARGIN_PERCENT = 10;
const COLUMN_PERCENT = 2.5;
const INDENT_COLUMNS = 4;
const MAX_COLUMN = 31;

const PARITY_FREE = 0x7f7f;
const CONTROL_MASK = 0x7000;
const CONTROL = 0x1000;
/** Codes are the same for both data channels but for this bit, and commands for both fields but for another. */
const SECOND_CHANNEL = 0x0800;
const SECOND_FIELD = 0x0100;
const BACKSPACE = 0x1421;
const DELETE_TO_END_OF_ROW = 0x1424;
const ROLL_UP_2 = 0x1425;
const ROLL_UP_4 = 0x1427;
const RESUME_DIRECT = 0x1429;
const ERASE_DISPLAYED = 0x142c;
const CARRIAGE_RETURN = 0x142d;
const END_OF_CAPTION = 0x142f;
/** Bits that commands have in common. */
const COMMAND_MASK = 0x76f0;
const COMMAND = 0x1420;
/** Preamble address code: a row, and with a bit more an indent in steps of four columns. */
const PREAMBLE_MASK = 0x7040;
const PREAMBLE = 0x1040;
const HAS_INDENT = 0x10;
const INDENT = 0x0e;
/** Tab offset: one to three columns. */
const FIRST_TAB = 0x1721;
const LAST_TAB = 0x1723;
/** Special and extended characters and mid-row codes write too, and all pairs of printable ones. */
const FIRST_WRITTEN_CONTROL = 0x1120;
const LAST_WRITTEN_CONTROL = 0x133f;
const FIRST_CHARACTER = 0x2000;

const OPENING_STYLES = /(?:<[iu]>)*$/;

export class CaptionChannel implements CueChannel {
  readonly id: CaptionChannelId;
  readonly #stream: Cea608Stream;
  readonly #shown = new ShownCues();
  #lastControl: number | undefined;
  /** Where the next character goes; undefined behind the last one. */
  #column: number | undefined;
  /** How often the screen was exchanged as a whole. */
  #exchanges = 0;
  #hasChanged = false;
  /** Letters have been written in sight since the screen was looked at, and whether they have been noted. */
  #hasLetters = false;
  #isNoted = false;
  #hasText = false;

  constructor(field: 0 | 1, dataChannel: 0 | 1) {
    this.id = CAPTION_CHANNELS[field * 2 + dataChannel] ?? 'CC1';
    this.#stream = createCea608Stream(field, dataChannel);
  }

  /** A character has been written, in sight or not. It stays so for the stream's life. */
  get hasText(): boolean {
    return this.#hasText;
  }

  /** Takes the next pair, of a picture that is looked at later. Never throws. */
  push(pair: number): void {
    const code = pair & PARITY_FREE;
    // Control codes are sent twice, and obeyed once.
    const isControl = (code & CONTROL_MASK) === CONTROL;
    const isRepeated = isControl && code === this.#lastControl;
    this.#lastControl = isControl && !isRepeated ? code : undefined;
    if (isRepeated) return;
    try {
      this.#obey(code);
    } catch {
      // Base rows that leave the screen leave holes in the decoder's memory: it starts anew.
      this.#stream.reset();
      this.#exchange();
    }
  }

  /**
   * Shows what the pairs of the picture at `pts` have made. A picture has room for a whole screen of pairs, and a screen
   * costs as much as hundreds of them.
   */
  look(pts: number): void {
    if (!this.#hasChanged) return;
    this.#note();
    this.#hasChanged = false;
    this.#hasLetters = false;
    this.#isNoted = false;
    this.#shown.show(pts);
  }

  cut(until: number): readonly CaptionCue[] {
    return this.#shown.cut(until);
  }

  /** Another source begins: nothing of the last one stays on the screen. */
  reset(): void {
    this.#stream.reset();
    this.#lastControl = undefined;
    this.#column = undefined;
    this.#hasChanged = false;
    this.#hasLetters = false;
    this.#isNoted = false;
    this.#shown.reset();
  }

  get #isHidden(): boolean {
    return this.#stream.mode_ === 'popOn';
  }

  /** The row that is written to; damage leaves holes. */
  get #row(): DisplayRow | undefined {
    const { displayed_, nonDisplayed_, row_ } = this.#stream;
    return (this.#isHidden ? nonDisplayed_ : displayed_)[row_];
  }

  #obey(code: number): void {
    if (code >= FIRST_CHARACTER) return this.#write(code);
    if ((code & PREAMBLE_MASK) === PREAMBLE) return this.#address(code);
    const control = code & ~SECOND_CHANNEL;
    if (control >= FIRST_WRITTEN_CONTROL && control <= LAST_WRITTEN_CONTROL) this.#write(code);
    else if (control >= FIRST_TAB && control <= LAST_TAB) this.#moveTo(this.#nextColumn + (control & 3));
    else if ((control & COMMAND_MASK) === COMMAND) this.#command(code, control & ~SECOND_FIELD);
  }

  #write(code: number): void {
    this.#hasText = true;
    if (this.#column !== undefined) this.#place(this.#column);
    this.#feed(code);
    if (this.#isHidden) return;
    this.#hasChanged = true;
    this.#hasLetters = true;
  }

  #command(code: number, command: number): void {
    if (command === DELETE_TO_END_OF_ROW) return this.#cutRow();
    // Letters belong to the cue that ends in the same picture: of one picture two screens are read at most.
    if (this.#hasLetters && !this.#isNoted && this.#mayExchange(command)) {
      this.#isNoted = true;
      this.#note();
    }
    const { displayed_: before } = this.#stream;
    const hasRolled =
      command === CARRIAGE_RETURN && before.some((row) => row !== undefined && row.text !== '');
    this.#feed(code);
    if (command === CARRIAGE_RETURN) this.#column = undefined;
    if (command === BACKSPACE) this.#hasChanged = true;
    if (hasRolled || this.#stream.displayed_ !== before) this.#exchange();
  }

  #mayExchange(command: number): boolean {
    const { mode_: mode } = this.#stream;
    if (command >= ROLL_UP_2 && command <= ROLL_UP_4) return mode !== 'rollUp';
    if (command === RESUME_DIRECT) return mode !== 'paintOn';
    return command === ERASE_DISPLAYED || command === CARRIAGE_RETURN || command === END_OF_CAPTION;
  }

  #address(code: number): void {
    // Indents are kept from mux.js: it adds them up in the memory that is out of sight, whichever is written to.
    const hasIndent = (code & HAS_INDENT) !== 0;
    this.#feed(hasIndent ? code & ~INDENT : code);
    this.#column = hasIndent ? ((code & INDENT) >> 1) * INDENT_COLUMNS : 0;
    // Rolled up rows go with their base row.
    if (!this.#isHidden) this.#hasChanged = true;
  }

  /** What comes now is not what was there with more letters, though it may begin like it. */
  #exchange(): void {
    this.#exchanges += 1;
    this.#hasChanged = true;
  }

  get #nextColumn(): number {
    const row = this.#row;
    return this.#column ?? (row === undefined ? 0 : firstColumn(row) + withoutStyles(row.text).length);
  }

  #moveTo(column: number): void {
    this.#column = Math.min(column, MAX_COLUMN);
  }

  /** Puts the end of the row where the cursor is. What is written over takes the rest of its row along, and its styles. */
  #place(column: number): void {
    this.#column = undefined;
    const row = this.#row;
    if (row === undefined) return;
    const kept = Math.max(column - firstColumn(row), 0);
    const { length } = withoutStyles(row.text);
    if (kept > length && length > 0) {
      row.text += ' '.repeat(kept - length);
      return;
    }
    shortenTo(row, kept);
    if (kept > 0 && length > 0) return;
    row.indent = Math.floor(column / INDENT_COLUMNS);
    row.offset = column % INDENT_COLUMNS;
  }

  #cutRow(): void {
    const row = this.#row;
    if (row === undefined || this.#column === undefined) return;
    shortenTo(row, Math.max(this.#column - firstColumn(row), 0));
    if (!this.#isHidden) this.#exchange();
  }

  /** mux.js obeys a code; what never shows or ends a caption must not fill memory. Times are ours. */
  #feed(code: number): void {
    const stream = this.#stream;
    stream.lastControlCode_ = null;
    stream.push({ ccData: code, pts: 0 });
    const row = this.#row;
    if (row !== undefined && row.text.length > MAX_ROW_CHARACTERS)
      row.text = row.text.slice(0, MAX_ROW_CHARACTERS);
    if (stream.formatting_.length > MAX_OPEN_STYLES)
      stream.formatting_ = stream.formatting_.slice(0, MAX_OPEN_STYLES);
  }

  #note(): void {
    const screen = this.#stream.displayed_.map((row) => row && { ...row });
    // A row that stands elsewhere is another.
    const texts = screen.map((row) => (row?.text ? ' '.repeat(firstColumn(row)) + row.text : ''));
    this.#shown.note({ identity: this.#exchanges, texts, rows: () => rowsOf(screen) });
  }
}

function firstColumn({ indent, offset }: DisplayRow): number {
  return indent * INDENT_COLUMNS + offset;
}

/** The first characters of a row stay, and styles that are open for the next. */
function shortenTo(row: DisplayRow, length: number): void {
  const plain = withoutStyles(row.text);
  if (plain.length <= length) return;
  const [styles = ''] = OPENING_STYLES.exec(row.text) ?? [];
  row.text = plain.slice(0, length) + styles;
}

function rowsOf(screen: readonly (DisplayRow | undefined)[]): CaptionRow[] {
  return screen.flatMap((row, at) => {
    const text = shownText(row?.text ?? '');
    if (row === undefined || text === '') return [];
    return [{ line: at + 1, position: LEFT_MARGIN_PERCENT + firstColumn(row) * COLUMN_PERCENT, text }];
  });
}
