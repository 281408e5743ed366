// Replaces files as a whole. Readers see the old or the new content, also if the writer is killed or the machine loses power.

import { randomBytes } from 'node:crypto';
import { type FileHandle, open, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';

/** Only the user of the gateway may read keys and secrets. */
const OWNER_ONLY = 0o600;
const SUFFIX = '.tmp';

/**
 * Writes a temporary file and renames it. rename() is atomic (POSIX.1-2024). The file is synchronized before the rename, so that
 * it is never partial, and the folder after it, so that the rename is not lost.
 */
export async function replaceFile(folder: string, name: string, text: string): Promise<void> {
  const temporary = path.join(folder, `.${name}.${randomBytes(6).toString('hex')}${SUFFIX}`);
  try {
    const file = await open(temporary, 'wx', OWNER_ONLY);
    try {
      await file.writeFile(text);
      await giveToOwner(file, folder);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path.join(folder, name));
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(folder);
}

/** Removes temporary files of writers that were killed. The caller must hold the lock for writing. */
export async function removeRemains(folder: string, name: string): Promise<void> {
  const names = await readdir(folder);
  const remains = names.filter((each) => each.startsWith(`.${name}.`) && each.endsWith(SUFFIX));
  await Promise.all(remains.map((each) => rm(path.join(folder, each), { force: true })));
}

/** A file that root writes (`sudo sluice key add`) gets the owner of the folder, so that the gateway can read it. */
async function giveToOwner(file: FileHandle, folder: string): Promise<void> {
  if (process.getuid?.() !== 0) return;
  const { uid, gid } = await stat(folder);
  await file.chown(uid, gid);
}

async function syncFolder(folder: string): Promise<void> {
  // Windows cannot open a folder.
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
