// Connects the limits of a gateway with what counts them: their figures, how much is in use, and how often each was met.

import { systemClock } from './clock.ts';
import type { RtmpServer } from './ingest/rtmp-server.ts';
import { FIXED_LIMITS, type LimitName, LimitTally, type LimitUnit, limitNames } from './limit-tally.ts';
import type { StreamRegistry } from './live/stream-registry.ts';
import type { GatewayMemory } from './media/media-memory.ts';
import { isSettingPath, type Settings, settingOf } from './settings/table.ts';
import type { HookSources } from './stats/hook-families.ts';
import type { LimitReport } from './stats/limit-report.ts';
import type { ViewerCount } from './stats/viewer-count.ts';
import type { ViewerReports } from './stats/viewer-reports.ts';

/** How much of a limit is in use, and its figure where that is not the setting. */
export type LimitUse = { readonly inUse?: () => number; readonly limit?: () => number };
export type LimitUses = { readonly [Name in LimitName]?: LimitUse };

/** What counts. */
type Counted = {
  readonly registry: Pick<StreamRegistry, 'list'>;
  readonly memory: Pick<GatewayMemory, 'usedBytes' | 'maxBytes'>;
  readonly rtmp: Pick<RtmpServer, 'placeCount' | 'handshakeCount'>;
  readonly viewers: Pick<ViewerCount, 'count' | 'total'>;
  readonly viewerReports: Pick<ViewerReports, 'sessionCount'> | undefined;
  readonly hooks: Pick<HookSources, 'webhooks'>;
};

export class LimitsSide {
  readonly tally = new LimitTally(systemClock);
  readonly #settings: Settings;
  #uses: LimitUses = {};

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  /** Who counts what is in use. */
  watch(uses: LimitUses): void {
    this.#uses = { ...this.#uses, ...uses };
  }

  readonly reports = (): readonly LimitReport[] =>
    limitNames().map((name) => {
      const { times, lastAt } = this.tally.of(name);
      const use = this.#uses[name];
      return {
        ...this.#described(name),
        ...(use?.limit === undefined ? {} : { limit: use.limit() }),
        name,
        isSetting: isSettingPath(name),
        inUse: use?.inUse?.(),
        timesMet: times,
        lastMetAt: lastAt,
      };
    });

  #described(name: LimitName): Pick<LimitReport, 'meaning' | 'unit' | 'limit'> {
    if (!isSettingPath(name)) return FIXED_LIMITS[name];
    const { meaning } = settingOf(name);
    const figure = Number(this.#settings[name]);
    // 0 is no limit where a setting allows it.
    return { meaning, unit: unitOf(name), limit: figure === 0 ? undefined : figure };
  }
}

function unitOf(name: keyof Settings): LimitUnit {
  const { form } = settingOf(name);
  if (form.startsWith('a size')) return 'bytes';
  if (form.startsWith('bits per second')) return 'bits per second';
  if (form.startsWith('a duration')) return 'milliseconds';
  return name === 'tls.max-handshakes-per-address' ? 'per second' : 'count';
}

/** How much of all limits but those of HTTP is in use. */
export function usesOf({ registry, memory, rtmp, viewers, viewerReports, hooks }: Counted): LimitUses {
  const streams = () => registry.list();
  return {
    'rtmp.max-connections': { inUse: () => rtmp.placeCount },
    'rtmps.max-handshakes': { inUse: () => rtmp.handshakeCount },
    'stream.max-streams': { inUse: () => streams().length },
    'media.max-memory': { inUse: () => memory.usedBytes, limit: () => memory.maxBytes },
    'hls.max-memory': { inUse: () => fullest(streams().map((stream) => stream.memory.usedBytes)) },
    'http.max-viewers': { inUse: () => viewers.total },
    'stream.max-viewers': { inUse: () => fullest(streams().map(({ name }) => viewers.count(name))) },
    'reports.sessions': { inUse: () => viewerReports?.sessionCount ?? 0 },
    'webhooks.max-queue': { inUse: () => fullest([...hooks.webhooks()].map(({ waiting }) => waiting)) },
  };
}

/** The highest of some figures; 0 if there are none. */
function fullest(figures: readonly number[]): number {
  return figures.reduce((most, figure) => Math.max(most, figure), 0);
}
