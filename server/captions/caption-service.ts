// One CEA-708 service: its blocks in presentation order become windows, and visible windows cues (CEA-708 clause 8).
// mux.js reads codes and keeps windows; what it takes for something else is kept from it or set right here: commands on
// windows that nobody defined, moves of the pen, which it takes for line breaks, and some characters.

import { CAPTION_SERVICES, type CaptionChannelId, type CaptionCue, type CueChannel } from './caption-cue.ts';
import { CODE, codesOf, isCharacter } from './dtvcc-packet.ts';
import { KnownRows } from './known-rows.ts';
import { type Cea708Window, createCea708Stream } from './mux-decoders.ts';
import { MAX_ROW_CHARACTERS, withoutStyles } from './row-text.ts';
import { ShownCues } from './shown-cues.ts';
import { JUSTIFY_CENTER, screenRows } from './window-rows.ts';

/** A pen can be put on 64 columns; text that runs past them is nonsense. */
const MAX_COLUMNS = 64;
/** Predefined window styles whose text is centred; that of the others is on the left. */
const CENTERED_STYLES: ReadonlySet<number> = new Set([3, 6]);
/** What a decoder shows for a character of G2 and G3 that it does not have. */
const UNKNOWN_CHARACTER = '_';
/** The only one of G3. */
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
  /** A bit for each window that is defined. */
  #defined = 0;
  /** How often windows came, went, rolled up or were emptied in sight. */
  #exchanges = 0;
  /** A code has changed what is in sight since the screen was looked at. */
  #hasChanged = false;
  /** Letters have been written in sight since then, and whether they have been noted. */
  #hasLetters = false;
  #isNoted = false;
  #hasText = false;

  /** `number` is 1 to 6. */
  constructor(number: number) {
    this.#number = number;
    this.id = CAPTION_SERVICES[number - 1] ?? 'S1';
  }

  /** Whether a block is worth a decoder: without a window there is nothing to read. */
  static isBegunBy(block: Uint8Array): boolean {
    for (const code of codesOf(block)) if (isDefinition(code)) return true;
    return false;
  }

  /** Text has been written into a window, in sight or not. It stays so for the stream's life. */
  get hasText(): boolean {
    return this.#hasText;
  }

  /** Obeys the next block. Never throws. */
  push(block: Uint8Array): void {
    try {
      for (const code of codesOf(block)) this.#obey(code);
    } catch {
      this.#forget();
    }
  }

  /**
   * Looks at the screen once all packets that are complete with the picture that is shown at `pts` are obeyed. A picture
   * has room for dozens of blocks of one letter, and a screen costs as much as hundreds of letters.
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

  /** Another source begins: nothing of the last one stays on the screen. */
  reset(): void {
    this.#forget();
    this.#shown.reset();
  }

  get #windows(): readonly Cea708Window[] {
    return this.#stream.services[this.#number]?.windows ?? [];
  }

  /** The window that characters and pens belong to. */
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

  /** What comes now is not what was there with more letters, though it may begin like it. */
  #exchange(): void {
    this.#exchanges += 1;
    this.#hasChanged = true;
  }

  #obey(code: Uint8Array): void {
    if (isCharacter(code)) return this.#write(code);
    // Letters belong to the cue that ends in the same picture: of one picture two screens are built at most.
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

  /** mux.js obeys a code. Times are ours: what it makes of them is not asked for. */
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
    // A window that is defined anew keeps its styles unless the definition names others.
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

  /** A line that begins like the one above it is not that one with more letters. */
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
    // mux.js takes such characters only when both bytes look like letters.
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

/** What can make windows come, go or roll up, or empties rows. */
function mayExchange(code: Uint8Array): boolean {
  const [first = 0] = code;
  const isForWindows = first >= CODE.clearWindows && first <= CODE.deleteWindows;
  return ERASING_CODES.has(first) || isForWindows || isDefinition(code);
}

function isDefinition(code: Uint8Array): boolean {
  const [first = 0] = code;
  return first >= CODE.defineWindow && first < CODE.defineWindow + 8;
}

/** Where the next character goes; a pen below the window is in its last row. */
function penOf({ penLoc, virtualRowCount }: Cea708Window): { row: number; column: number } {
  return { row: Math.min(penLoc.row ?? 0, virtualRowCount - 1), column: penLoc.column ?? 0 };
}

/** All rows of a window, those that nothing was written into yet too. */
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

/** A row with text at a column. What is painted over loses its styles, and those of its row. */
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

/** Takes a character away; in the middle of a row a space is left. */
function erase(window: Cea708Window, row: number, column: number): void {
  const rows = rowsOf(window);
  const text = rows[row] ?? '';
  const { length } = withoutStyles(text);
  if (column === length - 1) rows[row] = text.replace(LAST_CHARACTER, '$1');
  else if (column < length) rows[row] = painted(text, column, ' ', window);
}
