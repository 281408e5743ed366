// Tables in the pages of docs/measured/, each written between two comments by the command that the page names.
import path from 'node:path';
import { writeSection } from './document-section.ts';

const FOLDER = path.resolve(import.meta.dirname, '../../docs/measured');

/** A Markdown table. Line breaks in cells become spaces. */
export function markdownTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll(/\s*\n\s*/g, ' ')).join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}

/** Replaces a section of a page such as `bench.md`. Throws if the page has no section of that name. */
export function writeTable(page: string, section: string, text: string): void {
  writeSection(path.join(FOLDER, page), section, text);
}
