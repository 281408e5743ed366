// The types of the library's gateway: its options and its methods.

import type { EventEmitter } from 'node:events';
import type { PlaybackTerms } from './access/playback-token.ts';
import type { GatewayEvents } from './gateway-events.ts';
import type { ListeningPorts } from './gateway-info.ts';
import type { GatewayInfo } from './http/api-router.ts';
import type { HttpHandler } from './http/http-handler.ts';
import type { StatsSocket } from './http/stats-socket.ts';
import type { Authorizer } from './live/authorizer.ts';
import type { Logger } from './log.ts';
import type { GatewaySettings } from './settings/table.ts';
import type { StreamSummary } from './stats/stream-view.ts';
import type { WebhookReports } from './webhooks/webhooks.ts';

export type GatewayOptions = GatewaySettings & {
  /** Where log lines go; nowhere by default. */
  readonly logger?: Logger;
  /**
   * Decides who may publish. By default, publish keys (settings, data folder) decide; if there are none, private networks may
   * publish.
   */
  readonly authorizer?: Authorizer;
};

export interface Gateway extends EventEmitter<GatewayEvents> {
  /** All of HTTP as one function: for node:http, Express or Connect. Usable before and without `listen`. */
  readonly handler: HttpHandler;
  /** Handles a WebSocket upgrade of a server that mounted `handler`; false if the path is not ours. */
  handleUpgrade(...upgrade: Parameters<StatsSocket['handleUpgrade']>): boolean;
  /**
   * Opens RTMP and, by default, HTTP. Rejects with the system's error, such as EADDRINUSE, and leaves nothing open then.
   * Rejects with GatewayError if it is already listening or was closed, and if publish keys or the data folder cannot be used.
   */
  listen(options?: { readonly http?: boolean }): Promise<ListeningPorts>;
  /** Ends playlists, tells publishers, lets responses finish, and closes. May be called at any time, also twice. */
  close(): Promise<void>;
  /** Reads publish keys and certificates again. If a file cannot be used, the log says so and the old content stays in use. */
  reload(): Promise<void>;
  /** Number of publish keys from all sources; 0 if an `authorizer` was given. */
  readonly publishKeyCount: number;
  /**
   * The stream key with which a publisher in this process gets `name`: the name itself if there are no keys, else a new key that
   * works until the process ends. Call it after `listen`.
   */
  publishKeyFor(name: string): string;
  /** The receivers of `webhooks`, what was sent to them, and a test of one. */
  readonly webhooks: WebhookReports;
  /**
   * A token with which a signed stream plays, in its path: `/live/NAME/t/TOKEN/index.m3u8`, or `/watch/NAME?token=TOKEN`. Call it
   * after `listen`. Throws GatewayError `bad_playback_token` for terms that cannot be written.
   */
  playbackToken(terms: PlaybackTerms): string;
  info(): GatewayInfo;
  streams(): readonly StreamSummary[];
}
