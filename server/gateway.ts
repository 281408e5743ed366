// What programs use of a gateway: how it is made, and what it can be asked and told.

import type { EventEmitter } from 'node:events';
import type { GatewayEvents } from './gateway-events.ts';
import type { ListeningPorts } from './gateway-info.ts';
import type { GatewayInfo } from './http/api-router.ts';
import type { HttpHandler } from './http/http-handler.ts';
import type { StatsSocket } from './http/stats-socket.ts';
import type { Authorizer } from './live/authorizer.ts';
import type { Logger } from './log.ts';
import type { GatewaySettings } from './settings/table.ts';
import type { StreamSummary } from './stats/stream-view.ts';

export type GatewayOptions = GatewaySettings & {
  /** Where log lines go; nowhere by default. */
  readonly logger?: Logger;
  /**
   * Who may publish. By default the publish keys of the settings and the data folder say it, or without any, everybody in a private
   * network may.
   */
  readonly authorizer?: Authorizer;
};

export interface Gateway extends EventEmitter<GatewayEvents> {
  /** All of HTTP as one function: for node:http, Express or Connect. Usable before and without `listen`. */
  readonly handler: HttpHandler;
  /** WebSocket upgrades of a server that mounted `handler`; false when the path is not ours. */
  handleUpgrade(...upgrade: Parameters<StatsSocket['handleUpgrade']>): boolean;
  /**
   * Opens RTMP and, unless told otherwise, HTTP. Rejects with the system's error, such as EADDRINUSE, and leaves
   * nothing open then; GatewayError when it listens already, or has been closed.
   */
  listen(options?: { readonly http?: boolean }): Promise<ListeningPorts>;
  /** Ends playlists, tells publishers, lets responses finish, and closes. Safe to call at any time, and twice. */
  close(): Promise<void>;
  /** Reads publish keys and certificates again, as they are now. What cannot be used is logged, and what was before it stays. */
  reload(): Promise<void>;
  /** Publish keys from all sources; 0 where an `authorizer` was given. */
  readonly publishKeyCount: number;
  /**
   * What a program of this process publishes under to get `name`, while the gateway listens: the name itself where there are no
   * keys, else a key that works until the process ends.
   */
  publishKeyFor(name: string): string;
  info(): GatewayInfo;
  streams(): readonly StreamSummary[];
}
