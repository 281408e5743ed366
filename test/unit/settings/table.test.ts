// The table of settings: names, units, and the tables in the documents that are made from it.

import { expect, test } from 'vitest';
import { COMMON_SETTINGS } from '../../../server/settings/common-settings.ts';
import { renderCommonSettings, renderSettingsPage } from '../../../server/settings/markdown-table.ts';
import { nearest } from '../../../server/settings/nearest.ts';
import { readSetting } from '../../../server/settings/sources.ts';
import {
  environmentNameOf,
  flagOf,
  hasFlag,
  isSettingPath,
  SECTIONS,
  sectionOf,
  settingOf,
  settingPaths,
} from '../../../server/settings/table.ts';

test.each([
  ['rtmp.silence', '200ms', 200],
  ['rtmp.silence', '2s', 2_000],
  ['rtmp.silence', '1.5s', 1_500],
  ['rtmp.silence', '1m', 60_000],
  ['rtmp.silence', '1h', 3_600_000],
  ['rtmp.silence', ' 5s ', 5_000],
  ['rtmp.silence', 750, 750],
  ['hls.max-memory', '64MiB', 64 * 1024 * 1024],
  ['rtmp.max-message', '512KiB', 512 * 1024],
  ['hls.max-memory', '1.5GiB', 1.5 * 1024 ** 3],
  ['rtmp.max-message', 100_000, 100_000],
  ['rtmp.port', '0', 0],
  ['rtmp.port', 65_535, 65_535],
  ['hls.hold-back', '3.5', 3.5],
  ['http.base-path', '', ''],
  ['http.base-path', '/tv/live', '/tv/live'],
] as const)('%s: %j is %j', (setting, raw, value) => {
  expect(readSetting(setting, { raw, source: 'program', origin: 'test' })).toBe(value);
});

test('each setting takes its own default, in each form that is shown', () => {
  for (const setting of settingPaths()) {
    const { defaultValue, show, toFile, read } = settingOf(setting);
    const same = { kind: 'value', value: defaultValue };
    expect(read(defaultValue, 'program'), setting).toEqual(same);
    expect(read(show(defaultValue), 'environment'), setting).toEqual(same);
    expect(read(toFile(defaultValue), 'file'), setting).toEqual(same);
  }
});

test('names of one setting', () => {
  expect(flagOf('rtmp.max-message')).toBe('--rtmp-max-message');
  expect(environmentNameOf('rtmp.max-message')).toBe('SLUICE_RTMP_MAX_MESSAGE');
  const all = settingPaths();
  expect(new Set(all.map(flagOf)).size).toBe(all.length);
  expect(new Set(all.map(environmentNameOf)).size).toBe(all.length);
  for (const name of ['constructor', '__proto__', 'toString', 'rtmp'])
    expect(isSettingPath(name)).toBe(false);
});

test('the page has a row for every setting, with all its names, below a heading for its section', () => {
  const page = renderSettingsPage();
  const rows = page.split('\n').filter((line) => /^\| `/.test(line));
  // A section may be declared in several places; its rows are together on the page.
  expect(rows.map((row) => row.split(' | ').slice(0, 3).join(' ')).toSorted()).toEqual(
    settingPaths()
      .map((setting) => {
        const flag = hasFlag(setting) ? `\`${flagOf(setting)}\`` : 'none';
        return `| \`${setting}\` ${flag} \`${environmentNameOf(setting)}\``;
      })
      .toSorted(),
  );
  for (const setting of settingPaths()) expect(SECTIONS[sectionOf(setting)], setting).toBeDefined();
});

test('ten settings are the common ones', () => {
  expect(COMMON_SETTINGS).toHaveLength(10);
  expect(renderCommonSettings().trimEnd().split('\n')).toHaveLength(2 + COMMON_SETTINGS.length);
});

test.each([
  ['rtmp-prot', 'rtmp-port'],
  ['port', undefined],
  ['http-prt', 'http-port'],
  ['', undefined],
])('the nearest to %j is %j', (given, meant) => {
  expect(nearest(given, ['rtmp-port', 'http-port'])).toBe(meant);
});
