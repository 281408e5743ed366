// Files that are replaced as a whole: whoever reads sees the content before or after, also when the writer or the machine dies.

import { randomBytes } from 'node:crypto';
import { type FileHandle, open, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';

/** Keys and secrets are for the gateway's own user. */
const OWNER_ONLY = 0o600;
const SUFFIX = '.tmp';

/**
 * Writes a file beside the old one and renames it over that. rename() is atomic (POSIX.1-2024); the file is synchronised
 * before it, so that the new name never has old or half content, and the folder after it, so that the new name lasts.
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

/** Removes what writers that were killed have left of a file. The caller is the only one who writes it. */
export async function removeRemains(folder: string, name: string): Promise<void> {
  const names = await readdir(folder);
  const remains = names.filter((each) => each.startsWith(`.${name}.`) && each.endsWith(SUFFIX));
  await Promise.all(remains.map((each) => rm(path.join(folder, each), { force: true })));
}

/** What root writes into the folder of another user, such as by `sudo sluice key add`, is for that user to read. */
async function giveToOwner(file: FileHandle, folder: string): Promise<void> {
  if (process.getuid?.() !== 0) return;
  const { uid, gid } = await stat(folder);
  await file.chown(uid, gid);
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
