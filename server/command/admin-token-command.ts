// Parses the arguments of `sluice admin-token`. Settings are accepted too, for the data folder.

import { type AdminScope, TOKEN_FIELDS } from '../settings/admin-token.ts';
import { unknownName } from '../settings/sources.ts';
import { acceptedBy, badOption } from './option-values.ts';
import { subcommandWords } from './subcommand-words.ts';

export type AdminTokenAction =
  | { readonly kind: 'add'; readonly name: string; readonly scope: AdminScope }
  | { readonly kind: 'list' }
  | { readonly kind: 'remove'; readonly id: string }
  | { readonly kind: 'help' };

/** The requested action, and the arguments that are settings. */
export type AdminTokenArguments = {
  readonly action: AdminTokenAction;
  readonly settings: readonly string[];
};

const ACTIONS = ['add', 'list', 'remove'];

/** `args` are the arguments after `admin-token`. Throws GatewayError for anything unknown, missing or malformed. */
export function readAdminTokenArguments(args: readonly string[]): AdminTokenArguments {
  const read = subcommandWords(args, ['scope']);
  if (read.kind === 'help') return { action: { kind: 'help' }, settings: [] };
  return { action: actionOf(read.words, read.given.get('scope')?.at(-1)), settings: read.settings };
}

function actionOf(words: readonly string[], scope: string | undefined): AdminTokenAction {
  const [action, subject, ...rest] = words;
  if (action === undefined) return { kind: 'help' };
  if (!ACTIONS.includes(action)) throw unknownName(`admin-token ${action}`, action, ACTIONS);
  if (rest.length > 0 || (action === 'list' && subject !== undefined))
    throw badOption(
      `admin-token ${action} takes ${action === 'list' ? 'no name' : 'one word'}; ${words.length - 1} are given`,
    );
  if (action !== 'add' && scope !== undefined) throw badOption('--scope belongs to admin-token add');
  if (action === 'list') return { kind: 'list' };
  if (subject === undefined)
    throw badOption(`admin-token ${action} needs ${action === 'add' ? 'a name' : 'the id of a token'}`);
  if (action === 'remove') return { kind: 'remove', id: subject };
  return {
    kind: 'add',
    name: acceptedBy(`admin-token add ${subject}`, TOKEN_FIELDS.name.setting.read(subject, 'flag')),
    scope:
      scope === undefined
        ? 'read'
        : acceptedBy(`--scope ${scope}`, TOKEN_FIELDS.scope.setting.read(scope, 'flag')),
  };
}
