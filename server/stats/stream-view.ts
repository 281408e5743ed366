// Streams as shown by the API and the WebSocket.

import type { Clock } from '../clock.ts';
import type { LiveStream } from '../live/live-stream.ts';
import type { StreamRegistry } from '../live/stream-registry.ts';
import type { StreamState } from '../live/stream-state.ts';
import { type SourceReport, sourceReport } from './source-report.ts';
import type { StatusMessage } from './stats-message.ts';
import type { ViewerCount } from './viewer-count.ts';

/** One stream as the API shows it. */
export type StreamSummary = {
  readonly name: string;
  readonly state: StreamState;
  /** When the state began, ISO 8601. */
  readonly since: string;
  /** When the first publisher of this stream connected, ISO 8601. */
  readonly startedAt: string;
  readonly viewers: number;
  readonly codecs?: string;
  /** Relative to the gateway's root. */
  readonly watch: string;
  readonly hls: string;
};

export type StreamSummaries = { readonly streams: readonly StreamSummary[]; readonly hasMore: boolean };

/**
 * One stream by name: everything from the WebSocket's `status`, for pages without a WebSocket, and a report about its source,
 * for operators.
 */
export type StreamDetail = StreamSummary &
  Omit<StatusMessage, 'op' | 'since'> & {
    /** The gateway's clock, milliseconds since the Unix epoch. */
    readonly serverTime: number;
    /** Media of the stream in memory, bytes. */
    readonly memoryBytes: number;
    /** While somebody publishes. */
    readonly source?: SourceReport;
  };

/** Facts for players; each is absent while it is unknown. */
export type PlaybackFacts = Pick<StatusMessage, 'codecs' | 'captions' | 'targetLatencyMs'>;

export type StreamViewOptions = {
  readonly registry: Pick<StreamRegistry, 'get' | 'list' | 'page'>;
  readonly playbackFacts: (name: string) => PlaybackFacts;
  readonly viewers: Pick<ViewerCount, 'count'>;
  readonly clock: Pick<Clock, 'epochMs'>;
  /** How long the name of a lost publisher is reserved. */
  readonly graceMs: number;
  /** Where players may report, relative to the gateway's root; undefined if nowhere. */
  readonly reportsPath?: string | undefined;
};

export class StreamView {
  readonly #options: StreamViewOptions;

  constructor(options: StreamViewOptions) {
    this.#options = options;
  }

  /** The current state of any name, also of one that nobody publishes. */
  status(name: string): StatusMessage {
    const { registry, viewers, playbackFacts, reportsPath } = this.#options;
    const stream = registry.get(name);
    const state = stream?.state ?? 'offline';
    const isOver = state === 'offline' || state === 'ended';
    return {
      op: 'status',
      name,
      state,
      since: stream?.stateSince ?? this.#options.clock.epochMs(),
      // Viewers are still counted for some seconds, but there is nothing left to watch.
      viewers: isOver ? 0 : viewers.count(name),
      ...(stream?.testOf === undefined ? {} : { isTest: true }),
      ...(stream === undefined ? {} : this.#endFacts(stream)),
      hls: `live/${name}/index.m3u8`,
      ...(reportsPath === undefined ? {} : { reports: reportsPath }),
      ...playbackFacts(name),
    };
  }

  /** Streams that can be watched. */
  summaries(): readonly StreamSummary[] {
    const watchable = this.#options.registry.list().filter(({ testOf }) => testOf === undefined);
    return watchable.map((stream) => this.#summary(stream));
  }

  /** At most `limit` streams sorted by name, from the first name after `after`, of those that are listed. */
  page(after: string, limit: number, isListed?: (name: string) => boolean): StreamSummaries {
    const { streams, hasMore } = this.#options.registry.page(after, limit, isListed);
    return { streams: streams.map((stream) => this.#summary(stream)), hasMore };
  }

  detail(name: string): StreamDetail | undefined {
    const stream = this.#options.registry.get(name);
    if (stream === undefined) return undefined;
    const { op, since, ...status } = this.status(name);
    return {
      ...status,
      since: new Date(since).toISOString(),
      startedAt: new Date(stream.startedAt).toISOString(),
      watch: `watch/${name}`,
      serverTime: this.#options.clock.epochMs(),
      memoryBytes: stream.memory.usedBytes,
      ...(stream.source === undefined ? {} : { source: sourceReport(stream.source) }),
    };
  }

  #summary(stream: LiveStream): StreamSummary {
    const { name, state, viewers, hls, codecs } = this.status(stream.name);
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
  }

  #endFacts(stream: LiveStream): Pick<StatusMessage, 'reason' | 'graceEndsAt' | 'mediaMs'> {
    const { state, endReason, stateSince, mediaMs } = stream;
    return {
      ...(endReason === undefined ? {} : { reason: endReason }),
      ...(state === 'reconnecting' ? { graceEndsAt: stateSince + this.#options.graceMs } : {}),
      ...(state === 'ended' ? { mediaMs: Math.round(mediaMs) } : {}),
    };
  }
}
