// Where settings come from, which layer has priority, and the message for a wrong one.
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { type CommandLine, readCommand } from '../../../server/command/command-line.ts';
import { GatewayError } from '../../../server/errors.ts';
import type { Config } from '../../../server/settings/sources.ts';
import {
  environmentNameOf,
  flagOf,
  hasFlag,
  settingOf,
  settingPaths,
} from '../../../server/settings/table.ts';
import { sectionsOf, settingsFrom } from '../../support/settings.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

function fileWith(yaml: string): string {
  const folder = temporaryFolder('config');
  const file = path.join(folder, 'settings.yaml');
  writeFileSync(file, yaml);
  return file;
}

function configOf(command: CommandLine): Config {
  if (!('config' in command)) throw new Error(`it is ${command.kind}`);
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
    for (const setting of settingPaths()) expect(settings[setting]).toBe(settingOf(setting).defaultValue);
    expect(new Set(origins.values())).toEqual(new Set(['default']));
  });

  test('every setting has a flag and an environment variable that work', () => {
    for (const setting of settingPaths()) {
      const { show, defaultValue } = settingOf(setting);
      const raw = show(defaultValue);
      const [flag, name] = [flagOf(setting), environmentNameOf(setting)];
      if (hasFlag(setting)) expect(read([`${flag}=${raw}`]).origins.get(setting)).toBe(flag);
      expect(read([], { [name]: raw }).origins.get(setting)).toBe(name);
    }
  });
});

describe('commands', () => {
  test('help and version win over everything but nonsense', () => {
    expect(readCommand(['--help', '--rtmp-port', '1'], {}).kind).toBe('help');
    expect(readCommand(['--version'], {}).kind).toBe('version');
    expect(readCommand(['-h'], {})).toEqual({ kind: 'help', isShort: true });
    expect(readCommand(['-v'], {}).kind).toBe('version');
    expect(readCommand(['-hv'], {}).kind).toBe('help');
    expect(readCommand(['--print-schema'], {}).kind).toBe('print-schema');
    expect(readCommand(['--check-ready'], {}).kind).toBe('check-ready');
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
    expect(faultOf(() => read(['-x'])).message).toBe('option -x is unknown; see --help for all of them');
    expect(faultOf(() => read(['--', 'stray'])).message).toContain('stray');
    expect(faultOf(() => read(['--', '--http-port', '1'])).message).toBe(
      '--http-port stands behind a --, where no option is read; leave that -- out',
    );
    expect(faultOf(() => read(['--demo=yes'])).message).toBe('--demo takes no value');
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
    expect(faultOf(() => read(['--config', fileWith('rtmp.port: 1')])).message).toContain(
      'rtmp.port is at the top; write it in its section: rtmp: { port: … }',
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
    [['--rtmp-port', '65536'], '--rtmp-port 65536: it must be a port from 0 to 65535'],
    [['--rtmp-port', '-1'], 'a port from 0 to 65535'],
    [['--rtmp-port', '1e3'], '--rtmp-port 1e3: it must be a port'],
    [['--rtmp-port='], '--rtmp-port "": it must be a port'],
    [['--hls-dvr', '60'], '--hls-dvr 60: did you mean 60s or 60ms?'],
    [['--rtmp-max-connections', '0'], 'a whole number from 1'],
    [['--rtmp-silence', '2d'], 'a duration such as 200ms, 2s or 1m'],
    [['--rtmp-silence', '0'], 'a duration'],
    [['--rtmp-publish-deadline', '1000h'], 'to 1h'],
    [['--hls-part', '5s'], 'from 20ms to 1s'],
    [['--hls-segment', '100ms'], 'from 1s to 30s'],
    [['--hls-hold', '10s'], 'from 20ms to 9s'],
    [['--rtmp-max-message', '1MB'], 'a size such as 512KiB or 64MiB'],
    [['--hls-hold-back', '2'], 'a number from 3 to 100'],
    [['--http-base-path', 'tv'], 'a path such as /tv, or empty'],
    [['--http-base-path', '/tv/'], '--http-base-path /tv/: it must be a path'],
    [['--http-base-path', '/tv/..'], '--http-base-path /tv/..: it must be a path'],
    [['--http-base-path', '/./tv'], '--http-base-path /./tv: it must be a path'],
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

  test('a variable and a line of a file are named as they are written', () => {
    expect(faultOf(() => read([], { SLUICE_HLS_DVR: '60' })).message).toBe(
      'SLUICE_HLS_DVR=60: did you mean 60s or 60ms?',
    );
    const file = fileWith('hls:\n  dvr: 60\n');
    expect(faultOf(() => read(['--config', file])).message).toBe(
      `${file}: hls.dvr 60: did you mean 60s or 60ms?`,
    );
  });

  test('a long value is cut, and control characters are shown', () => {
    const { message } = faultOf(() => read(['--hls-part', `\u001b[2J${'x'.repeat(1000)}`]));
    expect(message).toContain('--hls-part "\\u001b[2Jxxx');
    expect(message.length).toBeLessThan(300);
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
      message: `the settings file ${gone} cannot be read: there is no such file`,
    });
    expect(faultOf(() => read(['--config', tmpdir()])).message).toBe(
      `the settings file ${tmpdir()} cannot be read: it is a folder`,
    );
    expect(faultOf(() => read(['--config', fileWith('rtmp: [')])).code).toBe('bad_file');
    expect(faultOf(() => read(['--config', fileWith('just text')])).code).toBe('bad_setting');
    expect(faultOf(() => read(['--config', fileWith('rtmp: {port: 1}\nrtmp: {port: 2}')])).code).toBe(
      'bad_file',
    );
  });
});
