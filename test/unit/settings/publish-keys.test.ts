// Publish keys as settings: records from every source, and no output that prints a key.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { type CommandLine, readCommand } from '../../../server/command/command-line.ts';
import { renderConfigFile } from '../../../server/settings/config-file.ts';
import { instantOf } from '../../../server/settings/publish-key.ts';
import { settingsSchema } from '../../../server/settings/schema.ts';
import type { Config } from '../../../server/settings/sources.ts';
import { sectionsOf, settingsFrom } from '../../support/settings.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const KEY = 'sk_abcdefghijklmnopqrstuvwxyz';
const OTHER = 'another-key-of-a-person';

function configWith(yaml: string, environment: Record<string, string> = {}): Config {
  const folder = temporaryFolder('config');
  const file = path.join(folder, 'settings.yaml');
  writeFileSync(file, yaml);
  const command: CommandLine = readCommand(['--config', file], environment);
  if (command.kind !== 'run') throw new Error(`it is ${command.kind}`);
  return command.config;
}

function faultOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    return String(error);
  }
  throw new Error('it was taken');
}

const WHOLE = `
keys:
  - name: studio
    key: ${KEY}
    takeover: newest
    expires: 2026-12-31
    networks: [10.0.0.0/8, "::1"]
    max-bitrate: 8Mbit
    max-viewers: 20
  - { name: studio, key: ${OTHER} }
`;
const WHOLE_VALUE = [
  {
    name: 'studio',
    key: KEY,
    takeover: 'newest',
    expires: Date.UTC(2027, 0, 1) - 1,
    networks: ['10.0.0.0/8', '::1'],
    maxBitrate: 8_000_000,
    maxViewers: 20,
  },
  { name: 'studio', key: OTHER },
];

describe('keys are read', () => {
  test('from a list in the settings file, or below list beside a file', () => {
    expect(configWith(WHOLE).settings['keys.list']).toEqual(WHOLE_VALUE);
    const nested = configWith(`keys: { file: k.yaml, list: [{ name: a, key: ${KEY} }] }`);
    expect(nested.settings).toMatchObject({ 'keys.file': 'k.yaml', 'keys.list': [{ name: 'a', key: KEY }] });
    expect(configWith('keys: []').settings['keys.list']).toEqual([]);
    expect(configWith('keys: { list: }').settings['keys.list']).toEqual([]);
    expect(configWith('keys:').settings['keys.list']).toEqual([]);
  });

  test('from JSON in the environment', () => {
    const config = configWith('', { SLUICE_KEYS_LIST: JSON.stringify([{ name: 'a', key: KEY }]) });
    expect(config.settings['keys.list']).toEqual([{ name: 'a', key: KEY }]);
  });

  test('from a program, and from its own sections again', () => {
    const settings = settingsFrom({ keys: [{ name: 'a', key: KEY, maxBitrate: 1_000, expires: 5 }] });
    expect(settings['keys.list']).toEqual([{ name: 'a', key: KEY, maxBitrate: 1_000, expires: 5 }]);
    expect(settingsFrom(sectionsOf(settings))).toEqual(settings);
    const whole = configWith(WHOLE).settings;
    expect(settingsFrom(sectionsOf(whole))).toEqual(whole);
  });
});

describe('a wrong record is told by its number and field, and never by its key:', () => {
  test.each([
    [
      `- { name: a, key: ${KEY}, expire: 2026-12-31 }`,
      'record 1: the field expire is unknown; did you mean expires?',
    ],
    [
      `- { name: a, key: ${KEY} }\n- { name: a b, key: ${KEY} }`,
      'record 2: name: it must be 1 to 64 letters',
    ],
    [`- { key: ${KEY} }`, 'record 1: name is missing'],
    ['- { name: a }', 'record 1: key is missing'],
    [`- { name: a, key: ${KEY}/ }`, 'record 1: key: it must be 16 to 64 letters'],
    ['- { name: a, key: short }', 'record 1: key: it must be 16 to 64 letters'],
    ['- { name: a, key: 1234567890123456 }', 'in quotes where it is all digits'],
    [
      `- { name: 007, key: ${KEY} }`,
      'record 1: name: it must be 1 to 64 letters, digits, "-" or "_", in quotes',
    ],
    ['- { name: a, key: "***" }', 'record 1: key: *** stands where a key was left out'],
    [`- ${KEY}`, 'record 1: it must be a mapping of name, key'],
    [`- { ${KEY}: a }`, 'record 1: it has an unknown field'],
    [
      `- { name: a, key: ${KEY}, max-bitrate: 8000 }`,
      'record 1: max-bitrate: did you mean 8000kbit or 8000bit?',
    ],
    [`- { name: a, key: ${KEY}, takeover: never }`, 'record 1: takeover: it must be one of silent, newest'],
    [`- { name: a, key: ${KEY}, networks: [10.0.0.0/99] }`, 'record 1: networks: 10.0.0.0/99: '],
    [`- { name: a, key: ${KEY}, expires: 30d }`, 'record 1: expires: it must be a date such as'],
    [`- { name: a, key: ${KEY}, expires: 2026-02-30 }`, 'record 1: expires: it must be a date such as'],
    [`- { name: a, key: ${KEY}, expires: 2026-02-20T10:00 }`, 'record 1: expires: it must be a date such as'],
    [`  ${KEY}: a`, 'a setting in keys is unknown'],
    [`  list: ${KEY}`, 'it must be a list of records'],
  ])('%s', (yaml, words) => {
    const fault = faultOf(() => configWith(`keys:\n${yaml}\n`));
    expect(fault).toContain(words);
    expect(fault).not.toContain('abcdefghij');
  });

  test('in an environment variable', () => {
    const fault = faultOf(() => configWith('', { SLUICE_KEYS_LIST: `[{"name":"a b","key":"${KEY}"}]` }));
    expect(fault).toContain('SLUICE_KEYS_LIST: record 1: name: ');
    expect(fault).not.toContain(KEY);
    expect(faultOf(() => configWith('', { SLUICE_KEYS_LIST: KEY }))).not.toContain(KEY);
  });

  test('a flag is none: other users see command lines', () => {
    expect(faultOf(() => readCommand(['--keys-list', '[]'], {}))).toContain('did you mean --keys-file?');
  });
});

test('what is printed has no key, and says so when it is read again', () => {
  const printed = renderConfigFile(configWith(WHOLE), '1.2.3');
  expect(printed).not.toContain(KEY);
  expect(printed).not.toContain(OTHER);
  expect(parse(printed)).toMatchObject({
    keys: {
      list: [
        {
          name: 'studio',
          key: '***',
          takeover: 'newest',
          expires: '2026-12-31T23:59:59.999Z',
          networks: ['10.0.0.0/8', '::1'],
          'max-bitrate': '8Mbit',
          'max-viewers': 20,
        },
        { name: 'studio', key: '***' },
      ],
    },
  });
  expect(faultOf(() => configWith(printed))).toContain('write the key');
});

test('the schema knows both forms', () => {
  const { properties } = settingsSchema() as { properties: Record<string, Record<string, unknown>> };
  expect(properties['keys']).toMatchObject({
    type: ['object', 'array', 'null'],
    items: { required: ['name', 'key'], additionalProperties: false },
    properties: { file: { type: 'string' }, list: { type: 'array' } },
  });
});

test.each([
  ['2026-12-31', Date.UTC(2027, 0, 1) - 1],
  ['2028-02-29', Date.UTC(2028, 2, 1) - 1],
  ['2026-12-31T18:00Z', Date.UTC(2026, 11, 31, 18)],
  ['2026-12-31T18:00:30.5+02:00', Date.UTC(2026, 11, 31, 16, 0, 30, 500)],
  ['2027-02-29', undefined],
  ['2026-13-01', undefined],
  ['2026-12-31T25:00Z', undefined],
  ['2026-12-31 18:00', undefined],
  ['tomorrow', undefined],
])('the time %s is %s', (text, at) => {
  expect(instantOf(text)).toBe(at);
});
