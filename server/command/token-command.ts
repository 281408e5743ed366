// Parses the arguments of `sluice token`. Settings are accepted too, for the secret and the addresses to print.

import { parseArgs } from 'node:util';
import { GatewayError } from '../errors.ts';
import { settingFlags, unknownName } from '../settings/sources.ts';

/** What the token allows. */
export type TokenAction =
  | {
      readonly kind: 'make';
      readonly name: string;
      readonly lastsMs: number;
      readonly network: string | undefined;
      readonly viewer: string | undefined;
    }
  | { readonly kind: 'help' };

/** The requested action, and the arguments that are settings. */
export type TokenArguments = { readonly action: TokenAction; readonly settings: readonly string[] };

const OPTIONS = ['for', 'network', 'viewer'] as const;
type TokenOption = (typeof OPTIONS)[number];

const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 24 * 3_600_000 };
const DEFAULT_LIFETIME = '2h';
/** Ten years: a token cannot be revoked alone. */
const MAX_LIFETIME_MS = 3_650 * 24 * 3_600_000;

/** `args` are the arguments after `token`. Throws GatewayError for anything unknown, missing or malformed. */
export function readTokenArguments(args: readonly string[]): TokenArguments {
  const flags = settingFlags();
  const words: string[] = [];
  const settings: string[] = [];
  const given = new Map<TokenOption, string>();
  for (const token of tokensOf(args)) {
    if (token.kind === 'option-terminator') continue;
    if (token.kind === 'positional') words.push(token.value);
    else if (['-h', '--help'].includes(token.rawName)) return { action: { kind: 'help' }, settings: [] };
    else {
      const option = OPTIONS.find((each) => `--${each}` === token.rawName);
      if (option === undefined && token.rawName !== '--config' && !flags.has(token.rawName)) {
        const known = [...OPTIONS.map((each) => `--${each}`), '--config', ...flags.keys()];
        throw unknownName(`option ${token.rawName}`, token.rawName, known);
      }
      if (token.value === undefined || (token.inlineValue !== true && token.value.startsWith('--')))
        throw new GatewayError('config', 'missing_value', `${token.rawName} needs a value`);
      if (option === undefined) settings.push(`${token.rawName}=${token.value}`);
      else given.set(option, token.value);
    }
  }
  return { action: actionOf(words, given), settings };
}

function tokensOf(args: readonly string[]) {
  const names = [...OPTIONS, 'config', ...[...settingFlags().keys()].map((flag) => flag.slice(2))];
  const options = Object.fromEntries(
    names.map((name) => [name, { type: 'string', multiple: true }]),
  ) as Record<string, { type: 'string' | 'boolean' }>;
  return parseArgs({ args: [...args], options, strict: false, tokens: true }).tokens;
}

function actionOf(words: readonly string[], given: ReadonlyMap<TokenOption, string>): TokenAction {
  const [name, ...rest] = words;
  if (name === undefined && given.size === 0) return { kind: 'help' };
  if (name === undefined || rest.length > 0)
    throw bad(`token takes the name of one stream; ${words.length} are given`);
  const lastsMs = lifetimeOf(given.get('for') ?? DEFAULT_LIFETIME);
  return { kind: 'make', name, lastsMs, network: given.get('network'), viewer: given.get('viewer') };
}

/** `90m`, `2h`, `30d`. */
function lifetimeOf(text: string): number {
  const [, amount, unit = ''] = /^(\d{1,9})([smhd])$/.exec(text) ?? [];
  const lastsMs = Number(amount) * (UNIT_MS[unit] ?? Number.NaN);
  if (lastsMs > 0 && lastsMs <= MAX_LIFETIME_MS) return lastsMs;
  throw bad(`--for ${text}: it must be a time such as 90m, 2h or 30d, up to 3650d`);
}

function bad(message: string): GatewayError {
  return new GatewayError('config', 'bad_setting', message);
}
