// The composition root: builds a gateway from settings, starts and stops it. Only this file imports every room.

import { EventEmitter } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { PublishAccess } from './access/publish-access.ts';
import { NetworkList } from './address.ts';
import type { Certificate } from './certificate.ts';
import { systemClock } from './clock.ts';
import {
  certificateOf,
  hlsTimesOf,
  ingestLimitsOf,
  keySourcesOf,
  mediaMemoryOf,
  rtmpLimitsOf,
  streamRulesOf,
  trackLog,
} from './component-options.ts';
import { GatewayError } from './errors.ts';
import { EventLog } from './event-log.ts';
import type { Gateway, GatewayOptions } from './gateway.ts';
import { type GatewayEvents, tellState } from './gateway-events.ts';
import { gatewayInfo, type ListeningPorts, portsOf } from './gateway-info.ts';
import { guarded } from './guard.ts';
import { HlsOutputs } from './hls/hls-outputs.ts';
import type { GatewayInfo } from './http/api-router.ts';
import type { HttpHandler } from './http/http-handler.ts';
import type { StatsSocket } from './http/stats-socket.ts';
import { HttpSide } from './http-side.ts';
import { RtmpServer } from './ingest/rtmp-server.ts';
import type { Authorizer } from './live/authorizer.ts';
import type { LiveStream } from './live/live-stream.ts';
import { StreamRegistry } from './live/stream-registry.ts';
import type { StreamState } from './live/stream-state.ts';
import { type Logger, silentLogger } from './log.ts';
import type { GatewayMemory } from './media/media-memory.ts';
import { settingsFrom } from './settings/sources.ts';
import type { Settings } from './settings/table.ts';
import { StreamMeter } from './stats/collect-stats.ts';
import { type StreamSummary, StreamView } from './stats/stream-view.ts';
import { ViewerCount } from './stats/viewer-count.ts';
import { KeptClock } from './store/kept-clock.ts';

export type { Gateway, GatewayOptions } from './gateway.ts';
export type { GatewayEvents } from './gateway-events.ts';
export type { ListeningPorts } from './gateway-info.ts';

/** Rates are computed and sent once a second. */
const TICK_MS = 1_000;
/** A player requests its playlist at least once in this time. */
const LAST_REQUEST_MS = 1_500;
/** How much longer other outputs may take to finish; the whole stop takes less than 10 s. */
const SINK_FINISH_MS = 3_000;

/** Builds a gateway; nothing listens until `listen`. Throws GatewayError for a wrong setting. */
export function createGateway(options: GatewayOptions = {}): Gateway {
  const { logger = silentLogger, authorizer, ...sections } = options;
  return new App(settingsFrom(sections), logger, authorizer);
}

class App extends EventEmitter<GatewayEvents> implements Gateway {
  readonly #settings: Settings;
  readonly #logger: Logger;
  readonly #events: EventLog;
  readonly #hls: HlsOutputs;
  readonly #registry: StreamRegistry;
  readonly #rtmp: RtmpServer;
  readonly #http: HttpSide;
  readonly #viewers = new ViewerCount(systemClock);
  readonly #view: StreamView;
  readonly #meters = new Map<string, StreamMeter>();
  /** Absent where the program brought an authorizer. */
  readonly #access: PublishAccess | undefined;
  readonly #numberClock: KeptClock;
  #certificate: Certificate | undefined;
  #timer: NodeJS.Timeout | undefined;
  #tickNumber = 0;
  #listening: Promise<ListeningPorts> | undefined;
  #ports: ListeningPorts | undefined;
  #closing: Promise<void> | undefined;

  constructor(settings: Settings, logger: Logger, authorizer: Authorizer | undefined) {
    super();
    this.#settings = settings;
    this.#logger = logger;
    this.#events = new EventLog(logger, systemClock, settings['log.max-lines']);
    this.#numberClock = new KeptClock(systemClock, logger);
    this.#hls = this.#createHls();
    const memory = mediaMemoryOf(settings);
    this.#registry = this.#createRegistry(memory);
    this.#view = this.#createView();
    const access = new PublishAccess({ ...keySourcesOf(settings), log: logger, clock: systemClock });
    this.#access = authorizer === undefined ? access : undefined;
    this.#rtmp = this.#createRtmp(authorizer ?? access.authorizer);
    this.#http = this.#createHttp(memory);
  }

  get handler(): HttpHandler {
    return this.#http.handler;
  }

  handleUpgrade(...upgrade: Parameters<StatsSocket['handleUpgrade']>): boolean {
    return this.#http.stats.handleUpgrade(...upgrade);
  }

  listen(options: { readonly http?: boolean } = {}): Promise<ListeningPorts> {
    if (this.#listening !== undefined || this.#closing !== undefined) {
      const what = this.#closing === undefined ? 'is already listening' : 'was closed';
      return Promise.reject(new GatewayError('invalid-state', 'cannot_listen', `the gateway ${what}`));
    }
    const listening = this.#listen(options.http !== false).catch(async (error: unknown) => {
      await Promise.all([this.#rtmp.close(), this.#http.abort(), this.#numberClock.close()]);
      this.#certificate?.close();
      this.#access?.close();
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
    const needsKey = this.#access?.authorizer.isOpen === false;
    return gatewayInfo(this.#settings, this.#ports, { hostHeader, needsKey });
  }

  get publishKeyCount(): number {
    return this.#access?.count ?? 0;
  }

  publishKeyFor(name: string): string {
    return this.#access?.keyFor(name) ?? name;
  }

  async reload(): Promise<void> {
    this.#certificate?.reload();
    await this.#access?.reload();
  }

  streams(): readonly StreamSummary[] {
    return this.#view.summaries();
  }

  #createHls(): HlsOutputs {
    return new HlsOutputs({
      ...hlsTimesOf(this.#settings),
      clock: systemClock,
      numberClock: this.#numberClock,
      onFault: (error) => this.#logger.error({ err: error }, 'a held request could not be answered'),
      ...trackLog(this.#events),
      onCaptions: (stream) => this.#http.stats.publish('status', this.#view.status(stream.name), false),
    });
  }

  #createRegistry(memory: GatewayMemory): StreamRegistry {
    return new StreamRegistry({
      ...streamRulesOf(this.#settings),
      log: this.#logger,
      memory,
      clock: systemClock,
      onStreamCreated: (stream) => this.#addStream(stream),
      onStateChange: (stream, state) => this.#announce(stream, state),
      onSinkFault: (stream, error) => {
        this.#logger.error({ err: error, stream: stream.name }, 'an output failed');
      },
      onStreamRemoved: (stream) => this.#removeStream(stream),
    });
  }

  #createView(): StreamView {
    return new StreamView({
      registry: this.#registry,
      playbackFacts: (name) => this.#hls.facts(name),
      viewers: this.#viewers,
      clock: systemClock,
      graceMs: this.#settings['stream.grace'],
    });
  }

  #createRtmp(authorizer: Authorizer): RtmpServer {
    const settings = this.#settings;
    return new RtmpServer({
      registry: this.#registry,
      authorizer,
      rtmpLimits: rtmpLimitsOf(settings),
      limits: ingestLimitsOf(settings),
      maxLogLines: settings['log.max-lines'],
      onPublishRefused: (refusal) => queueMicrotask(() => this.emit('publish:refused', refusal)),
      trustedNetworks: new NetworkList(settings['rtmp.trusted-networks'].join(',')),
      log: this.#logger,
    });
  }

  #createHttp(memory: GatewayMemory): HttpSide {
    return new HttpSide({
      settings: this.#settings,
      log: this.#logger,
      registry: this.#registry,
      rtmp: this.#rtmp,
      hls: this.#hls,
      view: this.#view,
      viewers: this.#viewers,
      memory,
      info: (hostHeader) => this.info(hostHeader),
      isReady: () => this.#ports !== undefined && this.#closing === undefined,
    });
  }

  async #listen(withHttp: boolean): Promise<ListeningPorts> {
    const settings = this.#settings;
    await this.#access?.open();
    await this.#numberClock.open(this.#access?.store);
    const certificate = certificateOf(settings, this.#logger);
    this.#certificate = certificate;
    const host = settings['rtmp.host'] || undefined;
    const rtmpPort = await this.#rtmp.listen(settings['rtmp.port'], host);
    const rtmpsPort = certificate && (await this.#rtmp.listenTls(settings['rtmps.port'], host, certificate));
    const httpPorts = withHttp ? await this.#http.listen(certificate) : undefined;
    this.#timer = setInterval(
      guarded({ log: this.#logger }, () => this.#tick()),
      TICK_MS,
    );
    this.#ports = portsOf(rtmpPort, { rtmpsPort, ...httpPorts });
    return this.#ports;
  }

  async #close(): Promise<void> {
    // A port that is being opened is closed after it has opened.
    await this.#listening?.catch(() => undefined);
    clearInterval(this.#timer);
    this.#certificate?.close();
    const finished = this.#registry.endAll();
    await this.#rtmp.close();
    // Players learn of the end with their next request; give them the time.
    if (this.#viewers.total > 0) await delay(LAST_REQUEST_MS);
    await this.#http.close();
    await Promise.race([finished, delay(SINK_FINISH_MS, undefined, { ref: false })]);
    this.#registry.close();
    await this.#numberClock.close();
    this.#access?.close();
  }

  #addStream(stream: LiveStream): void {
    this.#hls.attach(stream);
    this.#meters.set(stream.name, new StreamMeter(stream, systemClock));
  }

  #removeStream(stream: LiveStream): void {
    this.#hls.detach(stream);
    this.#meters.delete(stream.name);
    // A name without media is forgotten at once, so its followers are told the reason here.
    const { endReason: reason } = stream;
    const isReasonNews = reason !== undefined && !stream.hasCarriedMedia;
    this.#http.stats.publish(
      'status',
      { ...this.#view.status(stream.name), ...(isReasonNews && { reason }) },
      false,
    );
  }

  #announce(stream: LiveStream, state: StreamState): void {
    this.#events.writeAs(`stream_${state}`, 'info', { stream: stream.name, state }, 'stream state');
    this.#http.stats.publish('status', this.#view.status(stream.name), false);
    const { codecs = '' } = this.#hls.facts(stream.name);
    tellState(this, stream, { codecs, graceMs: this.#settings['stream.grace'] });
  }

  #tick(): void {
    this.#viewers.sweep();
    this.#tickNumber += 1;
    for (const [name, meter] of this.#meters) {
      const numbers = meter.measure(this.#viewers.count(name));
      if (!this.#http.stats.hasFollowers('stream', name)) continue;
      this.#http.stats.publish(
        'stream',
        { op: 'tick', name, seq: this.#tickNumber, t: systemClock.epochMs(), d: numbers },
        true,
      );
    }
  }
}
