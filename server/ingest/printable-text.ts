// What a peer says of itself, made fit for logs, pages and the API: short, and nothing but visible ASCII.

const CUT = '...';

/** At most `maxCharacters` of `text`; what is not visible ASCII becomes a question mark. */
export function printableText(text: string, maxCharacters: number): string {
  const shown = text.length > maxCharacters ? `${text.slice(0, maxCharacters - CUT.length)}${CUT}` : text;
  return shown.replace(/[^ -~]/g, '?');
}
