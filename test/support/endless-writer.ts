// A process that replaces one kind again and again until it is killed: `node endless-writer FOLDER`. Prints a line when
// it has begun.
import { z } from 'zod';
import { FolderStore } from '../../server/store/folder-store.ts';
import type { StoreKind } from '../../server/store/store.ts';

/** The contents of each version follow from its number, so that a reader can recognise a complete one. */
export const VERSIONS: StoreKind<{ version: number; filler: string }> = {
  name: 'versions',
  format: 1,
  schema: () => z.object({ version: z.number(), filler: z.string() }),
};

export function fillerOf(version: number): string {
  return `${version}.`.repeat((version * 7919) % 4_000);
}

const [, , folder] = process.argv;
if (folder !== undefined && process.argv[1]?.includes('endless-writer') === true) {
  const store = await FolderStore.open(folder);
  for (let isFirst = true; ; isFirst = false) {
    await store.update(VERSIONS, (present) => {
      const version = (present?.version ?? 0) + 1;
      return { version, filler: fillerOf(version) };
    });
    if (isFirst) process.stdout.write('writing\n');
  }
}
