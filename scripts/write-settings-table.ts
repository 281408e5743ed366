// `npm run docs`: writes the table of settings into README.md, between its two markers.

import { readFileSync, writeFileSync } from 'node:fs';
import { renderSettingsTable } from '../server/settings-table.ts';

const README = new URL('../README.md', import.meta.url);
const SECTION = /(<!-- settings: [^\n]*-->\n)[\s\S]*?(<!-- \/settings -->)/;

const text = readFileSync(README, 'utf8');
if (!SECTION.test(text)) throw new Error('README.md has no markers for the table of settings');
writeFileSync(README, text.replace(SECTION, `$1\n${renderSettingsTable()}\n$2`));
