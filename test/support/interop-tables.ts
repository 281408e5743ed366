// The tables of docs/interop.md: written between marks, by the commands that the document names above them.
import path from 'node:path';
import { writeSection } from './document-section.ts';

const DOCUMENT = path.resolve(import.meta.dirname, '../../docs/interop.md');

/** A Markdown table; what a cell says over several lines is put into one. */
export function markdownTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll(/\s*\n\s*/g, ' ')).join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}

/** Puts `text` into the document's section of that name. Throws when it has none. */
export function writeTable(name: string, text: string): void {
  writeSection(DOCUMENT, name, text);
}
