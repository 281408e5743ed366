// One CEA-608 channel: turns byte pairs in presentation order into screens, and screens into cues (CEA-608, 47 CFR 15.119).
// mux.js reads codes and keeps the rows, but ignores the cursor when it appends, so the cursor is kept here.

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

/** Open styles at a time: italics and underline. More of them mean damaged data. */
const MAX_OPEN_STYLES = 8;
/** Text is in the middle 80 % of the width (safe area); each of 32 columns is 2.5 %. */
const LEFT_MARGIN_PERCENT = 10;
const COLUMN_PERCENT = 2.5;
const INDENT_COLUMNS = 4;
const MAX_COLUMN = 31;

const PARITY_FREE = 0x7f7f;
const CONTROL_MASK = 0x7000;
const CONTROL = 0x1000;
/** One bit distinguishes the two data channels, and another the commands of the two fields. */
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
/** Common bits of commands. */
const COMMAND_MASK = 0x76f0;
const COMMAND = 0x1420;
/** Preamble address code: a row, and with one more bit an indent in steps of four columns. */
const PREAMBLE_MASK = 0x7040;
const PREAMBLE = 0x1040;
const HAS_INDENT = 0x10;
const INDENT = 0x0e;
/** Tab offset: one to three columns. */
const FIRST_TAB = 0x1721;
const LAST_TAB = 0x1723;
/** Special and extended characters, mid-row codes and pairs of printable characters write text. */
const FIRST_WRITTEN_CONTROL = 0x1120;
const LAST_WRITTEN_CONTROL = 0x133f;
const FIRST_CHARACTER = 0x2000;

const OPENING_STYLES = /(?:<[iu]>)*$/;

export class CaptionChannel implements CueChannel {
  readonly id: CaptionChannelId;
  readonly #stream: Cea608Stream;
  readonly #shown = new ShownCues();
  #lastControl: number | undefined;
  /** Position of the next character; undefined after the last one. */
  #column: number | undefined;
  /** How often the whole screen was replaced. */
  #exchanges = 0;
  #hasChanged = false;
  /** Whether visible letters were written since the last look at the screen, and whether they were noted. */
  #hasLetters = false;
  #isNoted = false;
  #hasText = false;

  constructor(field: 0 | 1, dataChannel: 0 | 1) {
    this.id = CAPTION_CHANNELS[field * 2 + dataChannel] ?? 'CC1';
    this.#stream = createCea608Stream(field, dataChannel);
  }

  /** Whether a character was ever written, visible or not. */
  get hasText(): boolean {
    return this.#hasText;
  }

  /** Takes the next pair. `look` follows after all pairs of a picture. Never throws. */
  push(pair: number): void {
    const code = pair & PARITY_FREE;
    // Control codes are sent twice and executed once.
    const isControl = (code & CONTROL_MASK) === CONTROL;
    const isRepeated = isControl && code === this.#lastControl;
    this.#lastControl = isControl && !isRepeated ? code : undefined;
    if (isRepeated) return;
    try {
      this.#obey(code);
    } catch {
      // A base row outside the screen leaves holes in the decoder's memory, so replace the decoder.
      this.#stream.reset();
      this.#exchange();
    }
  }

  /**
   * Reads the screen after all pairs of the picture at `pts`. A picture can have pairs for a whole screen, and reading a
   * screen costs as much as hundreds of pairs.
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

  /** A new source begins: clears the screen. */
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

  /** The current row; damaged data leaves holes. */
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
    // Letters belong to the cue that ends in the same picture. At most two screens are read per picture.
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
    // mux.js does not get indents: it adds them up in its invisible memory.
    const hasIndent = (code & HAS_INDENT) !== 0;
    this.#feed(hasIndent ? code & ~INDENT : code);
    this.#column = hasIndent ? ((code & INDENT) >> 1) * INDENT_COLUMNS : 0;
    // Rolled up rows move with their base row.
    if (!this.#isHidden) this.#hasChanged = true;
  }

  /** The following text is a new caption, even if it begins like the last one. */
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

  /** Cuts the row at the cursor, with its styles. */
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

  /** mux.js executes a code. Codes that never show or end a caption must not fill memory. */
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
    // A row in another place is another row.
    const texts = screen.map((row) => (row?.text ? ' '.repeat(firstColumn(row)) + row.text : ''));
    this.#shown.note({ identity: this.#exchanges, texts, rows: () => rowsOf(screen) });
  }
}

function firstColumn({ indent, offset }: DisplayRow): number {
  return indent * INDENT_COLUMNS + offset;
}

/** Keeps the first characters of a row, and styles that are open for the next. */
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
