// The statistics of playback: as facts (for the copy as JSON), and as rows of text. A value that is unknown is left out of the
// facts, and is a dash in the rows.

import { codecName, splitCodecs } from '../page/codec-name.ts';
import {
  formatBitrate,
  formatBytes,
  formatCount,
  formatFrameRate,
  formatResolution,
  formatSeconds,
} from '../page/format.ts';
import type { EngineFacts } from '../player/engine-facts.ts';
import type { LatencyMode } from '../player/latency-mode.ts';
import type { Playback } from '../player/playback.ts';
import { numberFormat } from '../words/language.ts';
import { watchWords } from '../words/watch.ts';
import { type LowLatency, lowLatency } from './low-latency.ts';
import type { ViewState } from './stage-view.ts';

const { stats } = watchWords;
const DASH = '–';
const twoDigits = numberFormat({ minimumFractionDigits: 2, maximumFractionDigits: 2 });

export type NerdStats = {
  readonly state: ViewState;
  readonly playback: Playback;
  readonly width?: number;
  readonly height?: number;
  readonly latencyMs?: number;
  readonly behindMs?: number;
  readonly playbackRate: number;
  readonly decodedFrames: number;
  readonly droppedFrames: number;
  readonly stalls: number;
  readonly stalledMs: number;
  readonly latencyMode: LatencyMode;
  readonly lowLatency: LowLatency;
  readonly news: string;
  /** What the stream's source says; the frame rate that the gateway measured. */
  readonly codecs?: string;
  readonly frameRate?: number;
  readonly engine?: EngineFacts;
};

export type StatRow = { readonly key: keyof typeof stats.rows; readonly term: string; readonly text: string };

/** Where the numbers come from. */
export type StatSources = Omit<NerdStats, 'lowLatency'> & {
  readonly isBehind: boolean;
  readonly isSecure: boolean;
};

export function nerdStats({ isBehind, isSecure, ...facts }: StatSources): NerdStats {
  const low = lowLatency({ engine: facts.engine, mode: facts.latencyMode, isBehind, isSecure });
  return { ...facts, lowLatency: low };
}

export function statRows(facts: NerdStats): readonly StatRow[] {
  const { engine } = facts;
  const texts: Readonly<Record<keyof typeof stats.rows, string>> = {
    state: stats.stateAnd(facts.state, facts.playback),
    picture: pictureText(facts),
    codecs: codecsText(engine?.codecs ?? facts.codecs),
    bitrate: formatBitrate(engine?.bitrate),
    buffer: formatSeconds(engine?.bufferMs),
    latency: stats.latencyOf(
      formatSeconds(facts.latencyMs),
      formatSeconds(engine?.latencyTargetMs),
      formatSeconds(engine?.latencyMaxMs),
    ),
    rate: `${twoDigits(facts.playbackRate)}×`,
    frames: stats.framesOf(formatCount(facts.decodedFrames), formatCount(facts.droppedFrames)),
    stalls: stats.stallsOf(formatCount(facts.stalls), formatSeconds(facts.stalledMs)),
    load: loadText(engine),
    bandwidth: formatBitrate(engine?.bandwidth),
    lowLatency: stats.lowLatency[facts.lowLatency],
    protocol: engine?.protocol ?? DASH,
    engine: engine?.engine ?? DASH,
    session: engine?.sessionId ?? DASH,
  };
  return Object.entries(stats.rows).map(([key, term]) => {
    const known = key as keyof typeof stats.rows;
    return { key: known, term, text: texts[known] };
  });
}

function pictureText({ width, height, engine, frameRate = engine?.frameRate }: NerdStats): string {
  const picture = formatResolution(width, height);
  return frameRate === undefined ? picture : `${picture}, ${formatFrameRate(frameRate)}`;
}

function codecsText(codecs: string | undefined): string {
  if (codecs === undefined || codecs === '') return DASH;
  return splitCodecs(codecs)
    .map((codec) => `${codecName(codec)} (${codec})`)
    .join(', ');
}

function loadText(engine: EngineFacts | undefined): string {
  const load = engine?.lastLoad;
  if (load === undefined) return DASH;
  const wait = formatSeconds(load.firstByteMs);
  return stats.loadOf(
    load.kind,
    formatBytes(load.bytes),
    formatSeconds(load.durationMs),
    wait,
    formatSeconds(load.loadMs),
  );
}
