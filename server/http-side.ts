// The HTTP side of a gateway, built from its settings: admission, the handler, the WebSocket and the listening server.

import type { AdminAccess } from './access/admin-access.ts';
import type { PlayCallback } from './access/play-callback.ts';
import type { PlaybackAccess } from './access/playback-access.ts';
import { NetworkList } from './address.ts';
import type { Certificate } from './certificate.ts';
import { systemClock } from './clock.ts';
import { httpLimitsOf } from './component-options.ts';
import type { EarlyPort } from './early-port.ts';
import { EventLog } from './event-log.ts';
import type { HlsOutputs } from './hls/hls-outputs.ts';
import { LocalOrigin } from './hls/local-origin.ts';
import { AdminGate } from './http/admin-gate.ts';
import { Admission } from './http/admission.ts';
import type { ApiOptions } from './http/api-router.ts';
import { createHttpHandler, type GatewayHandler } from './http/http-handler.ts';
import type { HttpLimits } from './http/http-limits.ts';
import { HttpServer } from './http/http-server.ts';
import { PageLook } from './http/page-look.ts';
import { PeerPlaces } from './http/peer-places.ts';
import { PlayAsker } from './http/play-asker.ts';
import { StatsSocket } from './http/stats-socket.ts';
import type { RtmpServer } from './ingest/rtmp-server.ts';
import { type LimitsSide, type LimitUses, usesOf } from './limits-side.ts';
import type { StreamRegistry } from './live/stream-registry.ts';
import type { Logger } from './log.ts';
import type { GatewayMemory } from './media/media-memory.ts';
import { packageVersion, webRoot } from './package-files.ts';
import type { Settings } from './settings/table.ts';
import { HlsCounts } from './stats/hls-counts.ts';
import type { HookSources } from './stats/hook-families.ts';
import { Metrics } from './stats/metrics.ts';
import type { OperatorSource } from './stats/operator-feed.ts';
import type { Health } from './stats/operator-message.ts';
import type { StreamView } from './stats/stream-view.ts';
import type { ViewerCount } from './stats/viewer-count.ts';
import type { ViewerReports } from './stats/viewer-reports.ts';

/** How long running responses may take when the gateway stops. */
const DRAIN_MS = 3_000;

/** What HTTP shows of the gateway. */
export type HttpSideOptions = Pick<ApiOptions, 'gateway' | 'isReady'> & {
  readonly admin: AdminAccess;
  readonly settings: Settings;
  readonly log: Logger;
  readonly registry: StreamRegistry;
  readonly rtmp: RtmpServer;
  readonly hls: HlsOutputs;
  readonly view: StreamView;
  readonly viewers: ViewerCount;
  readonly health: (name: string) => Health | undefined;
  /** What players say about themselves; undefined if viewers.reports is off. */
  readonly viewerReports: ViewerReports | undefined;
  /** First messages of operators' topics. */
  readonly operators: OperatorSource;
  readonly memory: GatewayMemory;
  readonly limits: LimitsSide;
  readonly hooks: HookSources;
  readonly playback: PlaybackAccess;
  /** Asks the operator's server about viewers; undefined without auth.play-url. */
  readonly play: PlayCallback | undefined;
};

export type HttpPorts = { readonly httpPort: number; readonly httpsPort: number | undefined };

export class HttpSide {
  readonly handler: GatewayHandler;
  readonly stats: StatsSocket;
  readonly #options: HttpSideOptions;
  readonly #admission: Admission;
  readonly #gate: AdminGate;
  /** Lines about refused operators, which anybody can cause. */
  readonly #refusals: EventLog;
  readonly #limits: HttpLimits;
  #server: HttpServer | undefined;

  constructor(options: HttpSideOptions) {
    const { settings, log } = options;
    this.#options = options;
    const limits = httpLimitsOf(settings, log);
    this.#limits = limits;
    const { tally } = options.limits;
    this.#admission = new Admission(limits, log, settings['log.max-lines'], systemClock, tally);
    this.#gate = new AdminGate({
      access: options.admin,
      networks: new NetworkList(settings['admin.networks'].join(',')),
      publicUrl: settings['http.public-url'],
      proxies: limits.proxies,
      clock: systemClock,
    });
    this.#refusals = new EventLog(log, systemClock, settings['log.max-lines'], tally.watcher('http'));
    this.stats = this.#createStats(limits);
    this.handler = this.#createHandler(limits);
  }

  /** How much of each limit is in use. */
  get uses(): LimitUses {
    const { maxConnections } = this.#limits;
    return {
      ...usesOf(this.#options),
      'http.max-connections': { inUse: () => this.#admission.placeCount, limit: () => maxConnections },
      'http.max-websockets': { inUse: () => this.stats.placeCount },
      'tls.max-handshakes': { inUse: () => this.#admission.handshakeCount },
    };
  }

  /** Opens the HTTP port, and with a certificate the HTTPS port. */
  async listen(certificate: Certificate | undefined, early: EarlyPort | undefined): Promise<HttpPorts> {
    const { settings, log } = this.#options;
    const server = new HttpServer({
      handler: this.handler,
      stats: this.stats,
      admission: this.#admission,
      log,
    });
    this.#server = server;
    const host = settings['http.host'] || undefined;
    const httpPort = await server.listen(settings['http.port'], host, early);
    const httpsPort = certificate && (await server.listenTls(settings['https.port'], host, certificate));
    return { httpPort, httpsPort };
  }

  /** Closes the ports at once, after `listen` has failed. */
  async abort(): Promise<void> {
    await this.#server?.close(0);
    this.#server = undefined;
  }

  /** Closes WebSockets and ports; running responses have three seconds. */
  async close(): Promise<void> {
    this.stats.close();
    await this.#server?.close(DRAIN_MS);
  }

  #createStats(limits: HttpLimits): StatsSocket {
    const { settings, log, view, operators, playback } = this.#options;
    return new StatsSocket({
      operators,
      gate: this.#gate,
      refusals: this.#refusals,
      onLimit: this.#options.limits.tally.met,
      playback,
      limits,
      admission: this.#admission,
      log,
      version: packageVersion,
      basePath: settings['http.base-path'],
      status: (name) => view.status(name),
    });
  }

  #createHandler(limits: HttpLimits): GatewayHandler {
    const { settings, log, hls, registry, viewers, playback, play } = this.#options;
    const admission = this.#admission;
    const asker =
      play && new PlayAsker({ check: (attempt) => play.check(attempt), playback, admission, log });
    const counts = new HlsCounts();
    return createHttpHandler({
      hls: {
        held: new PeerPlaces(this.#admission.groups, limits.maxConnections, limits.maxHeldPerAddress),
        admission: this.#admission,
        playback,
        asker,
        log,
        origin: new LocalOrigin(
          (name) => hls.get(name),
          (name) => registry.get(name)?.testOf !== undefined,
        ),
        viewers,
        counts,
        clock: systemClock,
        maxHoldMs: settings['hls.hold'],
      },
      cmcd: {
        reports: this.#options.viewerReports,
        admission,
        playback,
        clock: systemClock,
        log,
        onLimit: this.#options.limits.tally.met,
      },
      api: this.#apiOptions(),
      playback: { playback, admission: this.#admission, embedOrigins: settings['http.embed-origins'] },
      metrics: {
        metrics: this.#createMetrics(counts),
        networks: new NetworkList(settings['metrics.networks'].join(',')),
        proxies: limits.proxies,
      },
      webRoot,
      embedOrigins: settings['http.embed-origins'],
      publicUrl: settings['http.public-url'],
      proxies: limits.proxies,
      look: this.#look(),
      basePath: settings['http.base-path'],
      log,
    });
  }

  /** Throws GatewayError if the logo cannot be used. */
  #look(): PageLook {
    const { settings } = this.#options;
    return new PageLook({
      accent: settings['pages.accent'],
      title: settings['pages.title'],
      logo: settings['pages.logo'],
    });
  }

  #createMetrics(hls: HlsCounts): Metrics {
    const { registry, viewers, viewerReports, health, memory, rtmp, hooks } = this.#options;
    return new Metrics({
      version: packageVersion,
      // Only the person who tests may know the name of a test.
      streams: () => registry.list().filter(({ testOf }) => testOf === undefined),
      viewers: (name) => viewers.count(name),
      health,
      viewerReports,
      memory,
      hls,
      rtmp,
      http: this.#admission,
      webSockets: () => this.stats.peerCount,
      eventStreams: () => this.stats.events.count,
      limits: this.#options.limits.reports,
      hooks,
    });
  }

  #apiOptions(): ApiOptions {
    const { log, gateway, isReady } = this.#options;
    const [gate, refusals] = [this.#gate, this.#refusals];
    const { events } = this.stats;
    const { met: onLimit } = this.#options.limits.tally;
    return { version: packageVersion, gateway, gate, isReady, log, refusals, events, onLimit };
  }
}
