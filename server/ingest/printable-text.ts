// Makes text from a peer safe for logs, pages and the API: short and visible ASCII.

const CUT = '...';

/** At most `maxCharacters` of `text`; other characters become question marks. */
export function printableText(text: string, maxCharacters: number): string {
  const shown = text.length > maxCharacters ? `${text.slice(0, maxCharacters - CUT.length)}${CUT}` : text;
  return shown.replace(/[^ -~]/g, '?');
}
