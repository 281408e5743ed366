// Publish keys in the data folder: their digests in keys.json, and the secret of the digests in secret.json.

import { z } from 'zod';
import { networkFault } from '../address.ts';
import { GatewayError } from '../errors.ts';
import { memoized } from '../memoized.ts';
import { NAME_PATTERN } from '../settings/name-text.ts';
import { ENTRY_ID } from '../store/entry-id.ts';
import type { Store, StoreKind } from '../store/store.ts';
import { KeyDigests, newKey, newKeyId, newSecret } from './key-digest.ts';
import type { KeyTerms, PublishKey } from './publish-keys.ts';
import { checkSecret } from './stored-secrets.ts';

const BASE64 = /^[A-Za-z0-9+/]{43}=$/;

const secretSchema = memoized(() => z.strictObject({ secret: z.string().regex(BASE64) }));
export const SECRET_KIND: StoreKind<z.infer<ReturnType<typeof secretSchema>>> = {
  name: 'secret',
  format: 1,
  schema: secretSchema,
};

const keySchema = memoized(() =>
  z.strictObject({
    id: z.string().regex(ENTRY_ID),
    name: z.string().regex(NAME_PATTERN),
    digest: z.string().regex(/^[0-9a-f]{64}$/),
    created: z.iso.datetime(),
    expires: z.iso.datetime().optional(),
    networks: z.array(z.string().refine((given) => networkFault(given) === undefined)).optional(),
    takeover: z.enum(['silent', 'newest']).optional(),
    maxBitsPerSecond: z.number().int().nonnegative().optional(),
    maxViewers: z.number().int().nonnegative().optional(),
  }),
);
const keysSchema = memoized(() => z.strictObject({ secretId: z.string(), keys: z.array(keySchema()) }));
export const KEYS_KIND: StoreKind<z.infer<ReturnType<typeof keysSchema>>> = {
  name: 'keys',
  format: 1,
  schema: keysSchema,
};
type StoredKey = z.infer<ReturnType<typeof keySchema>>;

const FILE = { file: `${KEYS_KIND.name}.json`, what: 'keys' };

/** A new key, which is shown once. */
export type AddedKey = { readonly id: string; readonly key: string };

export class StoredKeys {
  readonly digests: KeyDigests;
  readonly #store: Store;

  private constructor(store: Store, digests: KeyDigests) {
    this.#store = store;
    this.digests = digests;
  }

  /** Makes the secret if there is none. Rejects with GatewayError if a file cannot be used. */
  static async open(store: Store): Promise<StoredKeys> {
    const present = await store.read(SECRET_KIND);
    const { secret } =
      present ??
      (await store.update(SECRET_KIND, (made) => made ?? { secret: newSecret().toString('base64') }));
    return new StoredKeys(store, new KeyDigests(Buffer.from(secret, 'base64')));
  }

  async list(): Promise<readonly PublishKey[]> {
    const content = await this.#store.read(KEYS_KIND);
    checkSecret(this.digests, content, FILE);
    return content?.keys.map(keyFrom) ?? [];
  }

  /** Adds a key for a name, which may have others. `nowMs` is milliseconds since the Unix epoch. */
  async add(name: string, terms: KeyTerms, nowMs: number): Promise<AddedKey> {
    const added = { id: newKeyId(), key: newKey() };
    const stored: StoredKey = {
      id: added.id,
      name,
      digest: this.digests.of(added.key).toString('hex'),
      created: new Date(nowMs).toISOString(),
      ...(terms.expiresAt === undefined ? {} : { expires: new Date(terms.expiresAt).toISOString() }),
      ...(terms.networks.length === 0 ? {} : { networks: [...terms.networks] }),
      ...(terms.takeover === undefined ? {} : { takeover: terms.takeover }),
      ...(terms.maxBitsPerSecond === undefined ? {} : { maxBitsPerSecond: terms.maxBitsPerSecond }),
      ...(terms.maxViewers === undefined ? {} : { maxViewers: terms.maxViewers }),
    };
    await this.#store.update(KEYS_KIND, (present) => {
      checkSecret(this.digests, present, FILE);
      return { secretId: this.digests.secretId, keys: [...(present?.keys ?? []), stored] };
    });
    return added;
  }

  /** @returns the name of the key that was removed. Rejects with GatewayError `no_such_key`. */
  async remove(id: string): Promise<string> {
    let name = '';
    await this.#store.update(KEYS_KIND, (present) => {
      const gone = present?.keys.find((each) => each.id === id);
      if (present === undefined || gone === undefined)
        throw new GatewayError(
          'config',
          'no_such_key',
          `no key has the id ${JSON.stringify(id)}; see sluice key list`,
        );
      name = gone.name;
      return { ...present, keys: present.keys.filter((each) => each.id !== id) };
    });
    return name;
  }
}

function keyFrom(stored: StoredKey): PublishKey {
  return {
    id: stored.id,
    name: stored.name,
    digest: Buffer.from(stored.digest, 'hex'),
    source: 'data.dir',
    takeover: stored.takeover,
    expiresAt: stored.expires === undefined ? undefined : Date.parse(stored.expires),
    networks: stored.networks ?? [],
    maxBitsPerSecond: stored.maxBitsPerSecond,
    maxViewers: stored.maxViewers,
  };
}
