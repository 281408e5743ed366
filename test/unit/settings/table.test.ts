// The one table of settings: names, units, and the README's table made from it.
import { expect, test } from 'vitest';
import { nearest } from '../../server/nearest.ts';
import { environmentNameOf, flagOf, isSettingPath, parseSetting, SETTINGS } from '../../server/settings.ts';
import { renderSettingsTable } from '../../server/settings-table.ts';

test.each([
  ['rtmp.silence', '200ms', 200],
  ['rtmp.silence', '2s', 2_000],
  ['rtmp.silence', '1.5s', 1_500],
  ['rtmp.silence', '1m', 60_000],
  ['rtmp.silence', '1h', 3_600_000],
  ['rtmp.silence', ' 5s ', 5_000],
  ['rtmp.silence', 750, 750],
  ['rtmp.silence', '750', 750],
  ['hls.max-memory', '64MiB', 64 * 1024 * 1024],
  ['hls.max-memory', '512KiB', 512 * 1024],
  ['hls.max-memory', '1.5GiB', 1.5 * 1024 ** 3],
  ['hls.max-memory', 1000, 1000],
  ['rtmp.port', '0', 0],
  ['rtmp.port', 65_535, 65_535],
  ['hls.hold-back', '3.5', 3.5],
  ['http.base-path', '', ''],
  ['http.base-path', '/tv/live', '/tv/live'],
] as const)('%s: %j is %j', (setting, raw, value) => {
  expect(parseSetting(setting, raw, 'test')).toBe(value);
});

test('each setting takes its own default, in each form that is shown', () => {
  for (const [setting, { defaultValue, shownDefault, parse }] of Object.entries(SETTINGS)) {
    expect(parse(defaultValue), setting).toBe(defaultValue);
    if (defaultValue !== '') expect(parse(shownDefault), setting).toBe(defaultValue);
  }
});

test('names of one setting', () => {
  expect(flagOf('rtmp.max-message')).toBe('--rtmp-max-message');
  expect(environmentNameOf('rtmp.max-message')).toBe('SLUICE_RTMP_MAX_MESSAGE');
  const all = Object.keys(SETTINGS);
  expect(new Set(all.map(flagOf)).size).toBe(all.length);
  expect(new Set(all.map(environmentNameOf)).size).toBe(all.length);
  for (const name of ['constructor', '__proto__', 'toString', 'rtmp'])
    expect(isSettingPath(name)).toBe(false);
});

test('the table has a row for every setting, with all its names', () => {
  const lines = renderSettingsTable().trimEnd().split('\n');
  expect(lines.slice(0, 2)).toEqual([
    '| Setting | Flag | Environment | Default | Meaning |',
    '| --- | --- | --- | --- | --- |',
  ]);
  expect(lines).toHaveLength(2 + Object.keys(SETTINGS).length);
  for (const [at, setting] of Object.keys(SETTINGS).entries()) {
    const cells = (lines[at + 2] ?? '').split(' | ');
    expect(cells).toHaveLength(5);
    expect(cells.slice(0, 3)).toEqual([
      `| \`${setting}\``,
      `\`${flagOf(setting)}\``,
      `\`${environmentNameOf(setting)}\``,
    ]);
  }
});

test.each([
  ['rtmp-prot', 'rtmp-port'],
  ['port', undefined],
  ['http-prt', 'http-port'],
  ['', undefined],
])('the nearest to %j is %j', (given, meant) => {
  expect(nearest(given, ['rtmp-port', 'http-port'])).toBe(meant);
});
