// Reports as text: a line for every row, the oracle's figures, and each fault.

import type { AttackReport } from './attack.ts';
import { ROW_NAMES } from './catalogue.ts';
import type { Lateness, Level } from './oracle.ts';
import type { PlayedInput } from './play-input.ts';
import type { PlayedGroup, PlayedScenario } from './play-scenarios.ts';

const MIB = 1024 * 1024;

export function renderReport(report: AttackReport): string {
  const { played, canary, before, after, peakResident, lateness, seconds, faults } = report;
  const rows = [...grouped(played, ({ input }) => input.row)].map(([row, inputs]) => renderRow(row, inputs));
  return [
    ...rows,
    '',
    `inputs: ${played.length} in ${seconds.toFixed(0)} s, in one process`,
    `canary: ${canary.parts} parts, ${canary.mediaSeconds.toFixed(1)} s of media in ${canary.wallSeconds.toFixed(1)} s; longest wait for a part ${canary.longestWaitMs.toFixed(0)} ms`,
    `answers of /livez: median ${quantile(canary.answerMs, 0.5)} ms, p99 ${quantile(canary.answerMs, 0.99)} ms, longest ${quantile(canary.answerMs, 1)} ms`,
    `event loop: ${shownLateness(lateness)}`,
    `before: ${shownLevel(before)}`,
    `after: ${shownLevel(after)}; resident at most ${mib(peakResident)}`,
    '',
    ...(faults.length === 0 ? ['no faults'] : [`${faults.length} faults:`, ...faults]),
    '',
  ].join('\n');
}

/** A line and the faults of each scenario, and the result of its group. */
export function renderScenarios(groups: readonly PlayedGroup[]): string {
  const lines = groups.flatMap((group) => [
    '',
    `setup: ${group.setup}`,
    ...group.played.flatMap(renderScenario),
    ...group.canaries.map(
      (canary) =>
        `canary: ${canary.parts} parts, ${canary.faults.length} faults, longest wait for a part ${canary.longestWaitMs.toFixed(0)} ms`,
    ),
    `before: ${shownLevel(group.before)}`,
    `after: ${shownLevel(group.after)}, back after ${(group.backMs / 1000).toFixed(0)} s`,
    ...group.faults.map((fault) => `  FAULT: ${fault}`),
  ]);
  const played = groups.flatMap((group) => group.played);
  const held = played.filter(({ faults }) => faults.length === 0).length;
  return [...lines, '', `${held} of ${played.length} scenarios without a fault`, ''].join('\n');
}

function renderScenario({ scenario, faults, figures, lateness, seconds }: PlayedScenario): string[] {
  const result = faults.length === 0 ? 'held ' : 'FAULT';
  const late = lateness === undefined ? '-' : `${lateness.ownMs.toFixed(0)} ms late`;
  const line = `${scenario.id.padEnd(7)}${result} ${seconds.toFixed(1).padStart(6)} s  ${late.padStart(12)}  ${scenario.what}`;
  return [
    line,
    ...figures.map((figure) => `         ${figure}`),
    ...faults.map((fault) => `         FAULT: ${fault}`),
  ];
}

export function shownLateness(lateness: Lateness | undefined): string {
  if (lateness === undefined) return 'not answered';
  const { lateMs, ownMs, idleMs } = lateness;
  return `${lateMs.toFixed(0)} ms late at most, ${ownMs.toFixed(0)} ms of its own; an idle process ${idleMs.toFixed(0)} ms`;
}

export function shownLevel(level: Level | undefined): string {
  if (level === undefined) return 'not answered';
  const { heap, arrayBuffers, resident, descriptors } = level;
  return `heap ${mib(heap)}, buffers ${mib(arrayBuffers)}, ${descriptors} descriptors (resident ${mib(resident)})`;
}

function mib(bytes: number): string {
  return `${(bytes / MIB).toFixed(1)} MiB`;
}

function renderRow(row: number, inputs: readonly PlayedInput[]): string {
  const ends = [...grouped(inputs, ({ seen }) => seen)]
    .map(([seen, some]) => ({ seen, count: some.length }))
    .toSorted((one, other) => other.count - one.count)
    .map(({ seen, count }) => `${seen} ${count}`)
    .join(', ');
  const failures = inputs.filter(({ isExpected }) => !isExpected).length;
  const name = ROW_NAMES[row] ?? '';
  return `${String(row).padStart(3)}  ${name.padEnd(31)} ${String(inputs.length).padStart(4)} inputs ${String(failures).padStart(3)} failures  ${ends}`;
}

function quantile(sorted: readonly number[], share: number): string {
  return (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN).toFixed(1);
}

function grouped<Item, Key>(items: readonly Item[], keyOf: (item: Item) => Key): Map<Key, Item[]> {
  const groups = new Map<Key, Item[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}
