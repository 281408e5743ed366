// Publishes to a real gateway with real ffmpeg, and checks the stream while it is live.
import { expect } from 'vitest';
import { type CheckReport, checkStream } from '../../server/check/check-stream.ts';
import { makeSource, publishFile, type SourceOptions } from '../support/ffmpeg.ts';
import type { GatewayProcess } from '../support/gateway-process.ts';

/** Machines that run tests are busy: they cause late answers, not the gateway. */
const PATIENT_MS = 5_000;
/** Media beyond the time of the check, because the gateway needs some before it admits viewers. */
const LEAD_S = 5;

/** Follows a stream from the moment when it is live. */
export async function checkLive(
  gateway: GatewayProcess,
  name: string,
  seconds: number,
): Promise<CheckReport> {
  await gateway.waitForLog((line) => line['stream'] === name && line['state'] === 'live');
  return checkStream({ url: gateway.url(`/live/${name}/index.m3u8`), seconds, networkMs: PATIENT_MS });
}

/** Publishes a clip of a shape and follows it for its duration. */
export async function checkShape(
  gateway: GatewayProcess,
  stream: { readonly name: string; readonly source: SourceOptions; readonly seconds: number },
): Promise<CheckReport> {
  const { name, source, seconds } = stream;
  const clip = await makeSource('flv', { ...source, durationS: seconds + LEAD_S });
  const push = publishFile(clip, gateway.rtmpUrl(name));
  const report = await checkLive(gateway, name, seconds);
  await push.stop();
  return report;
}

/** The findings, one line each. */
export function findingsOf(report: CheckReport, except: readonly string[] = []): string[] {
  const { pathname } = new URL(report.url);
  return report.findings
    .filter(({ code }) => !except.includes(code))
    .map(({ code, total, examples }) => `${pathname}: ${code} × ${total}: ${examples[0]?.message}`);
}

/** No report has findings, and each report checked enough to be meaningful. */
export function expectClean(reports: readonly CheckReport[], except: readonly string[] = []): void {
  expect(reports.flatMap((report) => findingsOf(report, except))).toEqual([]);
  for (const { renditions, notes } of reports) {
    expect(renditions[0]?.parts).toBeGreaterThan(10);
    expect(renditions[0]?.segments).toBeGreaterThan(0);
    expect(notes).toEqual([]);
  }
}

/** A valid stream name. */
export function streamName(shape: string): string {
  return shape.replaceAll(/[^A-Za-z0-9]+/g, '-');
}
