// One stream as the dashboard shows it: its state, verdict, codecs, viewers and bit rate.

import type { Health, StreamCard } from './operator-message.ts';
import type { StatusMessage, StreamNumbers } from './stats-message.ts';

/** What the players of one stream report, all together. */
export type ViewerFigures = {
  /** Viewers who report. */
  readonly measured: number;
  readonly latencyP50Ms?: number;
  readonly latencyP95Ms?: number;
  readonly stallsLastSecond: number;
};

export type CardParts = {
  readonly status: StatusMessage;
  readonly numbers: StreamNumbers | undefined;
  readonly health: Health;
  readonly figures: ViewerFigures | undefined;
  readonly encoder: string | undefined;
  /** The public name whose key is tested. */
  readonly testOf: string | undefined;
};

export const NO_HEALTH: Health = {
  verdict: 'noData',
  summary: 'There is not enough media to judge this stream.',
  issues: [],
};

export function streamCard({ status, numbers, health, figures, encoder, testOf }: CardParts): StreamCard {
  const { name, state, since, viewers } = status;
  const { latencyP50Ms, latencyP95Ms } = figures ?? {};
  const [worst] = health.issues;
  const media = mediaLine(numbers);
  const isOver = state === 'offline' || state === 'ended';
  return {
    name,
    state,
    since,
    verdict: health.verdict,
    ...(worst === undefined ? {} : { topIssue: worst.title, topIssueCode: worst.code }),
    issueCount: health.issues.length,
    ...(media === '' ? {} : { media }),
    ...(encoder === undefined ? {} : { encoder }),
    viewers,
    ...(testOf === undefined ? {} : { testOf }),
    bps: numbers === undefined || isOver ? 0 : numbers.vbps + numbers.abps,
    ...(latencyP50Ms === undefined ? {} : { latencyP50Ms }),
    ...(latencyP95Ms === undefined ? {} : { latencyP95Ms }),
  };
}

/** Such as `avc1.640028 1920×1080 30 fps · mp4a.40.2 48 kHz`; empty without tracks. */
export function mediaLine(numbers: StreamNumbers | undefined): string {
  if (numbers === undefined) return '';
  const { videoCodec, width, height, fps, audioCodec, sampleRate } = numbers;
  const rate = fps === undefined ? '' : ` ${fps} fps`;
  const video = videoCodec === undefined ? [] : [`${videoCodec} ${width}×${height}${rate}`];
  const sound = audioCodec === undefined ? [] : [`${audioCodec} ${(sampleRate ?? 0) / 1000} kHz`];
  return [...video, ...sound].join(' · ');
}
