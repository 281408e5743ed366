// The tables of docs/interop.md: written between marks, by the commands that the document names above them.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const DOCUMENT = path.resolve(import.meta.dirname, '../../docs/interop.md');

/** A Markdown table; what a cell says over several lines is put into one. */
export function markdownTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll(/\s*\n\s*/g, ' ')).join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}

/** Puts `text` between `<!-- NAME: … -->` and `<!-- /NAME -->`. Throws when the document has no such marks. */
export function writeSection(name: string, text: string): void {
  const document = readFileSync(DOCUMENT, 'utf8');
  const section = new RegExp(`(<!-- ${name}:[^\n]*-->\n)[^]*?(\n<!-- /${name} -->)`);
  if (!section.test(document)) throw new Error(`docs/interop.md has no section "${name}"`);
  writeFileSync(
    DOCUMENT,
    document.replace(section, (_all, open, close) => `${open}\n${text}\n${close}`),
  );
}
