// The README's table of settings, made from the one that the program reads: the two cannot differ.

import { environmentNameOf, flagOf, SETTINGS } from './settings.ts';

/** A Markdown table: setting, flag, environment variable, default, meaning; it ends with a line break. */
export function renderSettingsTable(): string {
  const rows = Object.entries(SETTINGS).map(([path, setting]) => [
    code(path),
    code(flagOf(path)),
    code(environmentNameOf(path)),
    setting.defaultValue === '' ? 'empty' : code(setting.shownDefault),
    `${setting.meaning} It is ${setting.form}.`,
  ]);
  const table = [
    ['Setting', 'Flag', 'Environment', 'Default', 'Meaning'],
    ['---', '---', '---', '---', '---'],
    ...rows,
  ];
  return table.map((cells) => `| ${cells.map(escapeCell).join(' | ')} |\n`).join('');
}

function code(text: string): string {
  return `\`${text}\``;
}

/** A bar would end the cell (GitHub Flavored Markdown, clause 4.10). */
function escapeCell(text: string): string {
  return text.replaceAll('|', '\\|');
}
