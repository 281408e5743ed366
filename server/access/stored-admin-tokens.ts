// Admin tokens in the data folder: their digests in admin-tokens.json, made with the secret of publish keys.

import { z } from 'zod';
import { GatewayError } from '../errors.ts';
import { memoized } from '../memoized.ts';
import type { AdminScope } from '../settings/admin-token.ts';
import { NAME_PATTERN } from '../settings/name-text.ts';
import { ENTRY_ID } from '../store/entry-id.ts';
import type { Store, StoreKind } from '../store/store.ts';
import type { AdminToken } from './admin-tokens.ts';
import { type KeyDigests, newAdminToken, newKeyId } from './key-digest.ts';
import { StoredKeys } from './stored-keys.ts';
import { checkSecret } from './stored-secrets.ts';

const tokenSchema = memoized(() =>
  z.strictObject({
    id: z.string().regex(ENTRY_ID),
    name: z.string().regex(NAME_PATTERN),
    scope: z.enum(['read', 'write']),
    digest: z.string().regex(/^[0-9a-f]{64}$/),
    created: z.iso.datetime(),
  }),
);
const tokensSchema = memoized(() => z.strictObject({ secretId: z.string(), tokens: z.array(tokenSchema()) }));
export const ADMIN_TOKENS_KIND: StoreKind<z.infer<ReturnType<typeof tokensSchema>>> = {
  name: 'admin-tokens',
  format: 1,
  schema: tokensSchema,
};

const FILE = { file: `${ADMIN_TOKENS_KIND.name}.json`, what: 'tokens' };

/** A new token, which is shown once. */
export type AddedAdminToken = { readonly id: string; readonly token: string };

export class StoredAdminTokens {
  readonly digests: KeyDigests;
  readonly #store: Store;

  private constructor(store: Store, digests: KeyDigests) {
    this.#store = store;
    this.digests = digests;
  }

  /** Makes the secret if there is none. Rejects with GatewayError if a file cannot be used. */
  static async open(store: Store): Promise<StoredAdminTokens> {
    const { digests } = await StoredKeys.open(store);
    return new StoredAdminTokens(store, digests);
  }

  async list(): Promise<readonly AdminToken[]> {
    const content = await this.#store.read(ADMIN_TOKENS_KIND);
    checkSecret(this.digests, content, FILE);
    return (content?.tokens ?? []).map(({ id, name, scope, digest }) => ({
      id,
      name,
      scope,
      digest: Buffer.from(digest, 'hex'),
      source: 'data.dir',
    }));
  }

  /** `nowMs` is milliseconds since the Unix epoch. */
  async add(name: string, scope: AdminScope, nowMs: number): Promise<AddedAdminToken> {
    const added = { id: newKeyId(), token: newAdminToken() };
    const digest = this.digests.ofAdminToken(added.token).toString('hex');
    const stored = { id: added.id, name, scope, digest, created: new Date(nowMs).toISOString() };
    await this.#store.update(ADMIN_TOKENS_KIND, (present) => {
      checkSecret(this.digests, present, FILE);
      return { secretId: this.digests.secretId, tokens: [...(present?.tokens ?? []), stored] };
    });
    return added;
  }

  /** @returns the name of the token that was removed. Rejects with GatewayError `no_such_admin_token`. */
  async remove(id: string): Promise<string> {
    let name = '';
    await this.#store.update(ADMIN_TOKENS_KIND, (present) => {
      const gone = present?.tokens.find((each) => each.id === id);
      if (present === undefined || gone === undefined)
        throw new GatewayError(
          'config',
          'no_such_admin_token',
          `no admin token in the data folder has the id ${JSON.stringify(id)}; see sluice admin-token list`,
        );
      name = gone.name;
      return { ...present, tokens: present.tokens.filter((each) => each.id !== id) };
    });
    return name;
  }
}
