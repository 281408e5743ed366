// --print-config prints a file that --config accepts, and --print-schema the schema with which editors check it.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { type CommandLine, readCommand } from '../../../server/command/command-line.ts';
import { renderConfigFile } from '../../../server/settings/config-file.ts';
import { settingsSchema } from '../../../server/settings/schema.ts';
import type { Config } from '../../../server/settings/sources.ts';
import { settingOf, settingPaths } from '../../../server/settings/table.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const CHANGED = [
  ...['--rtmp-port', '0', '--rtmp-max-bitrate', '6.5Mbit', '--rtmp-max-before-key-frame', '65537'],
  ...['--hls-part', '333ms', '--hls-dvr', '90m', '--hls-max-memory', '1.5GiB', '--hls-hold-back', '3.5'],
  ...[
    '--tls-key',
    'a "key": # x.pem',
    '--http-host',
    '::1',
    '--http-base-path',
    '/tv',
    '--log-level',
    'warn',
  ],
];

function configOf(command: CommandLine): Config {
  if (!('config' in command)) throw new Error(`it is ${command.kind}`);
  return command.config;
}

function fileWith(text: string): string {
  const folder = temporaryFolder('config');
  const file = path.join(folder, 'a\tfile.yaml');
  writeFileSync(file, text);
  return file;
}

test.each([
  ['the defaults', []],
  ['changed settings', CHANGED],
])('%s are the same after a round trip through the printed file', (_what, args) => {
  const config = configOf(readCommand([...args, '--print-config'], {}));
  const file = fileWith(renderConfigFile(config, '1.2.3'));
  const again = configOf(readCommand(['--config', file], {}));
  expect(again.settings).toEqual(config.settings);
  expect(new Set(again.origins.values())).toEqual(new Set([file]));
});

test('values have their units, and their origin stands behind them', () => {
  const text = renderConfigFile(configOf(readCommand(CHANGED, { SLUICE_HLS_HOLD: '5s' })), '1.2.3');
  expect(text).toMatch(/^ {2}max-bitrate: 6500kbit +# --rtmp-max-bitrate$/m);
  expect(text).toMatch(/^ {2}max-memory: 1536MiB +# --hls-max-memory$/m);
  expect(text).toMatch(/^ {2}hold: 5s +# SLUICE_HLS_HOLD$/m);
  expect(text).toMatch(/^ {2}segment: 2s +# default$/m);
  expect(text).toMatch(/^# yaml-language-server: \$schema=/);
});

test('the schema takes every printed value, and names every setting with its meaning', () => {
  const schema = settingsSchema() as {
    properties: Record<string, { properties: Record<string, Record<string, unknown>> }>;
  };
  const printed = parse(renderConfigFile(configOf(readCommand(CHANGED, {})), '1.2.3')) as Record<
    string,
    Record<string, unknown>
  >;
  for (const setting of settingPaths()) {
    const [section = '', key = ''] = setting.split('.');
    const row = schema.properties[section]?.properties[key];
    expect(row?.['description'], setting).toContain(settingOf(setting).meaning);
    expect(accepts(row ?? {}, printed[section]?.[key]), setting).toBe(true);
  }
  expect(schema).toMatchObject({ additionalProperties: false });
  expect(accepts(schema.properties['hls']?.properties['part'] ?? {}, 60)).toBe(false);
  expect(accepts(schema.properties['http']?.properties['port'] ?? {}, 70_000)).toBe(false);
  const streams = schema.properties['playback']?.properties['streams'] ?? {};
  expect(accepts(streams, { show: 'signed', party: { access: 'signed', password: '***' } })).toBe(true);
  for (const wrong of [{ show: 'closed' }, { 'a b': 'signed' }, { show: { acess: 'signed' } }, ['show']])
    expect(accepts(streams, wrong), JSON.stringify(wrong)).toBe(false);
});

/** The part of JSON Schema that the settings use. */
function accepts(schema: Record<string, unknown>, value: unknown): boolean {
  const { anyOf, type, pattern, minimum, maximum, items, enum: values } = schema;
  if (Array.isArray(anyOf)) return anyOf.some((each) => accepts(each, value));
  if (type === 'integer' || type === 'number')
    return (
      typeof value === 'number' &&
      value >= Number(minimum ?? -Infinity) &&
      value <= Number(maximum ?? Infinity)
    );
  if (type === 'array')
    return (
      Array.isArray(value) && value.every((each) => accepts((items ?? {}) as Record<string, unknown>, each))
    );
  if (type === 'object') return acceptsMapping(schema, value);
  if (type !== 'string' || typeof value !== 'string') return false;
  if (Array.isArray(values)) return values.includes(value);
  return typeof pattern !== 'string' || new RegExp(pattern).test(value);
}

/** Properties that are declared, or any names of one pattern. */
function acceptsMapping(schema: Record<string, unknown>, mapping: unknown): boolean {
  if (typeof mapping !== 'object' || mapping === null || Array.isArray(mapping)) return false;
  const { properties = {}, propertyNames, additionalProperties: others } = schema;
  const declared = properties as Record<string, Record<string, unknown>>;
  const { pattern } = (propertyNames ?? {}) as { readonly pattern?: string };
  return Object.entries(mapping).every(([name, value]) => {
    if (pattern !== undefined && !new RegExp(pattern).test(name)) return false;
    const own = declared[name] ?? others;
    return own !== false && accepts((own ?? {}) as Record<string, unknown>, value);
  });
}
