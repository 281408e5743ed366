// Connects the operations of the API to the parts of a gateway.

import type { AdminAccess } from './access/admin-access.ts';
import type { PlaybackAccess } from './access/playback-access.ts';
import type { PlaybackTerms } from './access/playback-token.ts';
import type { PublishAccess } from './access/publish-access.ts';
import type { PublishKey } from './access/publish-keys.ts';
import type { AdminTokensPort } from './api/admin-tokens.ts';
import type { CaptionsPort } from './api/captions.ts';
import type { InfoPort } from './api/info.ts';
import type { KeysPort } from './api/keys.ts';
import type { LogLevelPort } from './api/log-level.ts';
import type { ApiGateway } from './api/operations.ts';
import type { SettingsPort } from './api/settings.ts';
import type { StreamsPort } from './api/streams.ts';
import type { WebhookDelivery, WebhooksPort } from './api/webhooks.ts';
import { systemClock } from './clock.ts';
import type { TestReport } from './doctor/test-reports.ts';
import { GatewayError } from './errors.ts';
import type { LimitsSide } from './limits-side.ts';
import type { StreamRegistry } from './live/stream-registry.ts';
import { LOG_LEVELS, type Logger, type LogLevel } from './log.ts';
import { type SettingPath, type Settings, settingOf, settingPaths } from './settings/table.ts';
import type { LimitReport } from './stats/limit-report.ts';
import type { EncoderReport, Health, ViewerRow } from './stats/operator-message.ts';
import type { RejectedPublishes } from './stats/rejected-publishes.ts';
import type { StreamNumbers } from './stats/stats-message.ts';
import { streamReport } from './stats/stream-report.ts';
import type { StreamView } from './stats/stream-view.ts';
import type { ViewerCount } from './stats/viewer-count.ts';
import type { ViewerSummary } from './stats/viewer-reports.ts';
import type { Delivery } from './webhooks/delivery-log.ts';
import type { WebhookReports } from './webhooks/webhooks.ts';

/** What is measured of streams and viewers. */
type MeasuredStreams = {
  readonly rejected: RejectedPublishes;
  /** The last measurement of a stream. */
  numbers(name: string): StreamNumbers | undefined;
  health(name: string): Health | undefined;
  testReport(id: string): TestReport | undefined;
  /** Viewers of a stream, and the figures of those who report; undefined if viewers.reports is off. */
  viewerRows(name: string): readonly ViewerRow[];
  viewerSummary(name: string): ViewerSummary | undefined;
  encoderReport(name: string): EncoderReport | undefined;
};

export type OperatorSideOptions = {
  readonly settings: Settings;
  /** Where each setting comes from, as --print-config shows it. */
  readonly origins: ReadonlyMap<SettingPath, string>;
  readonly log: Logger;
  readonly registry: StreamRegistry;
  readonly view: StreamView;
  readonly viewers: ViewerCount;
  /** Absent where the program brought an authorizer. */
  readonly access: PublishAccess | undefined;
  readonly admin: AdminAccess;
  readonly playback: PlaybackAccess;
  readonly webhooks: WebhookReports;
  readonly stats: MeasuredStreams;
  readonly info: InfoPort;
  /** Throws GatewayError if a stream that exists cannot show it. */
  readonly writeCaption: CaptionsPort;
  readonly reload: () => Promise<void>;
  readonly limits: LimitsSide;
};

export function apiGateway(options: OperatorSideOptions): ApiGateway {
  const { view, viewers, registry, stats, access, admin, info, reload } = options;
  const { rejected } = stats;
  return {
    info,
    streams: streamsPort(options),
    captions: (name, caption) => {
      registry.known(name);
      options.writeCaption(name, caption);
    },
    closedNames: {
      list: () => ({
        names: registry.closedNames.list().map(({ name, until }) => ({ name, until: isoOf(until) })),
      }),
      open: (name) => registry.closedNames.open(name),
    },
    viewers: {
      total: () => viewers.total,
      page: (after, limit) => view.page(after, limit),
      ofStream: (name) =>
        registry.get(name) && {
          counted: viewers.count(name),
          summary: stats.viewerSummary(name),
          rows: stats.viewerRows(name),
        },
    },
    tests: { report: (id) => shownTest(stats.testReport(id)) },
    rejections: () => ({
      rejections: rejected.list().map((rejection) => ({ ...rejection, at: isoOf(rejection.at) })),
      isComplete: rejected.isComplete,
    }),
    keys: keysPort(access),
    playbackTokens: { make: ({ lifetimeS, ...terms }) => madeToken(options.playback, terms, lifetimeS) },
    webhooks: webhooksPort(options.webhooks),
    adminTokens: adminTokensPort(admin),
    settings: settingsPort(options),
    limits: () => ({ limits: options.limits.reports().map(shownLimit) }),
    logLevel: logLevelPort(options.log),
    reload: async () => {
      await reload();
      return { publishKeys: access?.count ?? 0, adminTokens: admin.tokens.length };
    },
  };
}

function streamsPort({ registry, view, stats, playback }: OperatorSideOptions): StreamsPort {
  const health = (name: string): Health | undefined => stats.health(name);
  const report: StreamsPort['report'] = (name) => {
    const [stream, detail] = [registry.get(name), view.detail(name)];
    const [numbers, encoderReport] = [stats.numbers(name), stats.encoderReport(name)];
    return stream && detail && streamReport(stream, detail, { numbers, health: health(name), encoderReport });
  };
  const isListed = (name: string): boolean =>
    playback.isListed(name) && registry.get(name)?.testOf === undefined;
  const because = (what: string, reason: string | undefined): string =>
    reason === undefined ? what : `${what}: ${reason}`;
  const valuesOf = (reason: string | undefined) => (reason === undefined ? undefined : { reason });
  return {
    page: (after, limit) => view.page(after, limit, isListed),
    detail: (name) => view.detail(name),
    report,
    health,
    reports: (after, limit) => {
      const { streams, hasMore } = registry.page(after, limit);
      return { reports: streams.flatMap(({ name }) => report(name) ?? []), hasMore };
    },
    kick: (name, reason) =>
      registry.kick(name, because('the operator disconnected this publisher', reason), valuesOf(reason)),
    end: (name, reason, closedForMs) => {
      const message = because('the operator ended this stream', reason);
      registry.endByOperator(name, message, closedForMs, valuesOf(reason));
    },
  };
}

function shownTest(report: TestReport | undefined) {
  if (report === undefined) return undefined;
  const { startedAt, endedAt, ...others } = report;
  const ended = endedAt === undefined ? {} : { endedAt: isoOf(endedAt) };
  return { ...others, startedAt: isoOf(startedAt), ...ended };
}

function madeToken(playback: PlaybackAccess, terms: Omit<PlaybackTerms, 'expiresAt'>, lifetimeS: number) {
  const { name } = terms;
  const expiresAt = systemClock.epochMs() + lifetimeS * 1000;
  const token = playback.issue({ ...terms, expiresAt });
  return {
    token,
    expires: isoOf(expiresAt),
    playlist: `/live/${name}/t/${token}/index.m3u8`,
    page: `/watch/${name}?token=${token}`,
  };
}

function webhooksPort(webhooks: WebhookReports): WebhooksPort {
  return {
    receivers: () => webhooks.endpoints(),
    deliveries: () => webhooks.deliveries().map(shownDelivery),
    sendTest: (id) => webhooks.sendTest(id)?.then(shownDelivery),
  };
}

function shownDelivery({ endpoint, at, nextTryAt, ...others }: Delivery): WebhookDelivery {
  const nextTry = nextTryAt === undefined ? {} : { nextTry: isoOf(nextTryAt) };
  return { receiver: endpoint, at: isoOf(at), ...others, ...nextTry };
}

function keysPort(access: PublishAccess | undefined): KeysPort {
  const present = (): PublishAccess => {
    if (access !== undefined) return access;
    const message =
      'the program that runs this gateway decides who may publish, so there are no publish keys';
    throw new GatewayError('config', 'no_data_dir', message);
  };
  return {
    list: async () => ({ keys: (access?.keys ?? []).map(shownKey) }),
    add: async ({ name, expires, networks = [], ...limits }) => {
      const expiresAt = expires === undefined ? undefined : Date.parse(expires);
      const nowMs = systemClock.epochMs();
      if (expiresAt !== undefined && expiresAt <= nowMs)
        throw new GatewayError(
          'invalid-data',
          'bad_body',
          'the field expires must be a time that is not over',
        );
      const terms = { expiresAt, networks, ...limits };
      const added = await present().stored.add(name, terms, nowMs);
      await present().reload();
      return { ...added, name };
    },
    remove: async (id) => {
      await present().stored.remove(id);
      await present().reload();
    },
  };
}

function shownKey(key: PublishKey) {
  const { id, name, source, expiresAt, networks, takeover, maxBitsPerSecond, maxViewers } = key;
  return {
    ...(id === undefined ? {} : { id }),
    name,
    source,
    ...(expiresAt === undefined ? {} : { expires: isoOf(expiresAt) }),
    ...(networks.length === 0 ? {} : { networks }),
    ...(takeover === undefined ? {} : { takeover }),
    ...(maxBitsPerSecond === undefined ? {} : { maxBitsPerSecond }),
    ...(maxViewers === undefined ? {} : { maxViewers }),
  };
}

function adminTokensPort(admin: AdminAccess): AdminTokensPort {
  return {
    list: async () => {
      await admin.refresh();
      const tokens = admin.tokens.map(({ id, name, scope, source }) => ({
        ...(id === undefined ? {} : { id }),
        ...{ name, scope, source },
      }));
      return { tokens };
    },
    add: async ({ name, scope }) => {
      const added = await admin.add(name, scope, systemClock.epochMs());
      return { ...added, name, scope };
    },
    remove: (id) => admin.remove(id),
  };
}

function settingsPort({ settings, origins }: OperatorSideOptions): SettingsPort {
  return () => ({
    settings: settingPaths().map((path) => {
      const { defaultValue, toFile } = settingOf(path);
      const origin = origins.get(path) ?? 'default';
      return {
        path,
        value: toFile(settings[path]),
        defaultValue: toFile(defaultValue),
        source: sourceOf(origin),
        origin,
      };
    }),
  });
}

function shownLimit({ name, isSetting, meaning, unit, limit, inUse, timesMet, lastMetAt }: LimitReport) {
  return {
    name,
    ...(isSetting ? { setting: name } : {}),
    meaning,
    unit,
    ...(limit === undefined ? {} : { limit }),
    ...(inUse === undefined ? {} : { inUse }),
    timesMet,
    ...(lastMetAt === undefined ? {} : { lastMet: isoOf(lastMetAt) }),
  };
}

function sourceOf(origin: string): 'flag' | 'environment' | 'file' | 'program' | 'default' {
  if (origin === 'default') return 'default';
  if (origin.startsWith('--')) return 'flag';
  if (origin.startsWith('SLUICE_')) return 'environment';
  return origin === 'createGateway()' ? 'program' : 'file';
}

/** pino's level can be changed; that of another logger may be fixed. */
function logLevelPort(log: Logger & { level?: unknown }): LogLevelPort {
  const get = (): LogLevel => {
    const level = LOG_LEVELS.find((each) => each === log.level);
    if (level === undefined) throw new GatewayError('invalid-state', 'log_level_fixed');
    return level;
  };
  return {
    get,
    set: (level) => {
      // Written at the old level, because the new one may hide all later lines.
      log.warn({ from: get(), to: level }, 'the level of the log was changed');
      log.level = level;
    },
  };
}

function isoOf(epochMs: number): string {
  return new Date(epochMs).toISOString();
}
