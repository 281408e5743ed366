// Splits the arguments of a subcommand into its words, its own options, and options that are settings.

import { parseArgs } from 'node:util';
import { GatewayError } from '../errors.ts';
import { settingFlags, unknownName } from '../settings/sources.ts';

export type SubcommandWords<Option extends string> =
  | { readonly kind: 'help' }
  | {
      readonly kind: 'words';
      readonly words: readonly string[];
      readonly given: ReadonlyMap<Option, readonly string[]>;
      /** Arguments that are settings. */
      readonly settings: readonly string[];
    };

/** `args` follow the name of the subcommand. Every option has a value. Throws GatewayError for anything unknown or missing. */
export function subcommandWords<Option extends string>(
  args: readonly string[],
  options: readonly Option[],
): SubcommandWords<Option> {
  const flags = settingFlags();
  const words: string[] = [];
  const settings: string[] = [];
  const given = new Map<Option, string[]>();
  for (const token of tokensOf(args, options)) {
    if (token.kind === 'option-terminator') continue;
    if (token.kind === 'positional') words.push(token.value);
    else if (['-h', '--help'].includes(token.rawName)) return { kind: 'help' };
    else {
      const option = options.find((each) => `--${each}` === token.rawName);
      if (option === undefined && token.rawName !== '--config' && !flags.has(token.rawName)) {
        const known = [...options.map((each) => `--${each}`), '--config', ...flags.keys()];
        throw unknownName(`option ${token.rawName}`, token.rawName, known);
      }
      if (token.value === undefined || (token.inlineValue !== true && token.value.startsWith('--')))
        throw new GatewayError('config', 'missing_value', `${token.rawName} needs a value`);
      if (option === undefined) settings.push(`${token.rawName}=${token.value}`);
      else given.set(option, [...(given.get(option) ?? []), token.value]);
    }
  }
  return { kind: 'words', words, given, settings };
}

function tokensOf(args: readonly string[], own: readonly string[]) {
  const names = [...own, 'config', ...[...settingFlags().keys()].map((flag) => flag.slice(2))];
  const options = Object.fromEntries(
    names.map((name) => [name, { type: 'string', multiple: true }]),
  ) as Record<string, { type: 'string' | 'boolean' }>;
  return parseArgs({ args: [...args], options, strict: false, tokens: true }).tokens;
}
