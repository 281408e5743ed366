// A complete attack: plays the catalogue against one gateway with a canary beside it, judged by the oracle of docs/trust.md.

import { type AttackedGateway, EVERY_LINE, parseLine, startAttackedGateway } from './attacked-gateway.ts';
import { type CanaryReport, startCanary } from './canary.ts';
import { endNames, type HostileInput } from './hostile-input.ts';
import { SECRETS } from './marks.ts';
import { type Lateness, type Level, MAX_LATE_MS, Oracle } from './oracle.ts';
import { playCatalogue } from './play-catalogue.ts';
import type { PlayedInput } from './play-input.ts';

/** One line of the log: a flood of them must not fill a disk. */
const MAX_LINE_BYTES = 2_048;
const PEAK_INTERVAL_MS = 500;

export type AttackReport = {
  readonly played: readonly PlayedInput[];
  readonly canary: CanaryReport;
  /** Usage after a collection, after the warm-up and after the attack; undefined if the gateway has ended. */
  readonly before: Level | undefined;
  readonly after: Level | undefined;
  /** Highest resident memory, only reported. */
  readonly peakResident: number;
  readonly lateness: Lateness | undefined;
  readonly seconds: number;
  /** Faults; empty if the gateway holds. */
  readonly faults: readonly string[];
};

/** Warms the gateway up with `warmUp`, then plays `inputs`. */
export async function attack(
  inputs: readonly HostileInput[],
  warmUp: readonly HostileInput[],
  onStep: (what: string) => void = () => {},
): Promise<AttackReport> {
  const gateway = await startAttackedGateway(EVERY_LINE);
  const oracle = new Oracle(gateway);
  try {
    const canary = await startCanary(gateway);
    onStep(`warming up with ${warmUp.length} inputs`);
    await playCatalogue(gateway, warmUp);
    const before = await oracle.level();
    await oracle.forget();
    onStep(`playing ${inputs.length} inputs`);
    const startedAt = Date.now();
    const peak = new PeakMemory(gateway);
    const played = await playCatalogue(gateway, inputs);
    peak.stop();
    const seconds = (Date.now() - startedAt) / 1000;
    const lateness = await oracle.lateness();
    const back = before === undefined ? undefined : await oracle.untilBack(before);
    const report = await canary.stop();
    const faults = [
      ...(gateway.isRunning() ? [] : ['the gateway ended']),
      ...misses(played),
      ...report.faults,
      ...latenessFaults(lateness),
      ...(back?.faults ?? []),
      ...logFaults(gateway.texts),
    ];
    const after = back?.level;
    return { played, canary: report, before, after, peakResident: peak.bytes, lateness, seconds, faults };
  } finally {
    await oracle.stop();
    await gateway.stop();
  }
}

export function latenessFaults(lateness: Lateness | undefined): string[] {
  if (lateness === undefined) return ['the gateway does not answer any more'];
  return lateness.ownMs > MAX_LATE_MS ? [`the event loop was ${lateness.ownMs.toFixed(0)} ms late`] : [];
}

/** A sentence for each input with a wrong end. */
export function misses(played: readonly PlayedInput[]): string[] {
  return played
    .filter(({ isExpected }) => !isExpected)
    .map(({ input, seen }) => {
      const expected = endNames(input.ending).join(' or ');
      return `${input.id} (${input.what}): ${seen} instead of ${expected}`;
    });
}

/** Log lines that show a fault of the gateway, are forged or too long, or contain a secret. */
export function logFaults(texts: readonly string[]): string[] {
  return texts.flatMap((text) => {
    const line = parseLine(text);
    const faults: string[] = [];
    if (line['level'] === 'error' || !('msg' in line) || line['msg'] === text)
      faults.push(`the log has a fault: ${text}`);
    if (Buffer.byteLength(text) > MAX_LINE_BYTES) faults.push(`a log line has ${text.length} characters`);
    if (/[^ -~…]/.test(text)) faults.push(`a log line is not plain: ${JSON.stringify(text)}`);
    if (SECRETS.some((secret) => text.includes(secret))) faults.push(`a log line holds a secret: ${text}`);
    return faults;
  });
}

class PeakMemory {
  bytes = 0;
  readonly #timer: NodeJS.Timeout;

  constructor(gateway: AttackedGateway) {
    this.#timer = setInterval(() => {
      if (gateway.isRunning()) this.bytes = Math.max(this.bytes, gateway.residentBytes());
    }, PEAK_INTERVAL_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
