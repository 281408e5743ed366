// Tables that tests write into documents, each between its own two comments.
import { readFileSync, writeFileSync } from 'node:fs';

/** Replaces the text between `<!-- NAME: … -->` and `<!-- /NAME -->`. Throws if there is no such section. */
export function writeSection(document: string, name: string, text: string): void {
  const before = readFileSync(document, 'utf8');
  const section = new RegExp(`(<!-- ${name}:[^\n]*-->\n)[^]*?(\n<!-- /${name} -->)`);
  if (!section.test(before)) throw new Error(`${document} has no section "${name}"`);
  writeFileSync(
    document,
    before.replace(section, (_all, open, close) => `${open}\n${text}\n${close}`),
  );
}
