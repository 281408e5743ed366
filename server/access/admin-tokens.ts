// A set of admin tokens, as digests: finds the token that a request sent, and says what it allows.

import { timingSafeEqual } from 'node:crypto';
import { GatewayError } from '../errors.ts';
import type { AdminScope, TokenRecord } from '../settings/admin-token.ts';
import type { KeyDigests } from './key-digest.ts';

export type AdminToken = {
  /** What it is for. */
  readonly name: string;
  readonly scope: AdminScope;
  readonly digest: Buffer;
  readonly source: 'admin.tokens' | 'data.dir';
  /** Of tokens in the data folder only. */
  readonly id?: string;
};

export class AdminTokens {
  readonly list: readonly AdminToken[];
  readonly #digests: KeyDigests;
  readonly #byDigest = new Map<string, AdminToken>();

  /** Throws GatewayError `double_key` if two records have the same token. */
  constructor(tokens: readonly AdminToken[], digests: KeyDigests) {
    this.list = tokens;
    this.#digests = digests;
    for (const token of tokens) {
      const hex = token.digest.toString('hex');
      const other = this.#byDigest.get(hex);
      if (other !== undefined)
        throw new GatewayError(
          'config',
          'double_key',
          `one admin token is given twice, as "${other.name}" in ${other.source} and as "${token.name}" in ${token.source}; leave one out`,
        );
      this.#byDigest.set(hex, token);
    }
  }

  /** Finds the token that a request sent. The time it takes does not depend on the other tokens. */
  find(token: string): AdminToken | undefined {
    const digest = this.#digests.ofAdminToken(token);
    const found = this.#byDigest.get(digest.toString('hex'));
    return found !== undefined && timingSafeEqual(found.digest, digest) ? found : undefined;
  }
}

/** Makes digests of records; the tokens themselves are not kept. */
export function tokensFromRecords(records: readonly TokenRecord[], digests: KeyDigests): AdminToken[] {
  return records.map(({ name, token, scope = 'read' }) => ({
    name,
    scope,
    digest: digests.ofAdminToken(token),
    source: 'admin.tokens',
  }));
}

/** Who used the API, for the log: a token by its id, or by its name in the settings. */
export function labelOf({ id, name }: AdminToken): string {
  return id === undefined ? `token ${name} (admin.tokens)` : `token ${id} (${name})`;
}
