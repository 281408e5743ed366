// The HTTP side of a gateway, built from its settings: admission, the handler, the WebSocket and the listening server.

import { NetworkList } from './address.ts';
import type { Certificate } from './certificate.ts';
import { systemClock } from './clock.ts';
import { httpLimitsOf } from './component-options.ts';
import type { HlsOutputs } from './hls/hls-outputs.ts';
import { LocalOrigin } from './hls/local-origin.ts';
import { Admission } from './http/admission.ts';
import type { ApiSource } from './http/api-router.ts';
import { createHttpHandler, type HttpHandler } from './http/http-handler.ts';
import type { HttpLimits } from './http/http-limits.ts';
import { HttpServer } from './http/http-server.ts';
import { PeerPlaces } from './http/peer-places.ts';
import { StatsSocket } from './http/stats-socket.ts';
import type { RtmpServer } from './ingest/rtmp-server.ts';
import type { StreamRegistry } from './live/stream-registry.ts';
import type { Logger } from './log.ts';
import type { GatewayMemory } from './media/media-memory.ts';
import { packageVersion, webRoot } from './package-files.ts';
import type { Settings } from './settings/table.ts';
import { HlsCounts } from './stats/hls-counts.ts';
import { Metrics } from './stats/metrics.ts';
import type { StreamView } from './stats/stream-view.ts';
import type { ViewerCount } from './stats/viewer-count.ts';

/** How long running responses may take when the gateway stops. */
const DRAIN_MS = 3_000;

/** What HTTP shows of the gateway. */
export type HttpSideOptions = Pick<ApiSource, 'info' | 'isReady'> & {
  readonly settings: Settings;
  readonly log: Logger;
  readonly registry: StreamRegistry;
  readonly rtmp: RtmpServer;
  readonly hls: HlsOutputs;
  readonly view: StreamView;
  readonly viewers: ViewerCount;
  readonly memory: GatewayMemory;
};

export type HttpPorts = { readonly httpPort: number; readonly httpsPort: number | undefined };

export class HttpSide {
  readonly handler: HttpHandler;
  readonly stats: StatsSocket;
  readonly #options: HttpSideOptions;
  readonly #admission: Admission;
  #server: HttpServer | undefined;

  constructor(options: HttpSideOptions) {
    const { settings, log } = options;
    this.#options = options;
    const limits = httpLimitsOf(settings, log);
    this.#admission = new Admission(limits, log, settings['log.max-lines']);
    this.stats = this.#createStats(limits);
    this.handler = this.#createHandler(limits);
  }

  /** Opens the HTTP port, and with a certificate the HTTPS port. */
  async listen(certificate: Certificate | undefined): Promise<HttpPorts> {
    const { settings, log } = this.#options;
    const server = new HttpServer({
      handler: this.handler,
      stats: this.stats,
      admission: this.#admission,
      log,
    });
    this.#server = server;
    const host = settings['http.host'] || undefined;
    const httpPort = await server.listen(settings['http.port'], host);
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
    const { settings, log, view } = this.#options;
    return new StatsSocket({
      limits,
      admission: this.#admission,
      log,
      version: packageVersion,
      basePath: settings['http.base-path'],
      status: (name) => view.status(name),
    });
  }

  #createHandler(limits: HttpLimits): HttpHandler {
    const { settings, log, hls, viewers } = this.#options;
    const counts = new HlsCounts();
    return createHttpHandler({
      hls: {
        held: new PeerPlaces(this.#admission.groups, limits.maxConnections, limits.maxHeldPerAddress),
        admission: this.#admission,
        log,
        origin: new LocalOrigin((name) => hls.get(name)),
        viewers,
        counts,
        clock: systemClock,
        maxHoldMs: settings['hls.hold'],
      },
      api: this.#apiSource(),
      metrics: {
        metrics: this.#createMetrics(counts),
        networks: new NetworkList(settings['metrics.networks'].join(',')),
      },
      webRoot,
      embedOrigins: settings['http.embed-origins'],
      basePath: settings['http.base-path'],
      log,
    });
  }

  #createMetrics(hls: HlsCounts): Metrics {
    const { registry, viewers, memory, rtmp } = this.#options;
    return new Metrics({
      version: packageVersion,
      streams: () => registry.list(),
      viewers: (name) => viewers.count(name),
      memory,
      hls,
      rtmp,
      http: this.#admission,
      webSockets: () => this.stats.peerCount,
    });
  }

  #apiSource(): ApiSource {
    const { info, isReady, view } = this.#options;
    return {
      info,
      isReady,
      streams: (after, limit) => view.page(after, limit),
      stream: (name) => view.detail(name),
    };
  }
}
