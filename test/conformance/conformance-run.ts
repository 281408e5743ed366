// Publishes to a real gateway with real ffmpeg and has the stream checked while it is live.
import { expect } from 'vitest';
import { type CheckReport, checkStream } from '../../server/check/check-stream.ts';
import { makeSource, publishFile, type SourceOptions } from '../support/ffmpeg.ts';
import type { GatewayProcess } from '../support/gateway-process.ts';

/** Machines that run tests are busy: late answers are theirs, not the gateway's. */
const PATIENT_MS = 5_000;
/** Media beyond the time of the check, for the gateway needs some before it lets viewers in. */
const LEAD_S = 5;

/** Follows a stream from when it is live. */
export async function checkLive(
  gateway: GatewayProcess,
  name: string,
  seconds: number,
): Promise<CheckReport> {
  await gateway.waitForLog((line) => line['stream'] === name && line['state'] === 'live');
  return checkStream({ url: gateway.url(`/live/${name}/index.m3u8`), seconds, networkMs: PATIENT_MS });
}

/** Pushes a clip of a shape and follows it for as long. */
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

/** What was found, each in a line. */
export function findingsOf(report: CheckReport, except: readonly string[] = []): string[] {
  const { pathname } = new URL(report.url);
  return report.findings
    .filter(({ code }) => !except.includes(code))
    .map(({ code, total, examples }) => `${pathname}: ${code} × ${total}: ${examples[0]?.message}`);
}

/** Nothing was found in any of them, and enough was looked at for that to mean something. */
export function expectClean(reports: readonly CheckReport[], except: readonly string[] = []): void {
  expect(reports.flatMap((report) => findingsOf(report, except))).toEqual([]);
  for (const { renditions, notes } of reports) {
    expect(renditions[0]?.parts).toBeGreaterThan(10);
    expect(renditions[0]?.segments).toBeGreaterThan(0);
    expect(notes).toEqual([]);
  }
}

/** A name that a stream may have. */
export function streamName(shape: string): string {
  return shape.replaceAll(/[^A-Za-z0-9]+/g, '-');
}
