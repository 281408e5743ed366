// A whole attack: the catalogue against one gateway with a canary beside it, and what the oracle of docs/trust.md says.

import { setTimeout as delay } from 'node:timers/promises';
import { type AttackedGateway, parseLine, startAttackedGateway } from './attacked-gateway.ts';
import { type CanaryReport, startCanary } from './canary.ts';
import { endNames, type HostileInput } from './hostile-input.ts';
import { SECRETS } from './marks.ts';
import { playCatalogue } from './play-catalogue.ts';
import type { PlayedInput } from './play-input.ts';

/** How much more the gateway may hold after the attack than before it. */
export const MAX_GROWTH_BYTES = 8 * 1024 * 1024;
/** One line of the log: a flood of them must not fill a disk. */
const MAX_LINE_BYTES = 2_048;
const SETTLE_SAMPLES = 20;
const SETTLE_INTERVAL_MS = 500;

export type AttackReport = {
  readonly played: readonly PlayedInput[];
  readonly canary: CanaryReport;
  /** Resident memory in bytes: when the warm-up had settled, the most seen in the attack, and when that had settled. */
  readonly memory: { readonly before: number; readonly peak: number; readonly after: number };
  readonly seconds: number;
  /** Everything that no input may cause; empty when the gateway holds. */
  readonly faults: readonly string[];
};

/** Warms the gateway up with `warmUp`, then plays `inputs`. */
export async function attack(
  inputs: readonly HostileInput[],
  warmUp: readonly HostileInput[],
  onStep: (what: string) => void = () => {},
): Promise<AttackReport> {
  const gateway = await startAttackedGateway();
  try {
    const canary = await startCanary(gateway);
    onStep(`warming up with ${warmUp.length} inputs`);
    await playCatalogue(gateway, warmUp);
    const before = await settledBytes(gateway);
    onStep(`playing ${inputs.length} inputs`);
    const startedAt = Date.now();
    const peak = new PeakMemory(gateway);
    const played = await playCatalogue(gateway, inputs);
    peak.stop();
    const seconds = (Date.now() - startedAt) / 1000;
    const after = gateway.isRunning() ? await settledBytes(gateway) : Number.NaN;
    const report = await canary.stop();
    const faults = [
      ...(gateway.isRunning() ? [] : ['the gateway ended']),
      ...misses(played),
      ...report.faults,
      ...(after - before <= MAX_GROWTH_BYTES ? [] : [`memory grew from ${before} to ${after} bytes`]),
      ...logFaults(gateway.texts),
    ];
    return { played, canary: report, memory: { before, peak: peak.bytes, after }, seconds, faults };
  } finally {
    await gateway.stop();
  }
}

/** A sentence for each input that did not end as it must. */
export function misses(played: readonly PlayedInput[]): string[] {
  return played
    .filter(({ isExpected }) => !isExpected)
    .map(({ input, seen }) => {
      const expected = endNames(input.ending).join(' or ');
      return `${input.id} (${input.what}): ${seen} instead of ${expected}`;
    });
}

/** Lines that tell of a fault of the gateway itself, that a peer forged or stuffed, or that hold a secret. */
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

/** The least of several samples: what is left when the collector has been by. */
export async function settledBytes(gateway: AttackedGateway): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let sample = 0; sample < SETTLE_SAMPLES; sample += 1) {
    await delay(SETTLE_INTERVAL_MS);
    least = Math.min(least, gateway.residentBytes());
  }
  return least;
}

class PeakMemory {
  bytes = 0;
  readonly #timer: NodeJS.Timeout;

  constructor(gateway: AttackedGateway) {
    this.#timer = setInterval(() => {
      if (gateway.isRunning()) this.bytes = Math.max(this.bytes, gateway.residentBytes());
    }, SETTLE_INTERVAL_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
