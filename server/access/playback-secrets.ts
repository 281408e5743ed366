// The secrets that sign playback tokens, where settings give none: kept in the data folder as playback.json.

import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { memoized } from '../memoized.ts';
import type { Store, StoreKind } from '../store/store.ts';

const SECRET_BYTES = 32;
const playbackSchema = memoized(() =>
  z.strictObject({ secrets: z.array(z.string().min(32).max(256)).min(1) }),
);

/** The first secret signs, all verify. */
export const PLAYBACK_KIND: StoreKind<z.infer<ReturnType<typeof playbackSchema>>> = {
  name: 'playback',
  format: 1,
  schema: playbackSchema,
};

export function newPlaybackSecret(): string {
  return randomBytes(SECRET_BYTES).toString('hex');
}

/** The secrets of the folder; makes one if there is none. Rejects with GatewayError if the file cannot be used. */
export async function storedPlaybackSecrets(store: Store): Promise<readonly string[]> {
  const { secrets } =
    (await store.read(PLAYBACK_KIND)) ??
    (await store.update(PLAYBACK_KIND, (made) => made ?? { secrets: [newPlaybackSecret()] }));
  return secrets;
}
