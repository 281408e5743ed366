// `sluice admin-token`: adds, lists and removes admin tokens. A gateway that runs on the same data folder sees the change.

import { type AdminToken, tokensFromRecords } from '../access/admin-tokens.ts';
import { KeyDigests } from '../access/key-digest.ts';
import { StoredAdminTokens } from '../access/stored-admin-tokens.ts';
import { environmentNameOf, type Settings } from '../settings/table.ts';
import type { AdminTokenAction } from './admin-token-command.ts';
import { findDataFolder, openDataFolder } from './data-folder.ts';
import { renderColumns } from './text-table.ts';

/** Resolves with the text to print. Rejects with GatewayError. `program` is the command that the user typed. */
export async function adminTokenAction(
  action: AdminTokenAction,
  settings: Settings,
  { program, nowMs }: { readonly program: string; readonly nowMs: number },
): Promise<string> {
  switch (action.kind) {
    case 'help':
      return renderHelpText(program);
    case 'list':
      return renderTokens(await allTokens(settings), program);
    case 'add': {
      const stored = await storedTokens(settings, program);
      const { id, token } = await stored.add(action.name, action.scope, nowMs);
      const isFirst = (await allTokens(settings)).length === 1;
      const closes = isFirst ? 'It is the first token: from now on, nobody uses the API without one.\n' : '';
      return `Token ${id} for "${action.name}", scope ${action.scope}. It is shown this once:\n\n${token}\n\nSend it as Authorization: Bearer TOKEN.\n${closes}`;
    }
    case 'remove': {
      const name = await (await storedTokens(settings, program, true)).remove(action.id);
      return `Token ${action.id} ("${name}") is removed. A gateway that runs on this folder refuses it from now on.\n`;
    }
  }
}

async function storedTokens(
  settings: Settings,
  program: string,
  mustExist = false,
): Promise<StoredAdminTokens> {
  return StoredAdminTokens.open(await openDataFolder(settings, `${program} admin-token`, mustExist));
}

async function allTokens(settings: Settings): Promise<readonly AdminToken[]> {
  const folder = await findDataFolder(settings);
  const stored = folder && (await StoredAdminTokens.open(folder));
  const configured = tokensFromRecords(settings['admin.tokens'], stored?.digests ?? new KeyDigests());
  return [...configured, ...((await stored?.list()) ?? [])];
}

function renderTokens(tokens: readonly AdminToken[], program: string): string {
  if (tokens.length === 0)
    return `No admin tokens: the private network may use the API. ${program} admin-token add NAME makes one.\n`;
  return renderColumns([
    ['ID', 'NAME', 'SCOPE', 'FROM'],
    ...tokens.map(({ id = '-', name, scope, source }) => [id, name, scope, source]),
  ]);
}

function renderHelpText(program: string): string {
  return `Admin tokens: secrets with which programs use the API (/api/v1/)

Usage: ${program} admin-token add NAME [--scope write] --data-dir DIR
       ${program} admin-token list --data-dir DIR
       ${program} admin-token remove ID --data-dir DIR

NAME says what the token is for. Without --scope write it may only read.

While there is no token, private networks may use the API. A gateway that runs
with the same folder follows at once. No token is kept: a lost one is removed,
and another one added.
The folder may come from ${environmentNameOf('data.dir')} or the settings file as well.
`;
}
