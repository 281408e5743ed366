// Parses the command line. Settings are flags with the names of the table.

import { parseArgs } from 'node:util';
import { systemClock } from '../clock.ts';
import { GatewayError } from '../errors.ts';
import {
  type Config,
  processEnvironment,
  readConfig,
  settingFlags,
  unknownName,
  type Values,
} from '../settings/sources.ts';
import { type AdminTokenAction, readAdminTokenArguments } from './admin-token-command.ts';
import { type KeyAction, readKeyArguments } from './key-command.ts';
import { readTokenArguments, type TokenAction } from './token-command.ts';

/** The requested action. */
export type CommandLine =
  | { readonly kind: 'help'; readonly isShort: boolean }
  | { readonly kind: 'version' }
  | { readonly kind: 'print-schema' }
  | { readonly kind: 'print-config'; readonly config: Config }
  | { readonly kind: 'check-ready'; readonly config: Config }
  | { readonly kind: 'key'; readonly action: KeyAction; readonly config: Config }
  | { readonly kind: 'token'; readonly action: TokenAction; readonly config: Config }
  | { readonly kind: 'admin-token'; readonly action: AdminTokenAction; readonly config: Config }
  | { readonly kind: 'run'; readonly config: Config; readonly withDemo: boolean };

/** Options without a value, with their short forms. */
const SWITCHES = {
  help: 'h',
  version: 'v',
  demo: undefined,
  'print-config': undefined,
  'print-schema': undefined,
  'check-ready': undefined,
} as const;

type Tokens = ReturnType<typeof tokensOf>;
type OptionToken = Extract<Tokens[number], { kind: 'option' }>;

/** Reads the command line, the environment and the file. Throws GatewayError for anything unknown or malformed. */
export function readCommand(
  args: readonly string[],
  environment: NodeJS.ProcessEnv = processEnvironment(),
): CommandLine {
  if (args[0] === 'key') return readKeyCommand(args.slice(1), environment);
  if (args[0] === 'token') {
    const { action, settings } = readTokenArguments(args.slice(1));
    return { kind: 'token', action, config: configOf(settings, environment) };
  }
  if (args[0] === 'admin-token') return readAdminTokenCommand(args.slice(1), environment);
  const paths = settingFlags();
  const occurrences = new Map<string, string[]>();
  const asked = new Set<string>();
  let isShortHelp = false;
  let isEnded = false;
  let file: string | undefined;
  for (const token of tokensOf(args)) {
    if (token.kind === 'option-terminator') {
      isEnded = true;
      continue;
    }
    if (token.kind === 'positional') throw isEnded ? afterEnd(token.value) : unknownOption(token.value);
    const flag = token.rawName;
    if (flag === '--config') file = optionValue(token);
    else if (paths.has(flag)) occurrences.set(flag, [...(occurrences.get(flag) ?? []), optionValue(token)]);
    else if (isSwitch(token.name) && [`--${token.name}`, `-${SWITCHES[token.name]}`].includes(flag)) {
      if (token.value !== undefined)
        throw new GatewayError('config', 'needless_value', `${flag} takes no value`);
      if (flag === '-h') isShortHelp = true;
      asked.add(token.name);
    } else throw unknownOption(flag);
  }
  if (asked.has('help')) return { kind: 'help', isShort: isShortHelp };
  if (asked.has('version')) return { kind: 'version' };
  if (asked.has('print-schema')) return { kind: 'print-schema' };
  const config = readConfig(file, environment, flagValues(occurrences, paths));
  if (asked.has('print-config')) return { kind: 'print-config', config };
  if (asked.has('check-ready')) return { kind: 'check-ready', config };
  return { kind: 'run', config, withDemo: asked.has('demo') };
}

function readKeyCommand(args: readonly string[], environment: NodeJS.ProcessEnv): CommandLine {
  const { action, settings } = readKeyArguments(args, systemClock.epochMs());
  return { kind: 'key', action, config: configOf(settings, environment) };
}

function readAdminTokenCommand(args: readonly string[], environment: NodeJS.ProcessEnv): CommandLine {
  const { action, settings } = readAdminTokenArguments(args);
  return { kind: 'admin-token', action, config: configOf(settings, environment) };
}

/** The settings of a subcommand. */
function configOf(settings: readonly string[], environment: NodeJS.ProcessEnv): Config {
  const command = readCommand(settings, environment);
  if (command.kind !== 'run') throw new Error(`settings alone are ${command.kind}`);
  return command.config;
}

/** parseArgs only splits. It is not strict, because its messages do not name the nearest option. */
function tokensOf(args: readonly string[]) {
  const settings = [...settingFlags().keys()].map((flag) => [
    flag.slice(2),
    { type: 'string', multiple: true },
  ]);
  const switches = Object.entries(SWITCHES).map(([name, short]) => [
    name,
    { type: 'boolean', ...(short === undefined ? {} : { short }) },
  ]);
  const options = Object.fromEntries([...settings, ...switches, ['config', { type: 'string' }]]) as Record<
    string,
    { type: 'string' | 'boolean' }
  >;
  return parseArgs({ args: [...args], options, strict: false, tokens: true }).tokens;
}

/** The next word is not a value if it is an option; `--x=--y` has one. */
function optionValue(token: OptionToken): string {
  const { value, inlineValue, rawName } = token;
  if (typeof value === 'string' && (inlineValue === true || !value.startsWith('--'))) return value;
  throw new GatewayError('config', 'missing_value', `${rawName} needs a value`);
}

function isSwitch(name: string): name is keyof typeof SWITCHES {
  return Object.hasOwn(SWITCHES, name);
}

function flagValues(
  occurrences: ReadonlyMap<string, readonly string[]>,
  paths: ReturnType<typeof settingFlags>,
): Values {
  const values: Values = new Map();
  for (const [flag, raw] of occurrences) {
    const path = paths.get(flag);
    if (path !== undefined) values.set(path, { raw, source: 'flag', origin: flag });
  }
  return values;
}

function unknownOption(given: string): GatewayError {
  const known = [...Object.keys(SWITCHES).map((name) => `--${name}`), '--config', ...settingFlags().keys()];
  return unknownName(`option ${given}`, given, known);
}

/** No option is read behind `--` (POSIX.1-2017 clause 12.2, guideline 10). */
function afterEnd(given: string): GatewayError {
  const message = `${given} stands behind a --, where no option is read; leave that -- out`;
  return new GatewayError('config', 'unknown_setting', message);
}
