// One CEA-708 service: turns blocks in presentation order into windows, and visible windows into cues (CEA-708 clause 8).
// mux.js reads codes and keeps windows. Codes that it misunderstands are handled here: commands on undefined windows, moves
// of the pen (line breaks for mux.js), and some characters.

import { CAPTION_SERVICES, type CaptionChannelId, type CaptionCue, type CueChannel } from './caption-cue.ts';
import { CODE, codesOf, isCharacter } from './dtvcc-packet.ts';
import { KnownRows } from './known-rows.ts';
import { type Cea708Window, createCea708Stream } from './mux-decoders.ts';
import { MAX_ROW_CHARACTERS, withoutStyles } from './row-text.ts';
import { ShownCues } from './shown-cues.ts';
import { JUSTIFY_CENTER, screenRows } from './window-rows.ts';

/** The pen has 64 columns. */
const MAX_COLUMNS = 64;
/** Predefined window styles with centred text; the others are left-aligned. */
const CENTERED_STYLES: ReadonlySet<number> = new Set([3, 6]);
/** Shown for unknown characters of G2 and G3. */
const UNKNOWN_CHARACTER = '_';
/** The only character of G3. */
const CLOSED_CAPTION_SIGN = { code: 0xa0, text: '[CC]' } as const;
const ERASING_CODES: ReadonlySet<number> = new Set([
  CODE.formFeed,
  CODE.carriageReturn,
  CODE.horizontalCarriageReturn,
  CODE.reset,
]);
const LAST_CHARACTER = /.((?:<\/?[iu]>)*)$/su;

export class CaptionService implements CueChannel {
  readonly id: CaptionChannelId;
  readonly #number: number;
  readonly #shown = new ShownCues();
  readonly #known = new KnownRows();
  #stream = createCea708Stream();
  /** One bit for each defined window. */
  #defined = 0;
  /** How often visible windows appeared, disappeared, rolled up or were cleared. */
  #exchanges = 0;
  /** Whether the visible content changed since the last look at the screen. */
  #hasChanged = false;
  /** Whether visible letters were written since then, and whether they were noted. */
  #hasLetters = false;
  #isNoted = false;
  #hasText = false;

  /** `number` is 1 to 6. */
  constructor(number: number) {
    this.#number = number;
    this.id = CAPTION_SERVICES[number - 1] ?? 'S1';
  }

  /** Whether a block needs a decoder: it does not without a window. */
  static isBegunBy(block: Uint8Array): boolean {
    for (const code of codesOf(block)) if (isDefinition(code)) return true;
    return false;
  }

  /** Whether text was ever written into a window, visible or not. */
  get hasText(): boolean {
    return this.#hasText;
  }

  /** Executes the next block. Never throws. */
  push(block: Uint8Array): void {
    try {
      for (const code of codesOf(block)) this.#obey(code);
    } catch {
      this.#forget();
    }
  }

  /**
   * Reads the screen after all packets that are complete at `pts`. A picture can have dozens of blocks with one letter, and
   * reading a screen costs as much as hundreds of letters.
   */
  look(pts: number): void {
    if (!this.#hasChanged) return;
    this.#hasChanged = false;
    this.#hasLetters = false;
    this.#isNoted = false;
    this.#note();
    this.#shown.show(pts);
  }

  #note(): void {
    const rows = screenRows(this.#windows, this.#known);
    const texts = Array<string>(15).fill('');
    for (const { line, text } of rows) texts[line - 1] = text;
    this.#shown.note({ identity: this.#exchanges, texts, rows: () => rows });
  }

  cut(until: number): readonly CaptionCue[] {
    return this.#shown.cut(until);
  }

  /** A new source begins: clears the screen. */
  reset(): void {
    this.#forget();
    this.#shown.reset();
  }

  get #windows(): readonly Cea708Window[] {
    return this.#stream.services[this.#number]?.windows ?? [];
  }

  /** The current window. */
  get #window(): Cea708Window | undefined {
    const window = this.#stream.services[this.#number]?.currentWindow;
    return window !== undefined && this.#isDefined(window.windowNum) ? window : undefined;
  }

  get #inSight(): number {
    return this.#windows.reduce((bits, { visible, windowNum }) => bits | (visible << windowNum), 0);
  }

  #isDefined(windowNum: number): boolean {
    return windowNum >= 0 && (this.#defined & (1 << windowNum)) !== 0;
  }

  #forget(): void {
    this.#stream = createCea708Stream();
    this.#defined = 0;
    this.#hasChanged = true;
  }

  #touch(window: Cea708Window): void {
    if (window.visible === 1) this.#hasChanged = true;
  }

  /** The following text is a new caption, even if it begins like the last one. */
  #exchange(): void {
    this.#exchanges += 1;
    this.#hasChanged = true;
  }

  #obey(code: Uint8Array): void {
    if (isCharacter(code)) return this.#write(code);
    // Letters belong to the cue that ends in the same picture. At most two screens are built per picture.
    if (this.#hasLetters && !this.#isNoted && mayExchange(code)) {
      this.#isNoted = true;
      this.#note();
    }
    const before = this.#inSight;
    const [first = 0] = code;
    if (isDefinition(code)) this.#define(code);
    else if (first >= CODE.clearWindows && first <= CODE.deleteWindows) this.#obeyForWindows(code);
    else if (first === CODE.reset) this.#forget();
    else if (first >= CODE.setCurrentWindow && first < CODE.clearWindows) {
      if (this.#isDefined(first - CODE.setCurrentWindow)) this.#feed(code);
    } else if (this.#window !== undefined) this.#obeyInWindow(code, this.#window);
    if (this.#inSight !== before) this.#exchange();
  }

  /** mux.js executes a code. Its times are ignored. */
  #feed(code: Uint8Array): void {
    this.#stream.current708Packet = { data: code, ptsVals: [] };
    this.#stream.pushServiceBlock(this.#number, 0, code.length);
  }

  #define(code: Uint8Array): void {
    this.#feed(code);
    const window = this.#stream.services[this.#number]?.currentWindow;
    if (window === undefined) return;
    this.#touch(window);
    this.#defined |= 1 << window.windowNum;
    // A redefined window keeps its styles unless the definition names others.
    if (window.windowStyle > 0)
      window.winAttr.justify = CENTERED_STYLES.has(window.windowStyle) ? JUSTIFY_CENTER : 0;
    if (window.penStyle > 0) window.penAttr = {};
  }

  #obeyForWindows(code: Uint8Array): void {
    const [first = 0, bits = 0] = code;
    const windows = bits & this.#defined;
    if (windows === 0) return;
    if (first === CODE.clearWindows && (windows & this.#inSight) !== 0) this.#exchange();
    if (first === CODE.deleteWindows) this.#defined &= ~windows;
    this.#feed(Uint8Array.of(first, windows));
  }

  #obeyInWindow(code: Uint8Array, window: Cea708Window): void {
    const { penLoc: pen } = window;
    const { row, column } = penOf(window);
    switch (code[0]) {
      case CODE.backspace:
        this.#touch(window);
        if (column > 0) erase(window, row, column - 1);
        pen.column = Math.max(column - 1, 0);
        break;
      case CODE.carriageReturn:
        if (row + 1 < window.virtualRowCount) pen.row = row + 1;
        else this.#rollUp(window);
        pen.column = 0;
        break;
      case CODE.horizontalCarriageReturn:
        this.#touch(window);
        rowsOf(window)[row] = '';
        pen.column = 0;
        break;
      case CODE.formFeed:
        if (window.visible === 1) this.#exchange();
        window.rows = [''];
        pen.row = 0;
        pen.column = 0;
        break;
      case CODE.setWindowAttributes:
        this.#touch(window);
        this.#feed(code);
        break;
      case CODE.setPenAttributes:
      case CODE.setPenLocation:
        this.#feed(code);
    }
  }

  /** A line that begins like the one above it is a new line. */
  #rollUp(window: Cea708Window): void {
    if (window.visible === 1 && window.rows.some((text) => text !== '')) this.#exchange();
    rollUp(window);
  }

  #write(code: Uint8Array): void {
    const window = this.#window;
    if (window === undefined) return;
    this.#hasText = true;
    this.#touch(window);
    if (window.visible === 1) this.#hasLetters = true;
    const { row, column } = penOf(window);
    const text = this.#characterOf(code, window);
    const rows = rowsOf(window);
    rows[row] = painted(rows[row] ?? '', column, text, window);
    window.penLoc.column = Math.min(column + text.length, MAX_COLUMNS);
  }

  #characterOf(code: Uint8Array, window: Cea708Window): string {
    const [first = 0, second = 0, third = 0] = code;
    // mux.js accepts such characters only if both bytes look like letters.
    if (first === CODE.character16) return String.fromCharCode(second * 256 + third);
    if (first === CODE.extended && second === CLOSED_CAPTION_SIGN.code) return CLOSED_CAPTION_SIGN.text;
    const { rows } = window;
    window.rows = [''];
    window.rowIdx = 0;
    window.pendingNewLine = false;
    this.#feed(code);
    const [text = ''] = window.rows;
    window.rows = rows;
    return text === '' ? UNKNOWN_CHARACTER : text;
  }
}

/** Codes that show, hide or roll up windows, or clear rows. */
function mayExchange(code: Uint8Array): boolean {
  const [first = 0] = code;
  const isForWindows = first >= CODE.clearWindows && first <= CODE.deleteWindows;
  return ERASING_CODES.has(first) || isForWindows || isDefinition(code);
}

function isDefinition(code: Uint8Array): boolean {
  const [first = 0] = code;
  return first >= CODE.defineWindow && first < CODE.defineWindow + 8;
}

/** Position of the next character; a pen below the window is in its last row. */
function penOf({ penLoc, virtualRowCount }: Cea708Window): { row: number; column: number } {
  return { row: Math.min(penLoc.row ?? 0, virtualRowCount - 1), column: penLoc.column ?? 0 };
}

/** All rows of a window, including empty ones. */
function rowsOf(window: Cea708Window): string[] {
  while (window.rows.length < window.virtualRowCount) window.rows.push('');
  return window.rows;
}

/** A window that was defined smaller keeps its last rows. */
function rollUp(window: Cea708Window): void {
  const rows = rowsOf(window);
  rows.push('');
  window.rows = rows.slice(-window.virtualRowCount);
}

/** A row with text at a column. Overwritten text and its row lose their styles. */
function painted(row: string, column: number, text: string, { penAttr }: Cea708Window): string {
  const plain = withoutStyles(row);
  if (column < plain.length) return plain.slice(0, column) + text + plain.slice(column + text.length);
  if (column >= MAX_COLUMNS || row.length >= MAX_ROW_CHARACTERS) return row;
  let longer = row + ' '.repeat(column - plain.length);
  for (const [name, isOn] of [
    ['i', penAttr.italics === 1],
    ['u', penAttr.underline === 1],
  ] as const) {
    const isOpen = longer.lastIndexOf(`<${name}>`) > longer.lastIndexOf(`</${name}>`);
    if (isOn !== isOpen) longer += isOn ? `<${name}>` : `</${name}>`;
  }
  return longer + text;
}

/** Removes a character; in the middle of a row a space is left. */
function erase(window: Cea708Window, row: number, column: number): void {
  const rows = rowsOf(window);
  const text = rows[row] ?? '';
  const { length } = withoutStyles(text);
  if (column === length - 1) rows[row] = text.replace(LAST_CHARACTER, '$1');
  else if (column < length) rows[row] = painted(text, column, ' ', window);
}
