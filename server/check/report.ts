// A report as text for people.

import type { CheckReport, RenditionSummary } from './check-stream.ts';
import type { Finding, FindingGroup } from './findings.ts';
import type { Distribution } from './measurements.ts';

const EXAMPLES_SHOWN = 3;

export function renderReport(report: CheckReport): string {
  const { findings, notes, errors, warnings } = report;
  const lines = [
    `${report.url}, ${report.seconds} s, ${report.requests} requests, ${(report.bytes / 1e6).toFixed(1)} MB`,
    ...report.renditions.flatMap(renderRendition),
    ...notes.map((note) => `note: ${note}`),
    '',
    ...findings.flatMap(renderGroup),
    findings.length === 0 ? 'nothing found' : `${errors} errors, ${warnings} warnings`,
  ];
  return `${lines.join('\n')}\n`;
}

function renderRendition(rendition: RenditionSummary): string[] {
  const { targetDuration, partTarget, tracks, frameRate, hasEnded } = rendition;
  const parts = partTarget === undefined ? 'no parts' : `parts of ${partTarget} s`;
  const rate = frameRate === undefined ? '' : `, ${frameRate.toFixed(3)} fps`;
  return [
    '',
    `${rendition.url}${hasEnded ? ' (ended)' : ''}`,
    `  TARGETDURATION ${targetDuration ?? '?'} s, ${parts}; ${tracks.join(' + ') || 'media not inspected'}${rate}`,
    `  ${rendition.playlists} playlists, ${rendition.segments} segments, ${rendition.parts} parts; ` +
      `${kilobits(rendition.averageBitrate)} on average, ${kilobits(rendition.peakBitrate)} at the peak`,
    `  latency (now − PROGRAM-DATE-TIME) ${renderDistribution(rendition.latencyMs)}`,
    `  arrival jitter ${renderDistribution(rendition.jitterMs)}`,
    `  holds ${renderDistribution(rendition.holdMs)}`,
  ];
}

function renderGroup(group: FindingGroup): string[] {
  const { examples, total } = group;
  const shown = examples.slice(0, EXAMPLES_SHOWN);
  const told = shown.reduce((sum, { count }) => sum + count, 0);
  return [
    `${group.level.toUpperCase()} ${group.code} (${group.clause}): ${group.meaning}`,
    ...shown.flatMap(renderExample),
    ...(total > told ? [`  … ${total - told} more`] : []),
    '',
  ];
}

function renderExample({ message, url, line, text, atS, count }: Finding): string[] {
  const times = count > 1 ? ` (${count} times)` : '';
  const where = line === undefined ? url : `${url}, line ${line}`;
  return [
    `  ${message}${times}`,
    `    at ${atS} s, ${where}`,
    ...(text === undefined ? [] : [`    ${text}`]),
  ];
}

function renderDistribution(distribution: Distribution | undefined): string {
  if (distribution === undefined) return 'not measured';
  const { min, p50, p95, max } = distribution;
  return `${min} min, ${p50} median, ${p95} p95, ${max} max ms`;
}

function kilobits(bitsPerSecond: number): string {
  return `${Math.round(bitsPerSecond / 1000)} kbit/s`;
}
