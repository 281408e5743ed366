// The callbacks of a gateway, made from its settings: one client that asks, and who is asked about publishers and viewers.

import type { Clock } from '../clock.ts';
import type { EventLog } from '../event-log.ts';
import type { FaultLog } from '../guard.ts';
import type { CallbackFormatName } from '../settings/hook-settings.ts';
import { CallbackClient } from './callback/callback-client.ts';
import { CALLBACKS } from './callback/callback-formats.ts';
import { PlayCallback } from './play-callback.ts';
import { PublishCallback } from './publish-callback.ts';

export type CallbackOptions = {
  /** Addresses; empty for none. */
  readonly publishUrl: string;
  readonly publishDoneUrl: string;
  readonly playUrl: string;
  readonly format: CallbackFormatName;
  readonly secret: string;
  readonly timeoutMs: number;
  readonly cacheMs: number;
  readonly authorities: string | undefined;
  readonly clock: Clock;
  readonly log: FaultLog;
  readonly events: EventLog;
};

export class Callbacks {
  /** Absent without `auth.publish-url`. */
  readonly publish: PublishCallback | undefined;
  /** Absent without `auth.play-url`. */
  readonly play: PlayCallback | undefined;
  readonly #client: CallbackClient;

  constructor(options: CallbackOptions) {
    const { publishUrl, publishDoneUrl, playUrl, format, cacheMs, clock } = options;
    const client = new CallbackClient({ ...options, format: CALLBACKS[format] });
    this.#client = client;
    // OvenMediaEngine has one address for the start and the end.
    const doneUrl = format === 'ome' ? publishUrl : publishDoneUrl;
    if (publishUrl !== '')
      this.publish = new PublishCallback({ client, url: publishUrl, doneUrl, cacheMs, clock });
    if (playUrl !== '') this.play = new PlayCallback({ client, url: playUrl, cacheMs, clock });
  }

  /** Answers since the start, for metrics. */
  totals(): ReturnType<CallbackClient['totals']> {
    return this.#client.totals();
  }
}
