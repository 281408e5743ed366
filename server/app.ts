// The composition root: the one place that knows every room. It builds a gateway from settings, starts and stops it.

import { EventEmitter } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { NetworkList } from './address.ts';
import { Certificate } from './certificate.ts';
import { GatewayError } from './errors.ts';
import { EventLog } from './event-log.ts';
import { guarded } from './guard.ts';
import { HlsOutputs } from './hls/hls-outputs.ts';
import { Admission } from './http/admission.ts';
import type { ApiSource, GatewayInfo, StreamDetail, StreamSummary } from './http/api-router.ts';
import { connectionsWithin, descriptorLimit } from './http/descriptors.ts';
import { createHttpHandler, type HttpHandler } from './http/http-handler.ts';
import type { HttpLimits } from './http/http-limits.ts';
import { HttpServer } from './http/http-server.ts';
import { PeerPlaces } from './http/peer-places.ts';
import { StatsSocket } from './http/stats-socket.ts';
import { DEFAULT_INGEST_LIMITS } from './ingest/limits.ts';
import { RtmpServer } from './ingest/rtmp-server.ts';
import { type Authorizer, openToPrivateNetworks } from './live/authorizer.ts';
import type { LiveStream } from './live/live-stream.ts';
import { StreamRegistry } from './live/stream-registry.ts';
import { type Logger, silentLogger } from './log.ts';
import { GatewayMemory } from './media/media-memory.ts';
import { availableMemoryBytes } from './memory-limits.ts';
import { packageVersion, webRoot } from './package-files.ts';
import { hostOfHeader, reachableHosts } from './reachable-hosts.ts';
import { settingsFrom } from './settings/sources.ts';
import type { GatewaySettings, Settings } from './settings/table.ts';
import { StreamMeter } from './stats/collect-stats.ts';
import type { StatusMessage, StreamState } from './stats/stats-message.ts';
import { ViewerCount } from './stats/viewer-count.ts';

export type GatewayOptions = GatewaySettings & {
  /** Where log lines go; nowhere by default. */
  readonly logger?: Logger;
  /** Who may publish; by default anyone in a private network. */
  readonly authorizer?: Authorizer;
};

/** What a stream's life tells, by name of event. The words are those of the WebSocket and the API. */
export type GatewayEvents = {
  'stream:connecting': [name: string];
  'stream:starting': [name: string];
  'stream:live': [name: string];
  'stream:stalled': [name: string];
  'stream:reconnecting': [name: string];
  'stream:ended': [name: string];
};

export type ListeningPorts = {
  readonly rtmpPort: number;
  /** With a certificate only. */
  readonly rtmpsPort?: number;
  readonly httpPort: number;
  /** With a certificate only. */
  readonly httpsPort?: number;
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
  info(): GatewayInfo;
  streams(): readonly StreamSummary[];
}

/** Rates are taken and sent once a second. */
const TICK_MS = 1_000;
/** A player asks for its playlist at least once in this time. */
const LAST_REQUEST_MS = 1_500;
/** How long running responses may take when the gateway stops. */
const DRAIN_MS = 3_000;
/** How much longer outputs that write elsewhere may take to finish: the whole stop stays below 10 s. */
const SINK_FINISH_MS = 3_000;
/** Of the memory that there is, for media unless `media.max-memory` says otherwise: the rest is for everything else. */
const MEDIA_MEMORY_SHARE = 0.5;
/** Left out of rtmp: addresses (RTMP 1.0 clause 4). */
const DEFAULT_RTMP_PORT = 1935;

/** Builds a gateway; nothing listens until `listen`. Throws GatewayError for a wrong setting. */
export function createGateway(options: GatewayOptions = {}): Gateway {
  const { logger = silentLogger, authorizer = openToPrivateNetworks, ...sections } = options;
  return new App(settingsFrom(sections), logger, authorizer);
}

/** TLS needs both files, or none. Throws GatewayError for one, and for a pair that cannot be used. */
function certificateOf(settings: Settings, log: Logger): Certificate | undefined {
  const [certificate, key] = [settings['tls.certificate'], settings['tls.key']];
  if (certificate === '' && key === '') return undefined;
  if (certificate !== '' && key !== '') return new Certificate({ certificate, key }, log);
  const [given, missing] =
    certificate === '' ? ['tls.key', 'tls.certificate'] : ['tls.certificate', 'tls.key'];
  throw new GatewayError(
    'config',
    'bad_certificate',
    `${given} is set, and ${missing} is not; TLS needs both`,
  );
}

/** Encoders are never kept out by viewers: HTTP leaves them their descriptors. */
function httpLimitsOf(settings: Settings): HttpLimits {
  const wanted = settings['http.max-connections'];
  return {
    maxConnections: connectionsWithin(descriptorLimit(), wanted, settings['rtmp.max-connections']),
    maxConnectionsPerAddress: settings['http.max-connections-per-address'],
    maxWebSockets: settings['http.max-websockets'],
    maxWebSocketsPerAddress: settings['http.max-websockets-per-address'],
    maxHeldPerAddress: settings['http.max-held-per-address'],
    maxHandshakes: settings['tls.max-handshakes'],
    maxHandshakesPerAddress: settings['tls.max-handshakes-per-address'],
    exempt: new NetworkList(settings['http.exempt-networks'].join(',')),
  };
}

class App extends EventEmitter<GatewayEvents> implements Gateway {
  readonly handler: HttpHandler;
  readonly #settings: Settings;
  readonly #logger: Logger;
  readonly #events: EventLog;
  readonly #hls: HlsOutputs;
  readonly #registry: StreamRegistry;
  readonly #rtmp: RtmpServer;
  readonly #stats: StatsSocket;
  readonly #admission: Admission;
  readonly #viewers = new ViewerCount(() => performance.now());
  readonly #meters = new Map<string, StreamMeter>();
  #certificate: Certificate | undefined;
  #http: HttpServer | undefined;
  #timer: NodeJS.Timeout | undefined;
  #tickNumber = 0;
  #listening: Promise<ListeningPorts> | undefined;
  #ports: ListeningPorts | undefined;
  #closing: Promise<void> | undefined;

  constructor(settings: Settings, logger: Logger, authorizer: Authorizer) {
    super();
    this.#settings = settings;
    this.#logger = logger;
    this.#events = new EventLog(logger, () => performance.now());
    this.#hls = new HlsOutputs({
      part: settings['hls.part'] / 1000,
      segment: settings['hls.segment'] / 1000,
      window: settings['hls.window'] / 1000,
      dvr: settings['hls.dvr'] / 1000,
      holdBackParts: settings['hls.hold-back'],
      wallClock: Date.now,
      now: () => performance.now(),
      onFault: (error) => logger.error({ err: error }, 'a held request could not be answered'),
      onCaptions: (stream) => this.#stats.publish('status', this.#status(stream.name), false),
    });
    this.#registry = new StreamRegistry({
      log: logger,
      graceMs: settings['stream.grace'],
      takeover: settings['stream.takeover'],
      memory: new GatewayMemory(settings['media.max-memory'] || availableMemoryBytes() * MEDIA_MEMORY_SHARE),
      maxStreamBytes: settings['hls.max-memory'],
      maxStreams: settings['stream.max-streams'],
      now: Date.now,
      monotonicNow: () => performance.now(),
      onStreamCreated: (stream) => this.#addStream(stream),
      onStateChange: (stream, state) => this.#announce(stream, state),
      onSinkFault: (stream, error) => {
        this.#logger.error({ err: error, stream: stream.name }, 'an output failed');
      },
      onStreamRemoved: (stream) => this.#removeStream(stream),
    });
    this.#rtmp = new RtmpServer({
      registry: this.#registry,
      authorizer,
      rtmpLimits: {
        maxMessageBytes: settings['rtmp.max-message'],
        maxChunkStreams: settings['rtmp.max-chunk-streams'],
        maxAssemblingBytes: settings['rtmp.max-assembling'],
        maxBytesBeforePublish: settings['rtmp.max-before-publish'],
        maxDataBytes: settings['rtmp.max-metadata'],
        maxAmfDepth: settings['rtmp.max-amf-depth'],
        maxAmfNodes: settings['rtmp.max-amf-values'],
        maxAmfStringBytes: settings['rtmp.max-amf-text'],
      },
      limits: {
        ...DEFAULT_INGEST_LIMITS,
        publishDeadlineMs: settings['rtmp.publish-deadline'],
        silenceMs: settings['rtmp.silence'],
        maxConnections: settings['rtmp.max-connections'],
        maxConnectionsPerAddress: settings['rtmp.max-connections-per-address'],
        maxUnreadBytes: settings['rtmp.max-unread'],
        keyFrameWaitMs: settings['rtmp.key-frame-wait'],
        maxBytesBeforeKeyFrame: settings['rtmp.max-before-key-frame'],
        maxBitsPerSecond: settings['rtmp.max-bitrate'],
        mediaWaitMs: settings['rtmp.media-wait'],
        maxPublishesPerMinute: settings['rtmp.max-publishes-per-minute'],
        maxTlsHandshakes: settings['rtmps.max-handshakes'],
        maxTlsHandshakesPerAddress: settings['rtmps.max-handshakes-per-address'],
      },
      trustedNetworks: new NetworkList(settings['rtmp.trusted-networks'].join(',')),
      log: logger,
    });
    const limits = httpLimitsOf(settings);
    this.#admission = new Admission(limits, logger);
    this.#stats = new StatsSocket({
      limits,
      admission: this.#admission,
      log: logger,
      version: packageVersion,
      basePath: settings['http.base-path'],
      status: (name) => this.#status(name),
    });
    const api: ApiSource = {
      info: (hostHeader) => this.info(hostHeader),
      streams: () => this.streams(),
      stream: (name) => this.#streamDetail(name),
      isReady: () => this.#ports !== undefined && this.#closing === undefined,
    };
    this.handler = createHttpHandler({
      hls: {
        held: new PeerPlaces(this.#admission.groups, limits.maxConnections, limits.maxHeldPerAddress),
        admission: this.#admission,
        log: logger,
        output: (name) => this.#hls.get(name),
        viewers: this.#viewers,
        maxHoldMs: settings['hls.hold'],
      },
      api,
      webRoot,
      embedOrigins: settings['http.embed-origins'],
      basePath: settings['http.base-path'],
      log: logger,
    });
  }

  handleUpgrade(...upgrade: Parameters<StatsSocket['handleUpgrade']>): boolean {
    return this.#stats.handleUpgrade(...upgrade);
  }

  listen(options: { readonly http?: boolean } = {}): Promise<ListeningPorts> {
    if (this.#listening !== undefined || this.#closing !== undefined) {
      const what = this.#closing === undefined ? 'listens already' : 'has been closed';
      return Promise.reject(new GatewayError('invalid-state', 'cannot_listen', `the gateway ${what}`));
    }
    const listening = this.#listen(options.http !== false).catch(async (error: unknown) => {
      await Promise.all([this.#rtmp.close(), this.#http?.close(0)]);
      this.#certificate?.close();
      this.#http = undefined;
      this.#listening = undefined;
      throw error;
    });
    this.#listening = listening;
    return listening;
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  info(hostHeader?: string): GatewayInfo {
    const askedHost = hostOfHeader(hostHeader);
    const [httpUrl, rtmpUrl] = [this.#settings['http.public-url'], this.#settings['rtmp.public-url']];
    const { rtmpPort = this.#settings['rtmp.port'], rtmpsPort, httpsPort } = this.#ports ?? {};
    return {
      version: packageVersion,
      ...(httpUrl === '' ? {} : { http: { publicUrl: httpUrl } }),
      rtmp: {
        port: rtmpPort,
        servers: rtmpUrl === '' ? this.#servers('rtmp', rtmpPort, askedHost) : [rtmpUrl],
        ...(rtmpUrl === '' ? {} : { publicUrl: rtmpUrl }),
      },
      ...(rtmpsPort === undefined
        ? {}
        : { rtmps: { port: rtmpsPort, servers: this.#servers('rtmps', rtmpsPort, askedHost) } }),
      ...(httpsPort === undefined ? {} : { https: { port: httpsPort } }),
    };
  }

  streams(): readonly StreamSummary[] {
    return this.#registry.list().map((stream) => {
      const { name, state, viewers, hls, codecs } = this.#status(stream.name);
      return {
        name,
        state,
        since: new Date(stream.stateSince).toISOString(),
        startedAt: new Date(stream.startedAt).toISOString(),
        viewers,
        ...(codecs === undefined ? {} : { codecs }),
        watch: `watch/${name}`,
        hls,
      };
    });
  }

  #streamDetail(name: string): StreamDetail | undefined {
    const stream = this.#registry.get(name);
    if (stream === undefined) return undefined;
    const { op, since, ...status } = this.#status(name);
    return {
      ...status,
      since: new Date(since).toISOString(),
      startedAt: new Date(stream.startedAt).toISOString(),
      watch: `watch/${name}`,
      serverTime: Date.now(),
    };
  }

  async #listen(withHttp: boolean): Promise<ListeningPorts> {
    const settings = this.#settings;
    const certificate = certificateOf(settings, this.#logger);
    this.#certificate = certificate;
    const host = settings['rtmp.host'] || undefined;
    const rtmpPort = await this.#rtmp.listen(settings['rtmp.port'], host);
    const rtmpsPort = certificate && (await this.#rtmp.listenTls(settings['rtmps.port'], host, certificate));
    let [httpPort, httpsPort]: [number, number | undefined] = [0, undefined];
    if (withHttp) {
      this.#http = new HttpServer({
        handler: this.handler,
        stats: this.#stats,
        admission: this.#admission,
        log: this.#logger,
      });
      const httpHost = settings['http.host'] || undefined;
      httpPort = await this.#http.listen(settings['http.port'], httpHost);
      httpsPort = certificate && (await this.#http.listenTls(settings['https.port'], httpHost, certificate));
    }
    this.#timer = setInterval(
      guarded({ log: this.#logger }, () => this.#tick()),
      TICK_MS,
    );
    this.#ports = {
      rtmpPort,
      ...(rtmpsPort === undefined ? {} : { rtmpsPort }),
      httpPort,
      ...(httpsPort === undefined ? {} : { httpsPort }),
    };
    return this.#ports;
  }

  #servers(scheme: 'rtmp' | 'rtmps', port: number, asked: string | undefined): readonly string[] {
    const publicUrl = this.#settings['rtmp.public-url'];
    const askedHost = publicUrl === '' ? asked : new URL(publicUrl).hostname;
    const suffix = scheme === 'rtmp' && port === DEFAULT_RTMP_PORT ? '' : `:${port}`;
    const hosts = reachableHosts(publicUrl === '' ? this.#settings['rtmp.host'] : '', askedHost);
    return hosts.map((host) => `${scheme}://${host}${suffix}/live`);
  }

  async #close(): Promise<void> {
    // A port that is just being opened is closed when it is open.
    await this.#listening?.catch(() => undefined);
    clearInterval(this.#timer);
    this.#certificate?.close();
    const finished = this.#registry.endAll();
    await this.#rtmp.close();
    // Players learn of the end by asking once more: those who are here get the time for it.
    if (this.#viewers.total > 0) await delay(LAST_REQUEST_MS);
    this.#stats.close();
    await this.#http?.close(DRAIN_MS);
    await Promise.race([finished, delay(SINK_FINISH_MS, undefined, { ref: false })]);
    this.#registry.close();
  }

  #addStream(stream: LiveStream): void {
    this.#hls.attach(stream);
    this.#meters.set(
      stream.name,
      new StreamMeter(stream, { wallClock: Date.now, now: () => performance.now() }),
    );
  }

  #removeStream(stream: LiveStream): void {
    this.#hls.detach(stream);
    this.#meters.delete(stream.name);
    // A name without media is forgotten at once: its followers learn here why.
    const { endReason: reason } = stream;
    const isReasonNews = reason !== undefined && !stream.hasCarriedMedia;
    this.#stats.publish('status', { ...this.#status(stream.name), ...(isReasonNews && { reason }) }, false);
  }

  #announce(stream: LiveStream, state: StreamState): void {
    this.#events.writeAs(`stream_${state}`, 'info', { stream: stream.name, state }, 'stream state');
    this.#stats.publish('status', this.#status(stream.name), false);
    // Outside our own stack: what a listener throws is the program's fault, and must not end a publisher's connection.
    if (state !== 'offline') queueMicrotask(() => this.emit(`stream:${state}`, stream.name));
  }

  #status(name: string): StatusMessage {
    const stream = this.#registry.get(name);
    const output = this.#hls.get(name);
    const targetLatencyMs =
      output?.rendition === undefined ? undefined : Math.round(output.rendition.partHoldBack * 1000);
    const state = stream?.state ?? 'offline';
    const isOver = state === 'offline' || state === 'ended';
    return {
      op: 'status',
      name,
      state,
      since: stream?.stateSince ?? Date.now(),
      // Who asked for the last playlist is counted for seconds; there is nothing left to watch.
      viewers: isOver ? 0 : this.#viewers.count(name),
      ...(stream === undefined ? {} : this.#endFacts(stream)),
      hls: `live/${name}/index.m3u8`,
      ...(output === undefined || output.codecs === '' ? {} : { codecs: output.codecs }),
      ...(output === undefined || output.captions.names.length === 0
        ? {}
        : { captions: output.captions.names }),
      ...(targetLatencyMs === undefined ? {} : { targetLatencyMs }),
    };
  }

  #endFacts(stream: LiveStream): Pick<StatusMessage, 'reason' | 'graceEndsAt' | 'mediaMs'> {
    const { state, endReason, stateSince, mediaMs } = stream;
    return {
      ...(endReason === undefined ? {} : { reason: endReason }),
      ...(state === 'reconnecting' ? { graceEndsAt: stateSince + this.#settings['stream.grace'] } : {}),
      ...(state === 'ended' ? { mediaMs: Math.round(mediaMs) } : {}),
    };
  }

  #tick(): void {
    this.#viewers.sweep();
    this.#tickNumber += 1;
    for (const [name, meter] of this.#meters) {
      const numbers = meter.measure(this.#viewers.count(name));
      if (!this.#stats.hasFollowers('stream', name)) continue;
      this.#stats.publish(
        'stream',
        { op: 'tick', name, seq: this.#tickNumber, t: Date.now(), d: numbers },
        true,
      );
    }
  }
}
