// The composition root: builds a gateway from settings, starts and stops it. Only this file imports every room.

import { EventEmitter } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { PlaybackTerms } from './access/playback-token.ts';
import { AccessSide } from './access-side.ts';
import { NetworkList } from './address.ts';
import type { GatewayInfo } from './api/info.ts';
import type { Certificate } from './certificate.ts';
import { systemClock } from './clock.ts';
import {
  certificateOf,
  hlsTimesOf,
  ingestLimitsOf,
  mediaMemoryOf,
  rtmpLimitsOf,
  streamRulesOf,
  trackLog,
  trustedProxiesOf,
} from './component-options.ts';
import type { IssueChange } from './doctor/diagnosis.ts';
import { logIssue } from './doctor/issue-log.ts';
import type { EarlyPorts } from './early-port.ts';
import { GatewayError } from './errors.ts';
import { EventLog } from './event-log.ts';
import { everySeconds } from './every-seconds.ts';
import type { Gateway, GatewayOptions } from './gateway.ts';
import { EventOutlet, type GatewayEvents, tellHealth, tellState } from './gateway-events.ts';
import { gatewayInfo, httpUrl, type ListeningPorts, portsOf } from './gateway-info.ts';
import { guarded } from './guard.ts';
import { HlsOutputs } from './hls/hls-outputs.ts';
import type { HttpHandler } from './http/http-handler.ts';
import type { StatsSocket } from './http/stats-socket.ts';
import { HttpSide } from './http-side.ts';
import { RtmpServer } from './ingest/rtmp-server.ts';
import { testReportPath } from './ingest/test-publish.ts';
import { LimitsSide } from './limits-side.ts';
import type { Authorizer } from './live/authorizer.ts';
import type { LiveStream } from './live/live-stream.ts';
import { StreamRegistry } from './live/stream-registry.ts';
import type { StreamState } from './live/stream-state.ts';
import { type Logger, silentLogger } from './log.ts';
import type { GatewayMemory } from './media/media-memory.ts';
import { apiGateway } from './operator-side.ts';
import { loadPackage } from './packages.ts';
import { type Config, configFrom } from './settings/sources.ts';
import type { Settings } from './settings/table.ts';
import type { Health } from './stats/operator-message.ts';
import type { StreamSummary } from './stats/stream-view.ts';
import { StatsSide } from './stats-side.ts';
import { KeptClock } from './store/kept-clock.ts';
import type { WebhookReports } from './webhooks/webhooks.ts';

export type { Gateway, GatewayOptions } from './gateway.ts';
export type { GatewayEvents } from './gateway-events.ts';
export type { ListeningPorts } from './gateway-info.ts';

/** Rates are computed and sent once a second. */
const TICK_SECONDS = 1;
/** A player requests its playlist at least once in this time. */
const LAST_REQUEST_MS = 1_500;
/** How much longer other outputs may take to finish; the whole stop takes less than 10 s. */
const SINK_FINISH_MS = 3_000;

/** Builds a gateway; nothing listens until `listen`. Throws GatewayError for a wrong setting. */
export function createGateway(options: GatewayOptions = {}): Gateway {
  const { logger = silentLogger, authorizer, settingOrigins, ...sections } = options;
  const config = configFrom(sections);
  return new App({ ...config, origins: settingOrigins ?? config.origins }, logger, authorizer);
}

/** Used by the command, which has read the settings and opened the ports. */
export class App extends EventEmitter<GatewayEvents> implements Gateway {
  readonly #settings: Settings;
  readonly #logger: Logger;
  readonly #events: EventLog;
  readonly #hls: HlsOutputs;
  readonly #registry: StreamRegistry;
  readonly #rtmp: RtmpServer;
  readonly #http: HttpSide;
  readonly #stats: StatsSide;
  readonly #access: AccessSide;
  readonly #numberClock: KeptClock;
  readonly #early: EarlyPorts | undefined;
  readonly #limits: LimitsSide;
  readonly #outlet = new EventOutlet(this);
  #certificate: Certificate | undefined;
  #stopTicking: (() => void) | undefined;
  #listening: Promise<ListeningPorts> | undefined;
  #ports: ListeningPorts | undefined;
  #closing: Promise<void> | undefined;
  #loading: Promise<unknown> | undefined;

  constructor({ settings, origins }: Config, logger: Logger, authorizer?: Authorizer, early?: EarlyPorts) {
    super();
    this.#early = early;
    this.#settings = settings;
    this.#logger = logger;
    this.#limits = new LimitsSide(settings);
    const { tally } = this.#limits;
    this.#events = new EventLog(logger, systemClock, settings['log.max-lines'], tally.watcher('http'));
    this.#numberClock = new KeptClock(systemClock, logger);
    this.#hls = this.#createHls();
    const memory = mediaMemoryOf(settings);
    this.#registry = this.#createRegistry(memory);
    this.#stats = new StatsSide({
      settings,
      memory,
      registry: this.#registry,
      playbackFacts: (name) => this.#hls.facts(name),
      onIssue: (...news) => this.#announceIssue(...news),
      onLimit: tally.met,
      log: logger,
    });
    this.#access = new AccessSide(settings, logger, { events: this.#events, onLimit: tally.met }, authorizer);
    this.#access.webhooks.watch(this.#outlet.first);
    this.#rtmp = this.#createRtmp();
    this.#http = this.#createHttp(memory, origins);
    this.#stats.sendTo(this.#http.stats);
    this.#limits.watch(this.#http.uses);
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
      await Promise.all([this.#rtmp.close(), this.#http.abort(), this.#access.close()]);
      await this.#numberClock.close();
      this.#certificate?.close();
      this.#access.closeStore();
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

  info(hostHeader?: string, isNearby = true): GatewayInfo {
    const needsKey = this.#access.publish?.authorizer.isOpen === false;
    return gatewayInfo(this.#settings, this.#ports, { hostHeader, lan: isNearby ? undefined : [], needsKey });
  }

  get publishKeyCount(): number {
    return this.#access.publish?.count ?? 0;
  }

  get adminTokenCount(): number {
    return this.#access.admin.tokens.length;
  }

  publishKeyFor(name: string): string {
    return this.#access.publish?.keyFor(name) ?? name;
  }

  playbackToken(terms: PlaybackTerms): string {
    return this.#access.playback.issue(terms);
  }

  async reload(): Promise<void> {
    this.#certificate?.reload();
    await this.#access.reload();
  }

  get webhooks(): WebhookReports {
    return this.#access.webhooks;
  }

  streams(): readonly StreamSummary[] {
    return this.#stats.view.summaries();
  }

  #createHls(): HlsOutputs {
    return new HlsOutputs({
      ...hlsTimesOf(this.#settings),
      clock: systemClock,
      numberClock: this.#numberClock,
      onFault: (error) => this.#logger.error({ err: error }, 'a held request could not be answered'),
      ...trackLog(this.#events),
      onLimit: this.#limits.tally.met,
      onSegment: ({ name }, segment) => this.#stats.feed.segment(name, segment),
      onCaptions: (stream) => this.#http.stats.publish('status', this.#stats.view.status(stream.name), false),
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

  #createRtmp(): RtmpServer {
    const settings = this.#settings;
    return new RtmpServer({
      registry: this.#registry,
      authorizer: this.#access.authorizer,
      rtmpLimits: rtmpLimitsOf(settings),
      limits: ingestLimitsOf(settings),
      maxLogLines: settings['log.max-lines'],
      tally: this.#limits.tally,
      onPublishRefused: (refusal) => {
        this.#stats.refused(refusal);
        this.#outlet.emit('publish:refused', refusal);
      },
      testReportUrl: (id) => httpUrl(settings, this.#ports, testReportPath(id)),
      trustedNetworks: new NetworkList(settings['rtmp.trusted-networks'].join(',')),
      proxies: trustedProxiesOf(settings),
      hasProxyHeaders: settings['rtmp.proxy-protocol'] === 'on',
      log: this.#logger,
    });
  }

  #createHttp(memory: GatewayMemory, origins: Config['origins']): HttpSide {
    const parts = {
      settings: this.#settings,
      log: this.#logger,
      registry: this.#registry,
      view: this.#stats.view,
      viewers: this.#stats.viewers,
      admin: this.#access.admin,
      operators: this.#stats.feed,
      limits: this.#limits,
    };
    const gateway = apiGateway({
      ...parts,
      origins,
      access: this.#access.publish,
      writeCaption: (name, caption) => this.#hls.writeCaption(name, caption),
      stats: this.#stats,
      info: (...asked) => this.info(...asked),
      playback: this.#access.playback,
      webhooks: this.#access.webhooks,
      reload: () => this.reload(),
    });
    return new HttpSide({
      ...parts,
      gateway,
      viewerReports: this.#stats.reports,
      rtmp: this.#rtmp,
      health: (name) => this.#stats.health(name),
      hls: this.#hls,
      memory,
      hooks: this.#access.hooks,
      playback: this.#access.playback,
      play: this.#access.play,
      isReady: () => this.#ports !== undefined && this.#closing === undefined,
    });
  }

  async #listen(withHttp: boolean): Promise<ListeningPorts> {
    const settings = this.#settings;
    await this.#access.open();
    await this.#numberClock.open(this.#access.store);
    const certificate = certificateOf(settings, this.#logger);
    this.#certificate = certificate;
    const host = settings['rtmp.host'] || undefined;
    const rtmpPort = await this.#rtmp.listen(settings['rtmp.port'], host, this.#early?.rtmp);
    const rtmpsPort = certificate && (await this.#rtmp.listenTls(settings['rtmps.port'], host, certificate));
    const httpPorts = withHttp ? await this.#http.listen(certificate, this.#early?.http) : undefined;
    this.#stats.open();
    this.#stopTicking = everySeconds(TICK_SECONDS, { log: this.#logger }, () => this.#tick());
    this.#ports = portsOf(rtmpPort, { rtmpsPort, ...httpPorts });
    setImmediate(guarded({ log: this.#logger }, () => this.#loadRest()));
    return this.#ports;
  }

  /** Loads what the first publisher and the first request need, while nobody waits for it. */
  #loadRest(): void {
    if (this.#closing !== undefined) return;
    loadPackage('pino');
    loadPackage('mp4box');
    this.#loading = this.#http.handler.loadRest().catch((error: unknown) => {
      // Node keeps the failure, so later requests fail too; media is not concerned.
      this.#logger.error({ err: error }, 'pages and API cannot be loaded; restart the gateway');
    });
  }

  async #close(): Promise<void> {
    // A port that is being opened is closed after it has opened.
    await this.#listening?.catch(() => undefined);
    this.#stopTicking?.();
    await this.#loading;
    this.#stats.close();
    this.#certificate?.close();
    const finished = this.#registry.endAll();
    await this.#rtmp.close();
    // Players learn of the end with their next request; give them the time.
    if (this.#stats.viewers.total > 0) await delay(LAST_REQUEST_MS);
    await this.#http.close();
    await Promise.race([finished, delay(SINK_FINISH_MS, undefined, { ref: false })]);
    this.#registry.close();
    await this.#access.close();
    await this.#numberClock.close();
    this.#access.closeStore();
  }

  #addStream(stream: LiveStream): void {
    if (stream.testOf === undefined) this.#hls.attach(stream);
    this.#stats.add(stream);
  }

  #removeStream(stream: LiveStream): void {
    this.#hls.detach(stream);
    this.#stats.remove(stream);
    // A name without media is forgotten at once, so its followers are told the reason here.
    const { endReason: reason } = stream;
    this.#access.webhooks.streamRemoved(stream.name, reason);
    const isReasonNews = reason !== undefined && !stream.hasCarriedMedia;
    this.#http.stats.publish(
      'status',
      { ...this.#stats.view.status(stream.name), ...(isReasonNews && { reason }) },
      false,
    );
  }

  #announce(stream: LiveStream, state: StreamState): void {
    this.#stats.noteState(stream);
    // Before the log and viewers: what they tell must be in the journal of webhooks already.
    if (stream.testOf === undefined)
      tellState(this.#outlet, stream, this.#settings['stream.grace'], this.#hls.facts(stream.name).codecs);
    this.#events.writeAs(`stream_${state}`, 'info', { stream: stream.name, state }, 'stream state');
    this.#http.stats.publish('status', this.#stats.view.status(stream.name), false);
    this.#stats.feed.stateChanged(stream);
  }

  #announceIssue(stream: LiveStream, change: IssueChange, health: Health): void {
    logIssue(this.#events, stream.name, stream.publisher?.encoder, change);
    if (stream.testOf === undefined) tellHealth(this.#outlet, stream, { ...change, verdict: health.verdict });
  }

  #tick(): void {
    this.#stats.tick(this.#http.stats);
    this.#access.webhooks.countViewers((name) => this.#stats.viewers.count(name));
  }
}
