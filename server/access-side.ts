// Builds from the settings what decides who may publish, watch and operate, and the callbacks and webhooks to the operator's servers.

import { AdminAccess } from './access/admin-access.ts';
import { Callbacks } from './access/callbacks.ts';
import type { PlayCallback } from './access/play-callback.ts';
import { PlaybackAccess } from './access/playback-access.ts';
import { PublishAccess } from './access/publish-access.ts';
import { systemClock } from './clock.ts';
import { authoritiesOf, callbackOptionsOf, keySourcesOf, playbackRulesOf } from './component-options.ts';
import type { EventLog } from './event-log.ts';
import type { OnLimit } from './limit-tally.ts';
import type { Authorizer } from './live/authorizer.ts';
import type { Logger } from './log.ts';
import type { Settings } from './settings/table.ts';
import type { HookSources } from './stats/hook-families.ts';
import { FolderStore } from './store/folder-store.ts';
import type { Store } from './store/store.ts';
import { Webhooks, webhookOptionsOf } from './webhooks/webhooks.ts';

export class AccessSide {
  /** Absent where the program brought an authorizer. */
  readonly publish: PublishAccess | undefined;
  readonly authorizer: Authorizer;
  readonly playback: PlaybackAccess;
  readonly admin: AdminAccess;
  readonly webhooks: Webhooks;
  readonly #callbacks: Callbacks;
  readonly #dataDir: string;
  readonly #log: Logger;
  #store: FolderStore | undefined;

  /** Throws GatewayError for keys, tokens and certificates that cannot be used. */
  constructor(
    settings: Settings,
    log: Logger,
    { events, onLimit }: { readonly events: EventLog; readonly onLimit: OnLimit },
    authorizer: Authorizer | undefined,
  ) {
    this.#dataDir = settings['data.dir'];
    this.#log = log;
    const common = { log, clock: systemClock };
    const asking = { ...common, events, authorities: authoritiesOf(settings) };
    this.#callbacks = new Callbacks({ ...callbackOptionsOf(settings), ...asking });
    this.webhooks = new Webhooks({ ...webhookOptionsOf(settings), ...asking });
    const unknownKeys = this.#callbacks.publish;
    const publish = new PublishAccess({ ...keySourcesOf(settings), ...common, unknownKeys });
    this.publish = authorizer === undefined ? publish : undefined;
    this.authorizer = authorizer ?? publish.authorizer;
    this.playback = new PlaybackAccess(playbackRulesOf(settings), systemClock, log, onLimit);
    this.admin = new AdminAccess({ list: settings['admin.tokens'], dataDir: settings['data.dir'], log });
  }

  /** Asks the operator's server about viewers; undefined without auth.play-url. */
  get play(): PlayCallback | undefined {
    return this.#callbacks.play;
  }

  /** The data folder while it is open; undefined without one. */
  get store(): Store | undefined {
    return this.#store;
  }

  /** For metrics. */
  get hooks(): HookSources {
    return { callbacks: () => this.#callbacks.totals(), webhooks: () => this.webhooks.endpoints() };
  }

  /** Locks the data folder and reads what is kept. Rejects with GatewayError if it cannot be used. */
  async open(): Promise<void> {
    if (this.#dataDir !== '') {
      this.#store = await FolderStore.open(this.#dataDir);
      await this.#store.claim(this.#log);
    }
    await this.publish?.open(this.#store);
    await this.playback.open(this.store);
    await this.admin.open();
    await this.webhooks.open(this.store);
  }

  /** Reads keys, tokens and secrets again. */
  async reload(): Promise<void> {
    await Promise.all([this.publish?.reload(), this.admin.reload()]);
    await this.playback.reload(this.store);
  }

  /** Keeps the events that wait. `closeStore` comes after others have used the data folder. */
  close(): Promise<void> {
    return this.webhooks.close();
  }

  closeStore(): void {
    this.publish?.close();
    this.#store?.close();
    this.#store = undefined;
  }
}
