// Where settings come from: flag over environment over file over default. The only reader of the environment.

import { readFileSync } from 'node:fs';
import { parse as parseYaml } from 'yaml';
import { GatewayError } from './errors.ts';
import { nearest } from './nearest.ts';
import {
  environmentNameOf,
  flagOf,
  type GatewaySettings,
  isSettingPath,
  parseSetting,
  SETTINGS,
  type SettingPath,
  type Settings,
} from './settings.ts';

/** What the command line asked for. */
export type Command =
  | { readonly kind: 'help' }
  | { readonly kind: 'version' }
  | { readonly kind: 'print-config'; readonly config: Config }
  | { readonly kind: 'run'; readonly config: Config; readonly withDemo: boolean };

/** Every setting's value, and where it came from. */
export type Config = { readonly settings: Settings; readonly origins: ReadonlyMap<SettingPath, string> };

type Values = Map<SettingPath, { raw: unknown; origin: string }>;

const DEFAULT_FILE = 'sluice.yaml';
const COMMAND_FLAGS = ['--help', '--version', '--print-config', '--config', '--demo'];

/** Reads the command line, the environment and the file. Throws GatewayError for anything unknown or malformed. */
export function readCommand(args: readonly string[], environment: NodeJS.ProcessEnv = process.env): Command {
  const flags: Values = new Map();
  const asked = new Set<string>();
  let file: string | undefined;
  for (let at = 0; at < args.length; at += 1) {
    const argument = args[at] ?? '';
    const [flag, inline] = splitAtEquals(argument);
    const needsValue = flag === '--config' || pathOfFlag(flag) !== undefined;
    const following = args[at + 1];
    const value = inline ?? following;
    if (needsValue && (value === undefined || (inline === undefined && value.startsWith('--'))))
      throw new GatewayError('config', 'missing_value', `${flag} needs a value`);
    if (needsValue && inline === undefined) at += 1;
    const path = pathOfFlag(flag);
    if (path !== undefined) flags.set(path, { raw: value, origin: flag });
    else if (flag === '--config') file = value;
    else if (COMMAND_FLAGS.includes(argument)) asked.add(argument);
    else throw unknown('option', flag, [...COMMAND_FLAGS, ...paths().map(flagOf)]);
  }
  if (asked.has('--help')) return { kind: 'help' };
  if (asked.has('--version')) return { kind: 'version' };
  const config = resolve([readFile(file), readEnvironment(environment), flags]);
  if (asked.has('--print-config')) return { kind: 'print-config', config };
  return { kind: 'run', config, withDemo: asked.has('--demo') };
}

/** Settings in sections, as createGateway() takes them. */
export function sectionsOf(settings: Settings): GatewaySettings {
  const sections: Record<string, Record<string, unknown>> = {};
  for (const path of paths()) {
    const [section = '', key = ''] = path.split('.');
    sections[section] = { ...sections[section], [key]: settings[path] };
  }
  return sections;
}

/** The defaults, with what a program gives over them: `{ rtmp: { port: 0 } }`. */
export function settingsFrom(nested: unknown): Settings {
  return resolve([flatten(nested, 'createGateway()')]).settings;
}

function resolve(layers: readonly Values[]): Config {
  const origins = new Map<SettingPath, string>();
  const settings = Object.fromEntries(
    paths().map((path) => {
      const given = layers.findLast((layer) => layer.has(path))?.get(path);
      origins.set(path, given?.origin ?? 'default');
      return [
        path,
        given === undefined ? SETTINGS[path].defaultValue : parseSetting(path, given.raw, given.origin),
      ];
    }),
  );
  return { settings: settings as Settings, origins };
}

function readEnvironment(environment: NodeJS.ProcessEnv): Values {
  const values: Values = new Map();
  const known = new Map(paths().map((path) => [environmentNameOf(path), path]));
  for (const [name, raw] of Object.entries(environment)) {
    // The test suite's own variables share the prefix.
    if (!name.startsWith('SLUICE_') || name.startsWith('SLUICE_TEST_')) continue;
    const path = known.get(name);
    if (path === undefined) throw unknown('environment variable', name, [...known.keys()]);
    values.set(path, { raw, origin: name });
  }
  return values;
}

function readFile(file: string | undefined): Values {
  const path = file ?? DEFAULT_FILE;
  let content: string;
  try {
    content = readFileSync(path, 'utf8');
  } catch (error) {
    if (file === undefined && (error as NodeJS.ErrnoException).code === 'ENOENT') return new Map();
    throw new GatewayError(
      'config',
      'unreadable_file',
      `the settings file ${path} cannot be read: ${(error as Error).message}`,
    );
  }
  let document: unknown;
  try {
    document = parseYaml(content, { logLevel: 'error' });
  } catch (error) {
    throw new GatewayError(
      'config',
      'bad_file',
      `the settings file ${path} is not YAML: ${(error as Error).message}`,
    );
  }
  return flatten(document ?? {}, path);
}

/** `{ rtmp: { port: 1 } }` → `rtmp.port`. */
function flatten(nested: unknown, origin: string): Values {
  const values: Values = new Map();
  for (const [section, entries] of fieldsOf(nested, origin)) {
    if (!sections().includes(section)) throw unknown('section', section, sections(), origin);
    // A section whose settings are all commented out is null in YAML.
    for (const [key, raw] of fieldsOf(entries ?? {}, `${origin}: ${section}`)) {
      if (raw === undefined) continue;
      const path = `${section}.${kebab(key)}`;
      if (!isSettingPath(path)) throw unknown('setting', path, paths(), origin);
      values.set(path, { raw, origin });
    }
  }
  return values;
}

function fieldsOf(value: unknown, where: string): [string, unknown][] {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return Object.entries(value);
  throw new GatewayError(
    'config',
    'bad_setting',
    `${where}: sections with settings in them are expected, such as rtmp: { port: 1935 }`,
  );
}

/** Programs write `maxMessage`, files `max-message`. */
function kebab(key: string): string {
  return key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function paths(): SettingPath[] {
  return Object.keys(SETTINGS).filter(isSettingPath);
}

function sections(): string[] {
  return [...new Set(paths().map((path) => path.slice(0, path.indexOf('.'))))];
}

function pathOfFlag(flag: string): SettingPath | undefined {
  return paths().find((path) => flagOf(path) === flag);
}

function splitAtEquals(argument: string): [string, string | undefined] {
  const at = argument.indexOf('=');
  return at < 0 ? [argument, undefined] : [argument.slice(0, at), argument.slice(at + 1)];
}

function unknown(what: string, given: string, known: readonly string[], origin?: string): GatewayError {
  const near = nearest(given, known);
  const hint = near === undefined ? 'see --help for all of them' : `did you mean ${near}?`;
  return new GatewayError(
    'config',
    'unknown_setting',
    `${origin === undefined ? '' : `${origin}: `}${what} ${given} is unknown; ${hint}`,
  );
}
