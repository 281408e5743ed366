// The tables of settings in the documents match the program, and README.md's links and commands work for its readers.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { renderCommonSettings, renderSettingsPage } from '../../server/settings/markdown-table.ts';
import { settingPaths } from '../../server/settings/table.ts';
import { CHECKOUT } from './source-tree.ts';

const read = (file: string): string => readFileSync(path.join(CHECKOUT, file), 'utf8');
const readme = read('README.md');

it('README.md shows the common settings as they are (`npm run docs` writes them)', () => {
  expect(readme).toContain(renderCommonSettings());
});

it('docs/settings.md shows every setting as it is (`npm run docs` writes it)', () => {
  expect(read('docs/settings.md')).toBe(renderSettingsPage());
  for (const setting of settingPaths()) expect(read('docs/settings.md')).toContain(`| \`${setting}\` |`);
});

it('README.md links only to what the npm package holds', () => {
  const { files = [] } = JSON.parse(read('package.json')) as { files?: string[] };
  const links = [...readme.matchAll(/\]\(([^)\s#]+)/g)].map(([, link = '']) => link);
  const local = links.filter((link) => !/^[a-z]+:/.test(link));
  expect(local.length).toBeGreaterThan(0);
  expect(local.filter((link) => !files.some((kept) => link === kept || link.startsWith(`${kept}/`)))).toEqual(
    [],
  );
});

it('README.md and the pages name one first stream, and README.md prints no command that needs an installation', () => {
  expect(readme).toContain('rtmp://127.0.0.1:1935/live/mystream');
  expect(readme).not.toMatch(/(?:\d{4}|host|localhost)\/(?:live|watch|embed)\/(?!mystream|demo)\w+/);
  expect(readme).not.toMatch(/`sluice --/);
  expect(read('web/setup/main.ts')).toContain("'mystream'");
});

it('docker-compose.yml names only what the gateway has', () => {
  const compose = read('docker-compose.yml');
  const names = [...compose.matchAll(/SLUICE_[A-Z_]+/g)].map(([name]) => name);
  const known = settingPaths().map((setting) => `SLUICE_${setting.replaceAll(/[.-]/g, '_').toUpperCase()}`);
  expect(names.filter((name) => !known.includes(name))).toEqual([]);
});
