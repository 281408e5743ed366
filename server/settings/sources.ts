// Reads settings: a flag overrides the environment, then the file, then the default. Only this file reads the environment.

import { readFileSync } from 'node:fs';
import { GatewayError } from '../errors.ts';
import { fileFault } from '../file-fault.ts';
import { loadPackage } from '../packages.ts';
import { nearest } from './nearest.ts';
import { checkRelations } from './relations.ts';
import { named, type SettingSource } from './setting.ts';
import {
  environmentNameOf,
  flagOf,
  hasFlag,
  isSettingPath,
  LIST_SECTIONS,
  type SettingPath,
  type Settings,
  sectionOf,
  settingOf,
  settingPaths,
} from './table.ts';

/** The value and origin of every setting. */
export type Config = { readonly settings: Settings; readonly origins: ReadonlyMap<SettingPath, string> };

type Given = {
  readonly raw: unknown;
  readonly source: SettingSource;
  /** As in --print-config. */
  readonly origin: string;
};

export type Values = Map<SettingPath, Given>;

const DEFAULT_FILE = 'sluice.yaml';

/** The environment of this process. */
export function processEnvironment(): NodeJS.ProcessEnv {
  return process.env;
}

/** Settings from all sources. Throws GatewayError for unknown and invalid settings. */
export function readConfig(file: string | undefined, environment: NodeJS.ProcessEnv, flags: Values): Config {
  return resolve([readFile(file), readEnvironment(environment), flags]);
}

/** The defaults, overridden by a program's settings: `{ rtmp: { port: 0 } }`. */
export function configFrom(nested: unknown): Config {
  return resolve([flatten(nested, 'createGateway()', 'program')]);
}

/** Throws GatewayError with the place of the value, the fault, and the valid form. */
export function readSetting(path: SettingPath, given: Given): unknown {
  const reading = settingOf(path).read(given.raw, given.source);
  if (reading.kind === 'value') return reading.value;
  throw new GatewayError('config', 'bad_setting', `${placeOf(path, given)}: ${reading.fault}`);
}

/** `--hls-dvr 60`, `SLUICE_HLS_DVR=60`, `sluice.yaml: hls.dvr 60`. */
function placeOf(path: SettingPath, { raw, source, origin }: Given): string {
  const { isSecret, hidesValue } = settingOf(path);
  if (isSecret === true || hidesValue === true)
    return source === 'environment' || source === 'flag' ? origin : `${origin}: ${path}`;
  const value = named(source === 'flag' && Array.isArray(raw) && raw.length === 1 ? raw[0] : raw);
  if (source === 'flag') return `${origin} ${value}`;
  if (source === 'environment') return `${origin}=${value}`;
  return `${origin}: ${path} ${value}`;
}

function resolve(layers: readonly Values[]): Config {
  const origins = new Map<SettingPath, string>();
  const entries = settingPaths().map((path) => {
    const given = layers.findLast((layer) => layer.has(path))?.get(path);
    origins.set(path, given?.origin ?? 'default');
    return [path, given === undefined ? settingOf(path).defaultValue : readSetting(path, given)];
  });
  const settings = Object.fromEntries(entries) as Settings;
  checkRelations(settings);
  return { settings, origins };
}

function readEnvironment(environment: NodeJS.ProcessEnv): Values {
  const values: Values = new Map();
  const known = new Map(settingPaths().map((path) => [environmentNameOf(path), path]));
  for (const [name, raw] of Object.entries(environment)) {
    // Variables of the test suite have the same prefix.
    if (!name.startsWith('SLUICE_') || name.startsWith('SLUICE_TEST_')) continue;
    const path = known.get(name);
    if (path === undefined) throw unknownName(`environment variable ${name}`, name, [...known.keys()]);
    values.set(path, { raw, source: 'environment', origin: name });
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
      `the settings file ${path} cannot be read: ${fileFault(error)}`,
    );
  }
  const { parse, YAMLParseError } = loadPackage<typeof import('yaml')>('yaml');
  let document: unknown;
  try {
    document = parse(content, { logLevel: 'error' });
  } catch (error) {
    const [sentence = ''] = (error as Error).message.split(/:?\n/);
    const where = error instanceof YAMLParseError && error.linePos?.[0].line;
    throw new GatewayError(
      'config',
      'bad_file',
      `the settings file ${path} is not YAML: ${sentence.replace(/ at line.*/, '')}${where ? ` (line ${where})` : ''}`,
    );
  }
  return flatten(document ?? {}, path, 'file');
}

/** `{ rtmp: { port: 1 } }` → `rtmp.port`. */
function flatten(nested: unknown, origin: string, source: SettingSource): Values {
  const values: Values = new Map();
  for (const [section, entries] of fieldsOf(nested, origin)) {
    if (!sections().includes(section)) throw unknownSection(section, origin);
    const listPath = LIST_SECTIONS[section];
    if (listPath !== undefined && Array.isArray(entries)) {
      values.set(listPath, { raw: entries, source, origin });
      continue;
    }
    // A section whose settings are all commented out is null in YAML.
    for (const [key, raw] of fieldsOf(entries ?? {}, `${origin}: ${section}`)) {
      if (raw === undefined) continue;
      const path = `${section}.${kebab(key)}`;
      if (!isSettingPath(path)) throw unknownSetting(section, path, origin);
      values.set(path, { raw, source, origin });
    }
  }
  return values;
}

function fieldsOf(value: unknown, where: string): [string, unknown][] {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return Object.entries(value);
  throw new GatewayError(
    'config',
    'bad_setting',
    `${where}: it must be a section with settings, such as rtmp: { port: 1935 }`,
  );
}

/** In a section of secrets, one may stand where a name is expected: it is told only where it looks like a name. */
function unknownSetting(section: string, path: string, origin: string): GatewayError {
  const holdsSecrets = settingPaths().some((each) => sectionOf(each) === section && !hasFlag(each));
  const isName = /^[a-z.-]{1,32}$/.test(path);
  if (!holdsSecrets || isName) return unknownName(`${origin}: setting ${path}`, path, settingPaths());
  return unknownName(`${origin}: a setting in ${section}`, '', settingPaths());
}

/** Programs write `maxMessage`, files `max-message`. */
function kebab(key: string): string {
  return key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function sections(): string[] {
  return [...new Set(settingPaths().map(sectionOf))];
}

/** A common mistake: `rtmp.port: 1` at the top of a file. */
function unknownSection(section: string, origin: string): GatewayError {
  const path = kebab(section);
  if (!isSettingPath(path)) return unknownName(`${origin}: section ${named(section)}`, section, sections());
  const [head, key] = path.split('.');
  return new GatewayError(
    'config',
    'unknown_setting',
    `${origin}: ${section} is at the top; write it in its section: ${head}: { ${key}: … }`,
  );
}

/** "Did you mean", for options, variables, sections and settings. */
export function unknownName(what: string, given: string, known: readonly string[]): GatewayError {
  const near = nearest(given, known);
  const hint = near === undefined ? 'see --help for all of them' : `did you mean ${near}?`;
  return new GatewayError('config', 'unknown_setting', `${what} is unknown; ${hint}`);
}

/** Names of all flags of settings. */
export function settingFlags(): ReadonlyMap<string, SettingPath> {
  return new Map(
    settingPaths()
      .filter(hasFlag)
      .map((path) => [flagOf(path), path]),
  );
}
