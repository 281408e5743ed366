// The text of one row: characters and style tags.

/** A row has 32 or 42 columns; the rest is for styles. */
export const MAX_ROW_CHARACTERS = 160;

const STYLE_TAG = /<\/?[iu]>/g;
/** A damaged byte can be any control character, including line breaks. */
const CONTROL_CHARACTER = /\p{Cc}/gu;

/** As viewers get it; empty if nothing is visible. */
export function shownText(row: string): string {
  const text = row.replace(CONTROL_CHARACTER, '').trim();
  return withoutStyles(text).trim() === '' ? '' : text;
}

export function withoutStyles(row: string): string {
  return row.replace(STYLE_TAG, '');
}
