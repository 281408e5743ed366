// The counters that `/metrics` reads.

import type { LiveStream } from '../live/live-stream.ts';
import type { GatewayMemory } from '../media/media-memory.ts';
import type { HlsCounts } from './hls-counts.ts';
import type { HookSources } from './hook-families.ts';
import type { LimitReport } from './limit-report.ts';
import type { Health } from './operator-message.ts';
import type { ViewerReports } from './viewer-reports.ts';

type Totals = () => Iterable<readonly [code: string, count: number]>;

export type MetricsSources = {
  readonly version: string;
  /** All streams, oldest first. */
  readonly streams: () => readonly LiveStream[];
  readonly viewers: (name: string) => number;
  /** The doctor's verdicts. */
  readonly health?: (name: string) => Health | undefined;
  /** What players report; absent if viewers.reports is off. */
  readonly viewerReports?: ViewerReports | undefined;
  readonly memory: Pick<GatewayMemory, 'usedBytes' | 'maxBytes'>;
  readonly hls: HlsCounts;
  readonly rtmp: { readonly connectionCount: number; readonly totals: Totals };
  readonly http: { readonly connectionCount: number; readonly sentBytes: number; readonly refusals: Totals };
  readonly webSockets: () => number;
  readonly eventStreams: () => number;
  readonly limits?: () => readonly LimitReport[];
  /** Callbacks and webhooks. */
  readonly hooks?: HookSources;
};
