// One CEA-608 channel: byte pairs in presentation order become screens, and screens become cues (CEA-608, 47 CFR 15.119).

import {
  CAPTION_CHANNELS,
  type CaptionChannelId,
  type CaptionCue,
  type CaptionRow,
  type CueChannel,
} from './caption-cue.ts';
import { type Cea608Stream, createCea608Stream, type DisplayRow } from './mux-decoders.ts';
import { MAX_ROW_CHARACTERS, shownText } from './row-text.ts';
import { ShownCues } from './shown-cues.ts';

/** Styles open at a time: italics and underline. A decoder that collects more was fed nonsense. */
const MAX_OPEN_STYLES = 8;
/** A column of 32 is 2.5 % of the width; the text begins in the middle 80 %, as safe areas ask. */
const LEFT_MARGIN_PERCENT = 10;
const INDENT_PERCENT = 10;
const MAX_INDENT_PERCENT = 70;
const OFFSET_PERCENT = 2.5;

export class CaptionChannel implements CueChannel {
  readonly id: CaptionChannelId;
  readonly #stream: Cea608Stream;
  readonly #shown = new ShownCues();

  constructor(field: 0 | 1, dataChannel: 0 | 1) {
    this.id = CAPTION_CHANNELS[field * 2 + dataChannel] ?? 'CC1';
    this.#stream = createCea608Stream(field, dataChannel);
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
    const { displayed_: identity } = this.#stream;
    const screen = identity.map((row) => row && { ...row });
    const texts = screen.map((row) => row?.text ?? '');
    this.#shown.note({ identity, texts, rows: () => rowsOf(screen) });
  }

  /** Shows what the pairs of the picture at `pts` have made. */
  look(pts: number): void {
    this.#shown.show(pts);
  }

  cut(until: number): readonly CaptionCue[] {
    return this.#shown.cut(until);
  }

  /** Another source begins: nothing of the last one stays on the screen. */
  reset(): void {
    this.#stream.reset();
    this.#shown.reset();
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
    const text = shownText(row?.text ?? '');
    if (row === undefined || text === '') return [];
    const indent = Math.min(row.indent * INDENT_PERCENT, MAX_INDENT_PERCENT);
    const position = LEFT_MARGIN_PERCENT + indent + row.offset * OFFSET_PERCENT;
    return [{ line: at + 1, position, text }];
  });
}
