// The admin tokens of a running gateway. A changed file is read before the next request is decided.

import { GatewayError } from '../errors.ts';
import type { Logger } from '../log.ts';
import type { AdminScope, TokenRecord } from '../settings/admin-token.ts';
import { FolderStore } from '../store/folder-store.ts';
import { type AdminToken, AdminTokens, tokensFromRecords } from './admin-tokens.ts';
import { KeyDigests } from './key-digest.ts';
import { stampOf } from './publish-access.ts';
import { ADMIN_TOKENS_KIND, type AddedAdminToken, StoredAdminTokens } from './stored-admin-tokens.ts';

export type AdminAccessOptions = {
  readonly list: readonly TokenRecord[];
  /** The data folder; empty for none. Publish keys lock it. */
  readonly dataDir: string;
  readonly log: Logger;
};

export class AdminAccess {
  readonly #options: AdminAccessOptions;
  #digests = new KeyDigests();
  #tokens: AdminTokens;
  /** After there were tokens, an empty list does not open the API again. */
  #hadTokens = false;
  /** Tokens of all sources are known. */
  #isRead: boolean;
  #stored: StoredAdminTokens | undefined;
  #file: string | undefined;
  /** The stamp of the file when it was last read. */
  #stamp = '';
  #reading: Promise<void> = Promise.resolve();

  constructor(options: AdminAccessOptions) {
    this.#options = options;
    this.#isRead = options.dataDir === '';
    this.#tokens = this.#tokensWith([]);
  }

  /** Whether private networks may use the API without a token. */
  get isOpen(): boolean {
    return this.#isRead && !this.#hadTokens;
  }

  get tokens(): readonly AdminToken[] {
    return this.#tokens.list;
  }

  /** Reads the tokens of the data folder. Rejects with GatewayError if they cannot be used. */
  async open(): Promise<void> {
    const { dataDir } = this.#options;
    if (dataDir === '') return;
    const store = await FolderStore.open(dataDir);
    this.#stored = await StoredAdminTokens.open(store);
    this.#digests = this.#stored.digests;
    this.#file = store.fileOf(ADMIN_TOKENS_KIND);
    await this.#read();
    this.#isRead = true;
  }

  /** Finds the token that a request sent. */
  async find(token: string): Promise<AdminToken | undefined> {
    await this.refresh();
    return this.#tokens.find(token);
  }

  /** Reads the file again if it has changed. Never rejects. */
  refresh(): Promise<void> {
    if (this.#file !== undefined && stampOf(this.#file) !== this.#stamp) return this.reload();
    return this.#reading;
  }

  /** Reads the file again. If it cannot be used, the log says so and the previous tokens stay. Never rejects. */
  reload(): Promise<void> {
    this.#reading = this.#reading.then(() =>
      this.#read().catch((error: unknown) => {
        this.#options.log.warn({ err: error }, 'the changed admin tokens are not used; those before are');
        // Somebody wrote tokens, so the API must not stay open.
        this.#hadTokens = true;
      }),
    );
    return this.#reading;
  }

  /** Makes a token in the data folder, which works at once. Rejects with GatewayError, without a folder `no_data_dir`. */
  async add(name: string, scope: AdminScope, nowMs: number): Promise<AddedAdminToken> {
    const added = await this.#inFolder().add(name, scope, nowMs);
    await this.reload();
    return added;
  }

  /** Rejects with GatewayError `no_data_dir` or `no_such_admin_token`. */
  async remove(id: string): Promise<void> {
    await this.#inFolder().remove(id);
    await this.reload();
  }

  #inFolder(): StoredAdminTokens {
    if (this.#stored !== undefined) return this.#stored;
    const message = 'no data folder is set, so nothing can be kept; set data.dir and restart the gateway';
    throw new GatewayError('config', 'no_data_dir', message);
  }

  async #read(): Promise<void> {
    if (this.#file !== undefined) this.#stamp = stampOf(this.#file);
    this.#tokens = this.#tokensWith((await this.#stored?.list()) ?? []);
  }

  #tokensWith(stored: readonly AdminToken[]): AdminTokens {
    const configured = tokensFromRecords(this.#options.list, this.#digests);
    const tokens = new AdminTokens([...configured, ...stored], this.#digests);
    this.#hadTokens ||= tokens.list.length > 0;
    return tokens;
  }
}
