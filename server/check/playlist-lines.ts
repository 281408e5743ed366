// What all playlists have in common: UTF-8 text, #EXTM3U first, lines (RFC 8216bis 4.1, 4.4.1.1).

import type { Line, LineTell } from './attribute-list.ts';

const BYTE_ORDER_MARK = '\ufeff';
/** Clause 4.1: no control characters but CR and LF; a tab may stand in a quoted string. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/;
const MULTIVARIANT_TAGS: ReadonlySet<string> = new Set(
  ['MEDIA', 'STREAM-INF', 'I-FRAME-STREAM-INF', 'SESSION-DATA', 'SESSION-KEY', 'CONTENT-STEERING'].map(
    (name) => `#EXT-X-${name}`,
  ),
);

/** Lines that are not blank. */
export function readLines(text: string, tell: LineTell): readonly Line[] {
  const lines = text
    .replace(BYTE_ORDER_MARK, '')
    .split('\n')
    .map((line, at) => ({ number: at + 1, text: line.endsWith('\r') ? line.slice(0, -1) : line }));
  const [first] = lines;
  if (text.startsWith(BYTE_ORDER_MARK)) tell('playlist_encoding', 'a byte order mark stands first', first);
  else if (first?.text !== '#EXTM3U')
    tell('extm3u_missing', `the first line is ${JSON.stringify(first?.text.slice(0, 40) ?? '')}`, first);
  for (const line of lines) {
    if (CONTROL.test(line.text) || line.text.includes('\ufffd'))
      tell('playlist_encoding', 'a control character, or what is not UTF-8', line);
  }
  return lines.filter((line) => line.text.trim() !== '');
}

export function isMultivariantTag(name: string): boolean {
  return MULTIVARIANT_TAGS.has(name);
}

/** Whether a text is a playlist of playlists, by its tags. */
export function isMultivariant(text: string): boolean {
  return /^#EXT-X-(?:STREAM-INF|MEDIA|I-FRAME-STREAM-INF):/m.test(text);
}
