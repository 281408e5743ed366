// The publish keys of a running gateway. They are read at start, when a file changes, and on demand.

import { statSync, unwatchFile, watchFile } from 'node:fs';
import type { Clock } from '../clock.ts';
import { GatewayError } from '../errors.ts';
import { fileFault } from '../file-fault.ts';
import { guarded } from '../guard.ts';
import { type Authorizer, openToPrivateNetworks } from '../live/authorizer.ts';
import type { Logger } from '../log.ts';
import type { KeyRecord } from '../settings/publish-key.ts';
import type { FolderStore } from '../store/folder-store.ts';
import { KeyAuthorizer } from './key-authorizer.ts';
import { KeyDigests, newKey } from './key-digest.ts';
import { readKeysFile } from './keys-file.ts';
import { keysFromRecords, type PublishKey, PublishKeys } from './publish-keys.ts';
import { KEYS_KIND, StoredKeys } from './stored-keys.ts';

/** Polling also sees files that are replaced by rename and links that change their target. */
const LOOK_INTERVAL_MS = 1_000;

export type KeySources = {
  readonly list: readonly KeyRecord[];
  /** A path; empty for none. */
  readonly file: string;
};

export type PublishAccessOptions = KeySources & {
  /** Decides about keys that are not known here; then private networks need a key too. */
  readonly unknownKeys?: Authorizer | undefined;
  readonly log: Logger;
  readonly clock: Clock;
};

export class PublishAccess {
  readonly authorizer: Authorizer;
  readonly #options: PublishAccessOptions;
  readonly #onChange: () => void;
  #digests = new KeyDigests();
  #keys = new PublishKeys([], this.#digests);
  /** For publishers in this process; not counted. */
  #own: readonly PublishKey[] = [];
  #configured: readonly PublishKey[] = [];
  /** After there were keys, an empty list does not allow private networks again. */
  #hadKeys = false;
  #stored: StoredKeys | undefined;
  /** The files that are polled, and their stamps when they were last read. */
  readonly #watched = new Map<string, string>();
  #reading: Promise<void> = Promise.resolve();
  /** Reads in progress and waiting. */
  #readCount = 0;

  constructor(options: PublishAccessOptions) {
    this.#options = options;
    this.#onChange = guarded({ log: options.log }, () => void this.#refresh());
    this.authorizer = new KeyAuthorizer({
      keys: () => this.#keys,
      withoutKeys: openToPrivateNetworks,
      isOpen: () => !this.#needsKey,
      unknownKeys: options.unknownKeys,
      refresh: () => this.#refresh(),
      clock: options.clock,
    });
  }

  /** The keys of all sources, as digests. */
  get keys(): readonly PublishKey[] {
    return this.#configured;
  }

  /** The keys in the data folder. Throws GatewayError `no_data_dir` if there is none. */
  get stored(): StoredKeys {
    if (this.#stored !== undefined) return this.#stored;
    const message = 'no data folder is set, so nothing can be kept; set data.dir and restart the gateway';
    throw new GatewayError('config', 'no_data_dir', message);
  }

  /** How many keys there are, from all sources. */
  get count(): number {
    return this.#configured.length;
  }

  /**
   * Reads all keys, and starts to poll the files. Rejects with GatewayError if any source cannot be used: a gateway must not start
   * without its keys. `store` is the data folder, if there is one.
   */
  async open(store: FolderStore | undefined): Promise<void> {
    const { file } = this.#options;
    if (store !== undefined) {
      this.#stored = await StoredKeys.open(store);
      this.#digests = this.#stored.digests;
      this.#watch(store.fileOf(KEYS_KIND));
    }
    if (file !== '') this.#watch(file);
    await this.#read();
  }

  /** Reads the files again. If one cannot be used, the log says so and the previous keys stay. Never rejects. */
  reload(): Promise<void> {
    this.#readCount += 1;
    this.#reading = this.#reading.then(async () => {
      try {
        const before = this.count;
        await this.#read();
        this.#options.log.info({ keys: this.count, before }, 'publish keys read again');
        if (this.count === 0 && before > 0 && this.#options.unknownKeys === undefined)
          this.#options.log.warn(
            'no publish key is left: nobody can publish until a key is added or the gateway restarts',
          );
      } catch (error) {
        this.#options.log.warn({ err: error }, 'the changed publish keys are not used; those before are');
      } finally {
        this.#readCount -= 1;
      }
    });
    return this.#reading;
  }

  /** Stops polling. */
  close(): void {
    for (const file of this.#watched.keys()) unwatchFile(file, this.#onChange);
    this.#watched.clear();
  }

  /** The stream key for a publisher in this process: the name itself if there are no keys, else a new key. */
  keyFor(name: string): string {
    if (!this.#needsKey) return name;
    const key = newKey();
    const own: PublishKey = { name, digest: this.#digests.of(key), source: 'keys.list', networks: [] };
    this.#own = [...this.#own, own];
    this.#keys = new PublishKeys([...this.#configured, ...this.#own], this.#digests);
    return key;
  }

  get #needsKey(): boolean {
    return this.#hadKeys || this.#options.unknownKeys !== undefined;
  }

  async #read(): Promise<void> {
    for (const file of this.#watched.keys()) this.#watched.set(file, stampOf(file));
    const configured = await readKeys(this.#options, this.#digests, this.#stored);
    this.#keys = new PublishKeys([...configured, ...this.#own], this.#digests);
    this.#configured = configured;
    this.#hadKeys ||= configured.length > 0;
  }

  #watch(file: string): void {
    watchFile(file, { persistent: false, interval: LOOK_INTERVAL_MS }, this.#onChange);
    this.#watched.set(file, '');
  }

  /** Reads the files again if one has changed. While they are being read, resolves when that is done. */
  #refresh(): Promise<void> | undefined {
    const hasChanged = [...this.#watched].some(([file, stamp]) => stamp !== stampOf(file));
    if (hasChanged) return this.reload();
    return this.#readCount > 0 ? this.#reading : undefined;
  }
}

/** Differs after every change of the file; a file that replaces another one by rename has another inode. */
export function stampOf(file: string): string {
  try {
    const { ino, size, mtimeMs } = statSync(file);
    return `${ino} ${size} ${mtimeMs}`;
  } catch (error) {
    return fileFault(error);
  }
}

/** The keys of all sources. Rejects with GatewayError if a source cannot be used. */
export async function readKeys(
  sources: KeySources,
  digests: KeyDigests,
  stored: StoredKeys | undefined,
): Promise<readonly PublishKey[]> {
  const { list, file } = sources;
  return [
    ...keysFromRecords(list, 'keys.list', digests),
    ...(file === '' ? [] : keysFromRecords(readKeysFile(file), 'keys.file', digests)),
    ...((await stored?.list()) ?? []),
  ];
}
