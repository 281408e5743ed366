// The data folder of `sluice key` and `sluice admin-token`.

import { GatewayError } from '../errors.ts';
import { environmentNameOf, type Settings } from '../settings/table.ts';
import { FolderStore } from '../store/folder-store.ts';

/** Opens the folder, which is made unless it `mustExist`. Rejects with GatewayError. `words` are those that the user typed. */
export async function openDataFolder(
  settings: Settings,
  words: string,
  mustExist: boolean,
): Promise<FolderStore> {
  const folder = settings['data.dir'];
  if (folder === '')
    throw new GatewayError(
      'config',
      'no_data_dir',
      `no data folder is set: ${words} … --data-dir DIR, ${environmentNameOf('data.dir')}=DIR, or data: { dir: DIR } in ` +
        'the settings file; the gateway needs the same',
    );
  return FolderStore.open(folder, { mustExist });
}

/** Undefined if no folder is set. Rejects with GatewayError if it does not exist. */
export async function findDataFolder(settings: Settings): Promise<FolderStore | undefined> {
  const folder = settings['data.dir'];
  return folder === '' ? undefined : FolderStore.open(folder, { mustExist: true });
}
