// The text of one row: characters with style tags between them, as decoders leave it.

/** A row has 32 or 42 columns; the rest is room for styles. Nothing makes a row of a real caption longer. */
export const MAX_ROW_CHARACTERS = 160;

const STYLE_TAG = /<\/?[iu]>/g;
/** A damaged byte can be any character below the printable ones, line breaks too. */
const CONTROL_CHARACTER = /\p{Cc}/gu;

/** As viewers get it; empty when there is nothing to see. */
export function shownText(row: string): string {
  const text = row.replace(CONTROL_CHARACTER, '').trim();
  return withoutStyles(text).trim() === '' ? '' : text;
}

export function withoutStyles(row: string): string {
  return row.replace(STYLE_TAG, '');
}
