// `sluice key`: adds, lists and removes publish keys. A gateway that runs on the same data folder sees the change.

import { KeyDigests } from '../access/key-digest.ts';
import { readKeys } from '../access/publish-access.ts';
import type { PublishKey } from '../access/publish-keys.ts';
import { type AddedKey, StoredKeys } from '../access/stored-keys.ts';
import { keySourcesOf } from '../component-options.ts';
import { gatewayInfo } from '../gateway-info.ts';
import { environmentNameOf, type Settings, settingOf } from '../settings/table.ts';
import { findDataFolder, openDataFolder } from './data-folder.ts';
import type { KeyAction } from './key-command.ts';
import { renderColumns } from './text-table.ts';

/** Resolves with the text to print. Rejects with GatewayError. `program` is the command that the user typed. */
export async function keyAction(
  action: KeyAction,
  settings: Settings,
  { program, nowMs }: { readonly program: string; readonly nowMs: number },
): Promise<string> {
  switch (action.kind) {
    case 'help':
      return renderKeyHelp(program);
    case 'list':
      return renderList(await allKeys(settings), settings, { program, nowMs });
    case 'add': {
      const stored = await storedKeys(settings, program);
      const { id, key } = await stored.add(action.name, action.terms, nowMs);
      const isFirst = (await allKeys(settings)).length === 1 && !asksBackend(settings);
      return renderAdded({ id, key, name: action.name, isFirst }, settings);
    }
    case 'remove': {
      const name = await (await storedKeys(settings, program, true)).remove(action.id);
      return `Key ${action.id} of "${name}" is removed. A gateway that runs on this folder ends the publication that uses it.\n`;
    }
  }
}

async function storedKeys(settings: Settings, program: string, mustExist = false): Promise<StoredKeys> {
  return StoredKeys.open(await openDataFolder(settings, `${program} key`, mustExist));
}

async function allKeys(settings: Settings): Promise<readonly PublishKey[]> {
  const folder = await findDataFolder(settings);
  const stored = folder && (await StoredKeys.open(folder));
  return readKeys(keySourcesOf(settings), stored?.digests ?? new KeyDigests(), stored);
}

function renderAdded(
  { id, key, name, isFirst }: AddedKey & { readonly name: string; readonly isFirst: boolean },
  settings: Settings,
): string {
  const { servers } = gatewayInfo(settings, undefined).rtmp;
  return `Key ${id} for "${name}". It is shown this once:

${key}

In OBS: Server ${servers[0]}, Stream key as above.
Elsewhere: ${servers[0]}/${key}
Viewers know the name only: /watch/${name}
${isFirst ? 'It is the first key: from now on, nobody publishes without one.\n' : ''}`;
}

/** Keys that are not known here are decided about there. */
function asksBackend(settings: Settings): boolean {
  return settings['auth.publish-url'] !== '';
}

const COLUMNS = ['ID', 'NAME', 'EXPIRES', 'NETWORKS', 'TAKEOVER', 'MAX BITRATE', 'MAX VIEWERS', 'FROM'];

function renderList(
  keys: readonly PublishKey[],
  settings: Settings,
  { program, nowMs }: { readonly program: string; readonly nowMs: number },
): string {
  if (keys.length === 0) {
    const who = asksBackend(settings)
      ? 'the server of auth.publish-url decides who may publish'
      : 'the private network may publish under any name';
    return `No publish keys: ${who}. ${program} key add NAME makes one.\n`;
  }
  return renderColumns([COLUMNS, ...keys.map((key) => rowOf(key, nowMs))]);
}

function rowOf(key: PublishKey, nowMs: number): readonly string[] {
  const { expiresAt, maxBitsPerSecond, maxViewers } = key;
  const expires = expiresAt === undefined ? 'never' : new Date(expiresAt).toISOString().slice(0, 16);
  return [
    key.id ?? '-',
    key.name,
    expiresAt !== undefined && expiresAt <= nowMs
      ? `${expires}Z (over)`
      : `${expires}${expiresAt === undefined ? '' : 'Z'}`,
    key.networks.length === 0 ? 'any' : key.networks.join(','),
    key.takeover ?? '-',
    maxBitsPerSecond === undefined ? '-' : settingOf('rtmp.max-bitrate').show(maxBitsPerSecond),
    maxViewers === undefined ? '-' : String(maxViewers),
    key.source,
  ];
}

function renderKeyHelp(program: string): string {
  return `Publish keys: secrets that encoders send as their stream key

Usage: ${program} key add NAME [options] --data-dir DIR
       ${program} key list --data-dir DIR
       ${program} key remove ID --data-dir DIR

Options of key add:
  --expires WHEN      30d, 12h, 90m, or a date such as 2026-12-31
  --network CIDR      works from there only; may be repeated
  --takeover newest   may take the name from a publisher that still sends
  --max-bitrate 8M    what the publisher may send
  --max-viewers 200   viewers of the stream at the same time

A gateway that runs with the same folder follows within some seconds. No key is
kept: a lost one is removed, and another one added. A name may have several.
The folder may come from ${environmentNameOf('data.dir')} or the settings file as well.
`;
}
