// The report for a question or a bug report: numbers, findings and events of a stream, without anything that names somebody.
import type {
  DetailNumbers,
  EncoderReport,
  Issue,
  SegmentNote,
  ServerColumn,
  StreamCard,
  StreamHappening,
  ViewerRow,
} from '../../server/stats/operator-message.ts';
import { redactText } from './redaction.ts';

export type ReportSources = {
  readonly version: string;
  readonly name: string;
  readonly nowMs: number;
  readonly card: StreamCard;
  readonly summary: string | undefined;
  readonly issues: readonly Issue[];
  readonly numbers: DetailNumbers | undefined;
  readonly encoderReport: EncoderReport | undefined;
  readonly segments: readonly SegmentNote[];
  readonly events: readonly StreamHappening[];
  readonly viewers: readonly ViewerRow[];
  readonly server: Readonly<Partial<Record<ServerColumn, number | null>>>;
};

const MAX_SEGMENTS = 12;
const MAX_EVENTS = 50;

/** JSON for people to read and to paste. */
export function diagnosticReport(sources: ReportSources): string {
  const { version, name, nowMs, card, summary, issues, numbers, segments, events, viewers, server } = sources;
  const plain = (text: string): string => redactText(text, name);
  const report = {
    sluice: version,
    at: new Date(nowMs).toISOString(),
    state: card.state,
    verdict: card.verdict,
    ...(summary === undefined ? {} : { summary: plain(summary) }),
    ...(card.media === undefined ? {} : { media: plain(card.media) }),
    ...(card.encoder === undefined ? {} : { encoder: plain(card.encoder) }),
    bps: card.bps,
    numbers,
    ...(sources.encoderReport === undefined ? {} : { encoderReport: sources.encoderReport }),
    issues: issues.map(({ code, severity, observed, expected, since }) => ({
      code,
      severity,
      observed: plain(observed),
      expected: plain(expected),
      forS: Math.round((nowMs - since) / 1000),
    })),
    segments: segments.slice(-MAX_SEGMENTS).map(({ msn, durationMs, bytes, parts, discontinuity, gap }) => ({
      msn,
      durationMs,
      bytes,
      parts: parts.length,
      keyFrames: parts.filter(([, , isIndependent]) => isIndependent === 1).length,
      ...(discontinuity === true ? { discontinuity } : {}),
      ...(gap === true ? { gap } : {}),
    })),
    events: events.slice(-MAX_EVENTS).map(({ t, type, text }) => ({
      agoS: Math.round((nowMs - t) / 1000),
      type,
      text: plain(text),
    })),
    viewers: viewers.map(({ player, kind, count, latencyMs, bufferMs, stalls, bitrateBps }) => ({
      player: plain(player),
      kind,
      count,
      latencyMs,
      bufferMs,
      stalls,
      bitrateBps,
    })),
    server,
  };
  return JSON.stringify(report, null, 1);
}
