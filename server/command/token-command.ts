// Parses the arguments of `sluice token`. Settings are accepted too, for the secret and the addresses to print.

import { badOption, lifetimeOf } from './option-values.ts';
import { subcommandWords } from './subcommand-words.ts';

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

const DEFAULT_LIFETIME = '2h';
/** Ten years: a token cannot be revoked alone. */
const MAX_LIFETIME_MS = 3_650 * 24 * 3_600_000;

/** `args` are the arguments after `token`. Throws GatewayError for anything unknown, missing or malformed. */
export function readTokenArguments(args: readonly string[]): TokenArguments {
  const read = subcommandWords(args, OPTIONS);
  if (read.kind === 'help') return { action: { kind: 'help' }, settings: [] };
  return { action: actionOf(read.words, read.given), settings: read.settings };
}

function actionOf(words: readonly string[], given: ReadonlyMap<TokenOption, readonly string[]>): TokenAction {
  const [name, ...rest] = words;
  if (name === undefined && given.size === 0) return { kind: 'help' };
  if (name === undefined || rest.length > 0)
    throw badOption(`token takes the name of one stream; ${words.length} are given`);
  const [lasts = DEFAULT_LIFETIME, network, viewer] = OPTIONS.map((option) => given.get(option)?.at(-1));
  const lastsMs = lifetimeOf(lasts);
  if (lastsMs === undefined || lastsMs === 0 || lastsMs > MAX_LIFETIME_MS)
    throw badOption(`--for ${lasts}: it must be a time such as 90m, 2h or 30d, up to 3650d`);
  return { kind: 'make', name, lastsMs, network, viewer };
}
