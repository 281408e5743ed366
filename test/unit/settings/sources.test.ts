// Where settings come from, which layer wins, and what a wrong one is told.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Command, type Config, readCommand, sectionsOf, settingsFrom } from '../../server/config.ts';
import { GatewayError } from '../../server/errors.ts';
import { SETTINGS } from '../../server/settings.ts';
import { whenDone } from '../support/cleanup.ts';

function fileWith(yaml: string): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'sluice-config-'));
  whenDone(() => rmSync(folder, { recursive: true }));
  const file = path.join(folder, 'settings.yaml');
  writeFileSync(file, yaml);
  return file;
}

function configOf(command: Command): Config {
  if (command.kind !== 'run' && command.kind !== 'print-config') throw new Error(`it is ${command.kind}`);
  return command.config;
}

const read = (args: readonly string[], environment: Record<string, string> = {}): Config =>
  configOf(readCommand(args, environment));

function faultOf(work: () => unknown): { code: string; message: string } {
  try {
    work();
  } catch (error) {
    if (error instanceof GatewayError && error.kind === 'config') return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('layers', () => {
  const file = () => fileWith('rtmp:\n  port: 3000\n  silence: 3s\nhls: { part: 300ms }\n');
  const environment = { SLUICE_RTMP_PORT: '2000', SLUICE_HLS_SEGMENT: '4s' };

  test('flag over environment over file over default, each with its origin', () => {
    const settingsFile = file();
    const { settings, origins } = read(['--config', settingsFile, '--rtmp-port', '1000'], environment);
    expect([settings['rtmp.port'], origins.get('rtmp.port')]).toEqual([1000, '--rtmp-port']);
    expect([settings['hls.segment'], origins.get('hls.segment')]).toEqual([4_000, 'SLUICE_HLS_SEGMENT']);
    expect([settings['rtmp.silence'], origins.get('rtmp.silence')]).toEqual([3_000, settingsFile]);
    expect([settings['http.port'], origins.get('http.port')]).toEqual([8080, 'default']);
    const withoutFlag = read(['--config', settingsFile], environment);
    expect(withoutFlag.settings['rtmp.port']).toBe(2000);
    expect(read(['--config', settingsFile]).settings['rtmp.port']).toBe(3000);
  });

  test('a flag’s value stands after it or behind an equals sign, and the last one wins', () => {
    expect(read(['--rtmp-port=1', '--rtmp-port', '2']).settings['rtmp.port']).toBe(2);
    expect(read(['--http-host=']).settings['http.host']).toBe('');
    expect(read(['--http-base-path=/a.b/c']).settings['http.base-path']).toBe('/a.b/c');
  });

  test('without anything, every setting is its default', () => {
    const { settings, origins } = read([]);
    for (const [setting, { defaultValue }] of Object.entries(SETTINGS)) {
      expect(settings[setting as keyof typeof settings]).toBe(defaultValue);
    }
    expect(new Set(origins.values())).toEqual(new Set(['default']));
  });

  test('every setting has a flag and an environment variable that work', () => {
    for (const [setting, { parse }] of Object.entries(SETTINGS)) {
      const raw = ['/x', '7', '500ms', '2s', 'warn', 'newest'].find((sample) => parse(sample) !== undefined);
      const flag = `--${setting.replace('.', '-')}`;
      const name = `SLUICE_${setting.replaceAll(/[.-]/g, '_').toUpperCase()}`;
      expect(read([flag, raw ?? '']).origins.get(setting as keyof typeof SETTINGS)).toBe(flag);
      expect(read([], { [name]: raw ?? '' }).origins.get(setting as keyof typeof SETTINGS)).toBe(name);
    }
  });
});

describe('commands', () => {
  test('help and version win over everything but nonsense', () => {
    expect(readCommand(['--help', '--rtmp-port', '1'], {}).kind).toBe('help');
    expect(readCommand(['--version'], {}).kind).toBe('version');
    expect(readCommand(['--help', '--version'], {}).kind).toBe('help');
  });

  test('demo and print-config', () => {
    expect(readCommand(['--demo'], {})).toMatchObject({ kind: 'run', withDemo: true });
    expect(readCommand([], {})).toMatchObject({ kind: 'run', withDemo: false });
    expect(readCommand(['--print-config', '--demo'], {}).kind).toBe('print-config');
  });
});

describe('programs and files write names as they like', () => {
  test('camelCase and kebab-case', () => {
    expect(settingsFrom({ rtmp: { maxMessage: '4MiB', 'max-chunk-streams': 8 } })).toMatchObject({
      'rtmp.max-message': 4 * 1024 * 1024,
      'rtmp.max-chunk-streams': 8,
    });
    expect(
      read(['--config', fileWith('rtmp:\n  maxConnections: 3\n  publish-deadline: 1m')]).settings,
    ).toMatchObject({
      'rtmp.max-connections': 3,
      'rtmp.publish-deadline': 60_000,
    });
  });

  test('undefined leaves the default, an empty section or file as well', () => {
    expect(settingsFrom({ rtmp: { port: undefined }, http: undefined })['rtmp.port']).toBe(1935);
    expect(read(['--config', fileWith('rtmp:\n  # port: 1\nhttp: {}\n')]).settings['rtmp.port']).toBe(1935);
    expect(read(['--config', fileWith('')]).settings['rtmp.port']).toBe(1935);
  });

  test('sections and settings are two forms of the same', () => {
    const settings = settingsFrom({ http: { port: 1 }, log: { level: 'warn' } });
    expect(settingsFrom(sectionsOf(settings))).toEqual(settings);
  });
});

describe('what is unknown is named, with the nearest known', () => {
  test.each([
    [['--rtmp-prot', '1'], '--rtmp-prot', '--rtmp-port'],
    [['--rtmp-prot=12345678901234567890'], '--rtmp-prot', '--rtmp-port'],
    [['--hep'], '--hep', '--help'],
    [['--print-confg'], '--print-confg', '--print-config'],
  ])('%j', (args, given, meant) => {
    const { code, message } = faultOf(() => read(args));
    expect(code).toBe('unknown_setting');
    expect(message).toBe(`option ${given} is unknown; did you mean ${meant}?`);
  });

  test('far from everything: where to look', () => {
    expect(faultOf(() => read(['--zzzzzzzzzzzzzzzz'])).message).toContain('see --help');
    expect(faultOf(() => read(['stray'])).message).toContain('stray');
  });

  test('environment', () => {
    const { message } = faultOf(() => read([], { SLUICE_RTMP_PROT: '1' }));
    expect(message).toBe('environment variable SLUICE_RTMP_PROT is unknown; did you mean SLUICE_RTMP_PORT?');
    expect(read([], { SLUICE_TEST_ANYTHING: 'x', OTHER: 'y' }).settings['rtmp.port']).toBe(1935);
  });

  test('files and programs', () => {
    expect(faultOf(() => settingsFrom({ rtmp: { prot: 1 } })).message).toBe(
      'createGateway(): setting rtmp.prot is unknown; did you mean rtmp.port?',
    );
    expect(faultOf(() => settingsFrom({ rtpm: null })).message).toContain('did you mean rtmp?');
    expect(faultOf(() => settingsFrom(JSON.parse('{"__proto__":{"port":1}}'))).code).toBe('unknown_setting');
    expect(faultOf(() => settingsFrom({ rtmp: { constructor: 1 } })).code).toBe('unknown_setting');
    const file = fileWith('http:\n  prot: 1\n');
    expect(faultOf(() => read(['--config', file])).message).toContain(`${file}: setting http.prot`);
  });
});

describe('what is malformed names the value, its origin and the form', () => {
  test.each([
    [['--rtmp-port', '65536'], '--rtmp-port: "65536" is not a rtmp.port; it is a port from 0 to 65535'],
    [['--rtmp-port', '-1'], 'a port from 0 to 65535'],
    [['--rtmp-port', '1e3'], '"1e3"'],
    [['--rtmp-port='], '""'],
    [['--rtmp-max-connections', '0'], 'a whole number from 1'],
    [['--rtmp-silence', '2d'], 'a duration such as 200ms, 2s or 1m'],
    [['--rtmp-silence', '0'], 'a duration'],
    [['--rtmp-publish-deadline', '1000h'], 'to 24h'],
    [['--hls-part', '5s'], 'from 20ms to 1s'],
    [['--hls-segment', '100ms'], 'from 1s to 30s'],
    [['--hls-hold', '10s'], 'from 1ms to 9s'],
    [['--rtmp-max-message', '1MB'], 'a size such as 512KiB or 64MiB'],
    [['--hls-hold-back', '2'], 'a number from 3 to 100'],
    [['--http-base-path', 'tv'], 'a path such as /tv, or empty'],
    [['--http-base-path', '/tv/'], '"/tv/"'],
    [['--log-level', 'loud'], 'one of debug, info, warn, error, silent'],
  ])('%j', (args, words) => {
    const { code, message } = faultOf(() => read(args));
    expect(code).toBe('bad_setting');
    expect(message).toContain(words);
  });

  test.each([
    ['a list', { rtmp: [] }],
    ['a text', { rtmp: 'x' }],
    ['not sections at all', []],
    ['a port that is an object', { rtmp: { port: {} } }],
    ['a port that is true', { rtmp: { port: true } }],
    ['a part below a millisecond', { hls: { part: 0.2 } }],
    ['a duration that is not a number', { hls: { part: Number.NaN } }],
  ])('%s', (_what, nested) => {
    expect(faultOf(() => settingsFrom(nested)).code).toBe('bad_setting');
  });

  test('a flag without its value', () => {
    for (const args of [['--rtmp-port'], ['--config'], ['--http-host', '--demo']]) {
      expect(faultOf(() => read(args))).toMatchObject({
        code: 'missing_value',
        message: `${args[0]} needs a value`,
      });
    }
  });

  test('files that cannot be read, or are no YAML', () => {
    const gone = path.join(tmpdir(), 'sluice-no-such-file.yaml');
    expect(faultOf(() => read(['--config', gone]))).toMatchObject({
      code: 'unreadable_file',
      message: expect.stringContaining(gone),
    });
    expect(faultOf(() => read(['--config', fileWith('rtmp: [')])).code).toBe('bad_file');
    expect(faultOf(() => read(['--config', fileWith('just text')])).code).toBe('bad_setting');
    expect(faultOf(() => read(['--config', fileWith('rtmp: {port: 1}\nrtmp: {port: 2}')])).code).toBe(
      'bad_file',
    );
  });
});
