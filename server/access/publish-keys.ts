// A set of publish keys, as digests: finds the key that a publisher sent, and says what it allows.

import { timingSafeEqual } from 'node:crypto';
import { NetworkList } from '../address.ts';
import { GatewayError } from '../errors.ts';
import type { KeyRecord } from '../settings/publish-key.ts';
import type { KeyDigests } from './key-digest.ts';

/** Options of a key. */
export type KeyTerms = {
  readonly takeover?: 'silent' | 'newest' | undefined;
  /** Milliseconds since the Unix epoch. */
  readonly expiresAt?: number | undefined;
  /** CIDR blocks and addresses; empty for any. */
  readonly networks: readonly string[];
  /** 0 for any. */
  readonly maxBitsPerSecond?: number | undefined;
  /** 0 for any. */
  readonly maxViewers?: number | undefined;
};

/** Where a key is kept. */
export type KeySource = 'keys.list' | 'keys.file' | 'data.dir';

export type PublishKey = KeyTerms & {
  /** The public name. */
  readonly name: string;
  readonly digest: Buffer;
  readonly source: KeySource;
  /** Of keys in the data folder only. */
  readonly id?: string;
};

type Entry = { readonly key: PublishKey; readonly allowed: NetworkList | undefined };

export class PublishKeys {
  readonly list: readonly PublishKey[];
  readonly #digests: KeyDigests;
  readonly #byDigest = new Map<string, Entry>();

  /** Throws GatewayError `double_key` if two records have the same key. */
  constructor(keys: readonly PublishKey[], digests: KeyDigests) {
    this.list = keys;
    this.#digests = digests;
    for (const key of keys) {
      const hex = key.digest.toString('hex');
      const other = this.#byDigest.get(hex);
      if (other !== undefined) throw doubleKey(key, other.key);
      const allowed = key.networks.length === 0 ? undefined : new NetworkList(key.networks.join(','));
      this.#byDigest.set(hex, { key, allowed });
    }
  }

  get count(): number {
    return this.list.length;
  }

  /** Finds the key that a publisher sent. The time it takes does not depend on the other keys. */
  find(key: string): PublishKey | undefined {
    const digest = this.#digests.of(key);
    const entry = this.#byDigest.get(digest.toString('hex'));
    return entry !== undefined && timingSafeEqual(entry.key.digest, digest) ? entry.key : undefined;
  }

  digestOf(key: string): Buffer {
    return this.#digests.of(key);
  }

  /** Whether a key that was found earlier, perhaps in another set, still belongs to its name. */
  has({ digest, name }: PublishKey): boolean {
    return this.#byDigest.get(digest.toString('hex'))?.key.name === name;
  }

  /** Whether a key of this set is valid for an address. */
  worksFrom({ digest }: PublishKey, address: string): boolean {
    const entry = this.#byDigest.get(digest.toString('hex'));
    return entry !== undefined && (entry.allowed === undefined || entry.allowed.has(address));
  }
}

/** Makes digests of records; the keys themselves are not kept. */
export function keysFromRecords(
  records: readonly KeyRecord[],
  source: KeySource,
  digests: KeyDigests,
): PublishKey[] {
  return records.map((record) => ({
    name: record.name,
    digest: digests.of(record.key),
    source,
    takeover: record.takeover,
    expiresAt: record.expires,
    networks: record.networks ?? [],
    maxBitsPerSecond: record.maxBitrate,
    maxViewers: record.maxViewers,
  }));
}

function doubleKey(one: PublishKey, other: PublishKey): GatewayError {
  return new GatewayError(
    'config',
    'double_key',
    `one publish key is given twice, for "${other.name}" in ${other.source} and for "${one.name}" in ${one.source}; leave one out`,
  );
}
