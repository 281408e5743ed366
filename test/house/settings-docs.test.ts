// The README's table of settings is the program's own.
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { renderSettingsTable } from '../../server/settings-table.ts';

it('README.md shows every setting as it is (`npm run docs` writes it)', () => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  expect(readme).toContain(renderSettingsTable());
});
